"""Equation = NumPy = Keras, for every registered equation, on the backend in use; the table is printed."""

import json
import re
import sys

import keras
import numpy as np
import pytest
from keras import ops

from mmcourse import equations
from tools import lesson
from tools.equations import FILE

REGISTRY = equations.registry()
PART = "mathematics"
TORCH = keras.backend.backend() == "torch"


def labels_in(folder: str = "*") -> set[str]:
    """The labels of the equations in the lessons of a part."""
    paths = [path for path in lesson.lessons() if path.match(f"{folder}/*.ipynb")]
    sources = [
        "".join(cell["source"])
        for path in paths
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    return {label for source in sources for label in re.findall(r"\$\$ \((eq-[a-z0-9-]+)\)", source)}


@pytest.mark.parametrize("label", REGISTRY)
def test_the_numpy_form_equals_the_keras_form(label):
    found = equations.verify(label)
    if TORCH and "ops.jvp" in REGISTRY[label].library:
        pytest.skip("the Keras form needs keras.ops.jvp, which has no PyTorch form")
    assert found.forward <= equations.FORWARD
    assert found.holds


@pytest.mark.skipif(TORCH, reason="keras.ops.jvp has no PyTorch form")
@pytest.mark.parametrize("label", REGISTRY)
def test_keras_differentiates_the_numpy_form(label):
    found = equations.verify(label)
    assert found.derivative is not None or not any(map(is_real, REGISTRY[label].axes.values()))
    assert (found.derivative or 0) <= equations.DERIVATIVE


def is_real(axes) -> bool:
    return isinstance(axes, tuple) or " of " not in axes


def test_every_labelled_equation_of_the_part_runs_and_every_one_that_runs_is_in_the_book():
    assert labels_in(PART) - set(REGISTRY) == set()
    assert set(REGISTRY) - labels_in() == set()
    assert all(label.startswith(f"eq-{entry.lesson}-") for label, entry in REGISTRY.items())


def test_the_sources_are_in_the_bibliography():
    keys = set(re.findall(r"@\w+\{([\w-]+),", (lesson.ROOT / "book" / "references.bib").read_text(encoding="utf-8")))
    assert {entry.source for entry in REGISTRY.values()} - keys == set()


def test_the_page_shows_what_holds_for_all_of_them():
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    assert {row["label"]: (row["numpy"], row["keras"]) for row in rows} == {
        row["label"]: (row["numpy"], row["keras"]) for row in equations.table()
    }, "run make equations"
    measured = [numbers for row in rows for numbers in row["backends"].values()]
    assert all({"tensorflow", "jax"} <= set(row["backends"]) for row in rows)
    assert all(numbers["forward"] <= equations.FORWARD for numbers in measured)
    assert all((numbers["derivative"] or 0) <= equations.DERIVATIVE for numbers in measured)


def test_print_the_table(capsys):
    with capsys.disabled():
        print(f"\nEquations on {keras.backend.backend()}: largest difference, relative error of the derivative")
        for row in equations.table():
            numbers = ["-" if row[key] is None else f"{row[key]:.1e}" for key in ("forward", "derivative")]
            print(f"{row['label']:32} {row['lesson']:12} {row['numpy']:42}", *numbers)
    assert len(equations.table()) == len(REGISTRY)


def square_numpy(x, y, power=2):
    """x, y -> x to a power plus y."""
    return x**power + y


def square_keras(x, y, power=2):
    return ops.power(x, power) + y


def bent_keras(x, y, power=2):
    return ops.power(x, power) * 1.001 + y


def stopped_keras(x, y, power=2):
    return ops.stop_gradient(ops.power(x, power)) + y


@pytest.fixture
def toy(monkeypatch):
    """Registers `square_numpy` as the equation eq-toy-square, and forgets it afterwards."""
    monkeypatch.setattr(equations, "_registered", dict(equations._registered))
    register = equations.equation(
        "eq-toy-square", lesson="toy", source="nobody", keras="ops.power", options=({}, {"power": 3}), x="B D", y="D"
    )
    register(square_numpy)
    yield monkeypatch
    equations.verify.cache_clear()


@pytest.mark.parametrize(("form", "holds"), [(square_keras, True), (bent_keras, False), (stopped_keras, TORCH)])
def test_a_wrong_form_and_a_wrong_derivative_are_found(toy, form, holds):
    toy.setattr(sys.modules[__name__], "square_keras", form)
    assert equations.verify("eq-toy-square").holds == holds


def test_a_comparison_reads_as_a_sentence_and_holds_where_nothing_was_measured():
    assert str(equations.Comparison(2e-7, None)) == (
        "largest difference 2.0e-07, relative error of the derivative not measured"
    )
    assert equations.Comparison(None, None).holds
    assert not equations.Comparison(2e-5, None).holds
    assert not equations.Comparison(2e-7, 2e-4).holds


def test_a_label_belongs_to_one_form(toy):
    with pytest.raises(ValueError, match="eq-toy-square is registered twice"):
        equations.equation("eq-toy-square", lesson="toy", source="nobody", keras="ops.power", x="B")(square_numpy)


def test_an_unknown_label_is_refused():
    with pytest.raises(ValueError, match=r"There is no equation 'eq-nothing'\. Registered are: eq-"):
        equations.verify("eq-nothing")


def test_the_description_of_arguments():
    axes = {"x": "B T D", "W": "D 4H", "kernel": "3 2 D", "target": "B of V", "square": ("H above 0", "H")}
    given = equations._arguments(axes)
    size = dict(zip("BTDHV", equations.SIZES, strict=False))
    positive, real = given["square"]
    assert given["x"].shape == (size["B"], size["T"], size["D"])
    assert given["x"].dtype == np.float64
    assert given["W"].shape == (size["D"], 4 * size["H"])
    assert given["kernel"].shape == (3, 2, size["D"])
    assert given["target"].shape == (size["B"],)
    assert set(given["target"]) <= set(range(size["V"]))
    assert positive.min() > 0 > real.min()
    assert len(set(equations.SIZES)) == len(equations.SIZES)


def test_weights_put_into_a_layer_stay_out_of_it():
    layer = keras.layers.Dense(2)
    x, weights = np.ones((1, 3), np.float32), [np.full((3, 2), 2, np.float32), np.ones(2, np.float32)]
    assert np.allclose(equations.with_weights(layer, weights, ops.convert_to_tensor(x)), 7)
    assert not np.allclose(layer.get_weights()[0], weights[0])
