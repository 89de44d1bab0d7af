"""Batches of a table that is larger than memory, as `fit`, `evaluate` and `predict` of a Keras model read them."""

import math
from collections.abc import Callable

import keras
import numpy as np

from mmcourse.data import audio
from mmcourse.data.table import Table


class Batches(keras.utils.PyDataset):
    """The rows of a table, `batch_size` at a time; pictures and sounds are decoded batch by batch.

    prepare: the columns of a batch -> what Keras takes, such as `(inputs, targets)`; None gives the columns. Sounds of
    unequal lengths come as (B, longest) float32, filled with silence, beside `samples` (B,) int32, their lengths.
    seed: None keeps the order of the table; a number gives every epoch an order of its own, the same on every machine.
    Further arguments (workers, max_queue_size) are those of `keras.utils.PyDataset`.
    """

    def __init__(
        self,
        table: Table,
        batch_size: int = 32,
        prepare: Callable[[dict], object] | None = None,
        seed: int | None = None,
        **keywords,
    ):
        super().__init__(**keywords)
        if not isinstance(batch_size, int | np.integer) or isinstance(batch_size, bool) or batch_size < 1:
            raise ValueError(f"batch_size is {batch_size!r}; give a positive number of rows.")
        if not len(table):
            raise ValueError("the table has no rows; choose another split.")
        self.table, self.batch_size, self.prepare = table, batch_size, prepare
        self._random = None if seed is None else np.random.RandomState(seed)
        self._order = np.arange(len(table))
        self.on_epoch_end()

    def __len__(self) -> int:
        """The number of batches; the last one may be smaller."""
        return math.ceil(len(self.table) / self.batch_size)

    def __getitem__(self, number: int) -> object:
        """Batch `number`, from 0."""
        if not 0 <= number < len(self):
            raise IndexError(f"there are batches 0 to {len(self) - 1}, not {number}.")
        columns = self.table.rows(self._order[number * self.batch_size : (number + 1) * self.batch_size])
        if isinstance(columns.get("audio"), list):
            lengths = np.array([len(sound) for sound in columns["audio"]], np.int32)
            columns |= {"audio": audio.pad(columns["audio"], int(lengths.max())), "samples": lengths}
        return columns if self.prepare is None else self.prepare(columns)

    def on_epoch_end(self) -> None:
        """Draw the order of the next epoch."""
        if self._random is not None:
            self._order = self._random.permutation(len(self.table))
