"""Start of a lesson: fast, seeded, and honest about what is installed."""

import importlib.metadata
import subprocess
import sys

import numpy as np
import pytest

import mmcourse as mm
from mmcourse import runtime


def test_import_and_setup_are_quick_and_load_no_framework():
    code = (
        "import time; start = time.perf_counter(); import mmcourse; mmcourse.setup(seed=0); "
        "import sys; loaded = {'keras', 'tensorflow', 'jax', 'torch', 'matplotlib', 'sklearn'} & set(sys.modules); "
        "print(time.perf_counter() - start, sorted(loaded))"
    )
    seconds = []
    for _ in range(3):
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        elapsed, loaded = out.splitlines()[-1].split(" ", 1)
        assert loaded == "[]"
        seconds.append(float(elapsed))
    assert min(seconds) < 1


def test_setup_prints_one_line(capsys):
    mm.setup(seed=3)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "profile cpu" in out
    assert "seed 3" in out
    assert np.__version__ in out


def test_setup_seeds_numpy():
    mm.setup(seed=5)
    first = np.random.rand(3)
    mm.setup(seed=5)
    assert np.array_equal(first, np.random.rand(3))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "one", True])
def test_setup_refuses_what_is_no_seed(seed):
    with pytest.raises(ValueError, match="whole number"):
        mm.setup(seed=seed)


def test_setup_warns_of_a_missing_and_of_an_old_package(monkeypatch):
    real = runtime._version
    installed = {"keras": "3.8.0", "pooch": None}
    monkeypatch.setattr(runtime, "_version", lambda name: installed[name] if name in installed else real(name))
    with pytest.warns(UserWarning, match="pip install") as caught:
        mm.setup()
    text = " ".join(str(warning.message) for warning in caught)
    assert "pooch is missing" in text
    assert "keras 3.8.0 is too old" in text


def test_a_cpu_build_counts_as_the_package(monkeypatch):
    def version(name):
        if name != "tensorflow-cpu":
            raise importlib.metadata.PackageNotFoundError(name)
        return "2.20.0"

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert runtime._version("tensorflow") == "2.20.0"
    assert runtime._version("jax") is None


def test_profile_and_scale(monkeypatch):
    monkeypatch.delenv("MMCOURSE_PROFILE", raising=False)
    assert mm.scale(cpu=1, gpu=2) == 1
    monkeypatch.setenv("MMCOURSE_PROFILE", "gpu")
    assert mm.scale(cpu=1, gpu=2) == 2
    monkeypatch.setenv("MMCOURSE_PROFILE", "tpu")
    with pytest.raises(ValueError, match="MMCOURSE_PROFILE is 'tpu'"):
        mm.scale(cpu=1, gpu=2)


def test_the_gpu_profile_computes_in_bfloat16_and_keeps_float32(monkeypatch, capsys):
    import keras

    before = keras.config.dtype_policy()
    mm.seed(0)
    assert keras.config.dtype_policy() == before
    monkeypatch.setenv("MMCOURSE_PROFILE", "gpu")
    try:
        mm.setup()
        mm.seed(0)
        layer = keras.layers.Dense(2)
        assert keras.backend.standardize_dtype(layer(np.ones((1, 3))).dtype) == "bfloat16"
        assert keras.backend.standardize_dtype(layer.kernel.dtype) == "float32"
    finally:
        keras.config.set_dtype_policy(before)
    assert capsys.readouterr().out.startswith("profile gpu (mixed_bfloat16) · Python ")


def test_seed_reaches_the_backend():
    import keras

    mm.seed(4)
    first = keras.ops.convert_to_numpy(keras.random.normal((4,)))
    mm.seed(4)
    assert np.array_equal(first, keras.ops.convert_to_numpy(keras.random.normal((4,))))
    mm.seed(5)
    assert not np.array_equal(first, keras.ops.convert_to_numpy(keras.random.normal((4,))))


def test_startup_lines_are_dropped_and_nothing_else(capfd):
    import os

    with runtime.without_startup_lines():
        os.write(2, b"I0000 cudart_stub.cc:31] Could not find cuda drivers on your machine\nsomething real\n")
    assert capfd.readouterr().err == "something real\n"


def test_the_warning_of_many_small_models_is_dropped_and_no_other(caplog):
    import logging

    mm.seed(0)
    for text in ("5 out of the last 9 calls triggered tf.function retracing.", "something real"):
        logging.getLogger("tensorflow").warning(text)
    assert caplog.messages == ["something real"]


def test_machine_names_what_was_measured_on():
    facts = mm.machine()
    assert facts["cores"] >= 1
    assert facts["backend"] in runtime.BACKENDS
    assert facts["versions"]["numpy"] == np.__version__


def test_show_prints_the_source(capsys):
    mm.show(mm.metrics.accuracy)
    assert capsys.readouterr().out.startswith("def accuracy(")
    mm.show(mm.nn.recurrent.lstm_numpy)  # an equation, without the lines that register it
    assert capsys.readouterr().out.startswith("def lstm_numpy(")
    with pytest.raises(ValueError, match="function or a class"):
        mm.show(3)


def test_unknown_names_are_named():
    with pytest.raises(AttributeError, match="no 'transformer'"):
        _ = mm.transformer
    with pytest.raises(AttributeError, match="no 'lstm'"):
        _ = mm.nn.lstm
    assert set(dir(mm)) == set(mm.__all__)


def test_two_processes_train_to_the_same_loss(capsys):
    code = (
        "import numpy as np, mmcourse as mm; mm.setup(seed=1); mm.seed(); import keras; "
        "x = np.random.RandomState(0).rand(64, 4).astype('float32'); y = (x.sum(1) > 2).astype('int32'); "
        "i = keras.Input((4,), name='x'); m = keras.Model({'x': i}, keras.layers.Dense(2)(i)); "
        "mm.train.compile_classifier(m, 20); c = mm.train.fit(m, {'x': x}, y, 20, 16); print(repr(c['loss'][-1]))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    exec(code, {})  # this process has trained other models before
    texts = other, capsys.readouterr().out
    first, second = (float(text.splitlines()[-1].split("(")[-1].strip(")")) for text in texts)
    assert first == pytest.approx(second, abs=1e-6)
