"""Readers: one module a family of datasets, each a table of `Reader`s by the name that `load` takes."""

import functools
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mmcourse.data import registry

FAMILIES = (
    "embedded",
    "anki_cmn_eng",
    "cifar10",
    "cmu_mosi",
    "coco",
    "flickr8k",
    "fsdd",
    "imagenette",
    "librispeech",
    "medmnist",
    "meld",
    "mnist",
    "movielens",
    "multi30k",
    "plain_text",
    "python_manual",
    "speech_commands",
)


@dataclass(frozen=True)
class Reader:
    """How one dataset becomes columns.

    splits: split -> what `fetch.get` is asked for, "" for embedded data.
    table: (folder, split) -> light columns of n rows, without decoding pictures or sounds. Numbers, tags and small
        pictures of one size are NumPy arrays, texts are lists. Where pictures or sounds are files, `file` (n,) str
        holds their paths below the media folder, with "/".
    columns: all columns that `load` can give, `media` included.
    key: the columns whose values, taken together, no two splits share; () where the set says nothing that could be
        shared. The docstring of `table` says what two splits do share.
    media: "image" or "audio" where `file` names pictures or sounds to decode, else "".
    media_splits: split -> what `fetch.get` is asked for to have these files; {} where they are in the same folder.
    rate: Hz of the sounds; 0 without sounds. A file with another rate or more than one channel is refused.
    seconds: length to which every sound is cut or filled; 0 leaves them as they are, a list of unequal arrays.
    classes: the words of `label`, in the order of its numbers; () where there are no classes.
    """

    splits: dict[str, str]
    table: Callable[[Path | None, str], dict]
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    media: str = ""
    media_splits: dict[str, str] = field(default_factory=dict)
    rate: int = 0
    seconds: float = 0.0
    classes: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The docstring of `table`: columns, split, traps."""
        function = self.table.func if isinstance(self.table, functools.partial) else self.table
        return inspect.getdoc(function) or ""

    def media_source(self, split: str) -> str:
        """What `fetch.get` is asked for to have the pictures or sounds of a split."""
        return self.media_splits.get(split, self.splits[split])

    def sources(self, split: str, media: bool = True) -> tuple[str, ...]:
        """All that `fetch.get` is asked for; () for embedded data. `media` adds where the pictures or sounds are."""
        names = (self.splits[split], self.media_source(split)) if media else (self.splits[split],)
        return tuple(dict.fromkeys(filter(None, names)))


@functools.cache
def readers() -> dict[str, Reader]:
    """Every reader by the name that `load` takes."""
    modules = [importlib.import_module(f"{__name__}.{family}") for family in FAMILIES]
    return {name: reader for module in modules for name, reader in module.READERS.items()}


def find(name: str) -> Reader:
    """The reader of a name.

    Raises ValueError for an unknown name and for a dataset that is only fetched, or not even that; the message says
    what to do instead.
    """
    known, dataset = readers(), registry.registry().get(str(name).partition("/")[0])
    if name in known:
        return known[name]
    if dataset is None:
        choice = ", ".join(sorted(known))
        raise ValueError(f"There is no dataset {name!r}.{registry.nearest(name, known)} Choose one of: {choice}.")
    if forms := [form for form in known if form.partition("/")[0] == dataset.name]:
        raise ValueError(f"{name!r} is no name for load; of this dataset there are: {', '.join(forms)}.")
    if dataset.embedded:
        raise ValueError(f"{name!r} is not read by load. {dataset.manual}")
    names = ", ".join(part.name for part in registry.selections(dataset) if all(file.url for file in part.files))
    if not names:
        raise ValueError(f"dataset {dataset.name!r} cannot be fetched by a program. {dataset.manual}")
    raise ValueError(f"{name!r} has no reader; mmcourse.data.fetch.get gives the files of: {names}. {dataset.manual}")
