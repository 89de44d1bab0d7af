"""A dataset of two small files that a local server offers, and a data folder to fetch it into."""

import contextlib
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import misbehaving_server as serve
import pytest

from mmcourse.data import registry

TEXT = b"a thousand small words. " * 40


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A .tar.gz of the members with their contents."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def tar_member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def zip_of(*members: tuple[str, bytes, int]) -> bytes:
    """A .zip of (name, content, Unix file mode)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content, mode in members:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


GOOD = tar_of((tar_member("toy/a.txt"), TEXT), (tar_member("toy/b.txt"), b"second"))
DIGEST = hashlib.sha256(GOOD).hexdigest()


class Place:
    """A data folder, a server, and a registry of two datasets, "toy" and the embedded "inside"."""

    def __init__(self, data: Path, server: serve.MisbehavingServer, patch: pytest.MonkeyPatch):
        self.data, self.server, self.patch = data, server, patch
        self.offer({"toy.tar.gz": GOOD})

    def offer(self, files: dict[str, bytes]) -> None:
        """Register these files as the dataset, served well by the origin; `origin`, ... are the places of the first."""
        self.name = next(iter(files))
        self.cached, self.origin, self.mirror = self.data / "toy" / self.name, f"/{self.name}", f"/m/toy/{self.name}"
        self.register(
            registry.File(name, f"{self.server.url}/{name}", "test", len(body), hashlib.sha256(body).hexdigest())
            for name, body in files.items()
        )
        self.server.answers |= {f"/{name}": serve.good(body) for name, body in files.items()}

    def register(self, files: Iterable[registry.File], **facts: object) -> None:
        """Let the dataset "toy" have these files."""
        given = {"title": "Toy", "task": "t", "modalities": ("text",), "license": "CC0", "redistribute": True}
        given |= {"attribution": "", "homepage": "", "tier": "tiny", "card": "", **facts}
        table = {
            "toy": registry.Dataset(name="toy", files=tuple(files), **given),
            "inside": registry.Dataset(name="inside", embedded=True, **given),
        }
        self.patch.setattr(registry, "registry", lambda: table)

    def use_mirror(self) -> None:
        self.patch.setenv("MMCOURSE_MIRROR", self.server.url + "/m/")

    def files(self) -> list[str]:
        """Every path under the data folder, folders included, except the dataset's own folder and its lock."""
        paths = (path.relative_to(self.data).as_posix() for path in self.data.rglob("*"))
        return sorted(path for path in paths if path not in ("toy", "toy/.lock"))


@contextlib.contextmanager
def served(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A Place with its data in `folder`/data, its server running and no proxy before it."""
    patch.setenv("MMCOURSE_DATA_DIR", str(folder / "data"))
    for name in ("MMCOURSE_MIRROR", "MMCOURSE_OFFLINE"):
        patch.delenv(name, raising=False)
    patch.setenv("no_proxy", "127.0.0.1")
    with serve.MisbehavingServer() as server:
        yield Place(folder / "data", server, patch)
