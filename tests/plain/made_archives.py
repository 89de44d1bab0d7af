"""Small archives with the real layout in the place of the real ones, so that `load` runs as for a reader."""

import dataclasses
import gzip
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from mmcourse.data import registry


def tar_gz(files: dict[str, bytes]) -> bytes:
    """A .tar.gz of paths and contents."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """A .zip of paths and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def gz(text: str) -> bytes:
    """A .gz of a text."""
    return gzip.compress(text.encode(), 1)


class Shelf:
    """A data folder in which registered files lie as if downloaded; nothing else can be had. Fixture `shelf`."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch):
        self.folder, self._known = folder, dict(registry.registry())
        patch.setenv("MMCOURSE_DATA_DIR", str(folder))
        patch.setenv("MMCOURSE_OFFLINE", "1")
        patch.delenv("MMCOURSE_MIRROR", raising=False)
        patch.setattr(registry, "registry", lambda: self._known)

    def put(self, name: str, files: dict[str, bytes]) -> None:
        """The files of "name" or "name/part", by their registered names; all of them, no others."""
        name, _, part = name.partition("/")
        dataset = self._known[name]
        expected = {file.name for file in dataset.files if file.part == part}
        assert expected, f"{name} has no part {part!r}"
        assert set(files) == expected, f"{name}/{part} is registered with the files {sorted(expected)}"
        made = tuple(_made(file, files[file.name]) if file.part == part else file for file in dataset.files)
        self._known[name] = dataclasses.replace(dataset, files=made)
        for file, content in files.items():
            path = self.folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _made(file: registry.File, content: bytes) -> registry.File:
    digest = hashlib.sha256(content).hexdigest()
    return dataclasses.replace(file, bytes=len(content), sha256=digest, md5="")
