"""Checkpoints: an interrupted training goes on from one to the same result, and to no other training.

A checkpoint is one file, `checkpoint.npz`: weights, random seeds of the layers, the optimizer's state, the best weights
so far, the curve, and the plan of the training, by which it is known again. It replaces the one before in one step.
"""

import contextlib
import hashlib
import json
import os
import re
import zipfile
import zlib
from pathlib import Path

import keras
import numpy as np
from keras import ops

from mmcourse.progress import Curve

NAME = "checkpoint.npz"
_START = "first weights"


class Checkpoint:
    """The checkpoint, in a folder, of the training of a compiled and built model by `batches` (`train.Batches`)."""

    def __init__(self, folder: str | Path, model: keras.Model, batches, validation: tuple | None = None):
        self.path, self.model = Path(folder) / NAME, model
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _part(self.path).unlink(missing_ok=True)  # of a process that was killed while it wrote
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self.plan = _plan(model, batches, validation) | {_START: _digest(snapshot(_variables(model)))}
        self.best, self.step = None, 0  # best weights, and the step that the file has reached

    def begin(self, curve: Curve) -> dict | None:
        """Load the checkpoint into model, `best` and curve, or write the first one.

        Returns the record of the training if it is finished. Raises ValueError for the checkpoint of another training
        (one without a step is replaced) and for a damaged one.
        """
        known = _read(self.path) if self.path.is_file() else None
        if known is None or not known[2]["step"]:
            self.write(curve)
            return None
        arrays, best, header = known
        self._refuse_another(header["plan"], _digest(arrays))
        self.plan, self.best, self.step = header["plan"], best or None, header["step"]
        put_back(_variables(self.model), arrays)
        curve.resume(header["curve"])
        return header["record"]

    def write(self, curve: Curve, record: dict | None = None) -> None:
        """Write the model as it is, the best weights and the curve; `record` when the training is finished."""
        header = {"plan": self.plan, "step": curve.done, "curve": curve.state(), "record": record}
        _write(self.path, snapshot(_variables(self.model)), self.best or [], header)
        self.step = curve.done

    def restore(self) -> None:
        """Put the model back to the checkpoint."""
        put_back(_variables(self.model), _read(self.path)[0])

    def _refuse_another(self, there: dict, reached: str) -> None:
        """`there` is the plan of the file, `reached` the hash of its variables: a model may stand at either end."""
        known = {name: value for name, value in self.plan.items() if name != _START}
        other = [f"{name} {there.get(name)} there, {here} here" for name, here in known.items() if there[name] != here]
        if other:
            raise ValueError(
                f"{self.path.parent} holds the checkpoint of another training: {'; '.join(other)}. Give another folder,"
                " or delete that checkpoint."
            )
        if self.plan[_START] not in (there[_START], reached):
            raise ValueError(
                f"{self.path.parent} holds the checkpoint of a training that began with other weights. Build the model "
                "anew directly after mm.seed(…) with the same seed, or give another folder."
            )


def snapshot(variables: list) -> list[np.ndarray]:
    """The values of variables, for `put_back`. NumPy's files know no bfloat16; float32 holds it without loss."""
    arrays = [ops.convert_to_numpy(variable) for variable in variables]
    return [np.array(array, np.float32 if array.dtype.name == "bfloat16" else None) for array in arrays]


def put_back(variables: list, arrays: list[np.ndarray]) -> None:
    """Give variables the values that `snapshot` returned."""
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def _variables(model: keras.Model) -> list:
    """All that a training changes: weights, random seeds of the layers, the optimizer's state."""
    return [*model.variables, *model.optimizer.variables]


def _plan(model: keras.Model, batches, validation: tuple | None) -> dict:
    """What makes two trainings one: name -> number, or hash."""
    return {
        "model": _config_hash(model.get_config()),
        "optimizer and loss": _config_hash(model.get_compile_config()),
        "steps": len(batches),
        "batch size": batches.batch_size,
        "order of the batches": _digest([batches.rows]),
        "data": _columns_hash(batches.inputs, batches.labels),
        "validation data": _columns_hash(*validation) if validation else "none",
        "backend": keras.backend.backend(),
    }


def _columns_hash(inputs: dict, labels: np.ndarray) -> str:
    return _digest([labels, *(part for name in sorted(inputs) for part in (np.array(name), inputs[name]))])


def _digest(arrays: list[np.ndarray]) -> str:
    """Hash of arrays, exact to the last bit."""
    found = hashlib.sha256()
    for array in map(np.ascontiguousarray, arrays):
        found.update(f"{array.dtype} {array.shape}".encode())
        found.update(array.reshape(-1).view(np.uint8))
    return found.hexdigest()[:16]


def _config_hash(config: dict) -> str:
    """Hash of a configuration without the numbers that Keras counts up (`dense_3`) and addresses in memory."""
    text = json.dumps(config, sort_keys=True, default=str)
    plain = re.sub(r'"shared_object_id": \d+|_\d+(?=["/])| at 0x[0-9a-f]+', "", text)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _write(path: Path, arrays: list[np.ndarray], best: list[np.ndarray], header: dict) -> None:
    """Write a checkpoint; whatever happens meanwhile, `path` holds the old one or the new one, whole."""
    columns = {f"variable{k}": array for k, array in enumerate(arrays)} | {f"best{k}": a for k, a in enumerate(best)}
    try:
        with open(_part(path), "wb") as file:
            np.savez(file, header=np.array(json.dumps(header)), **columns)
            file.flush()
            os.fsync(file.fileno())
        _part(path).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            _part(path).unlink(missing_ok=True)
        raise


def _read(path: Path) -> tuple[list[np.ndarray], list[np.ndarray], dict]:
    """Variables, best weights and header of a checkpoint. ValueError for a damaged one."""
    try:
        with np.load(path) as file:
            columns = {name: file[name] for name in file.files}
        header = json.loads(str(columns.pop("header")))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        raise ValueError(f"{path} is damaged ({error}). Delete it and train anew.") from error
    count = {kind: sum(name.startswith(kind) for name in columns) for kind in ("variable", "best")}
    arrays, best = ([columns[f"{kind}{k}"] for k in range(number)] for kind, number in count.items())
    return arrays, best, header


def _part(path: Path) -> Path:
    return path.with_suffix(".part")
