"""Unpack an archive without trusting what it says about itself."""

import gzip
import lzma
import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path

TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz")
_FILTER = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # not in Python 3.11.0 to 3.11.3
BOMB_RATIO = 100  # an archive may unpack to this many times its own size ...
BOMB_FLOOR = 100_000_000  # ... and in any case to this many bytes


DAMAGED = (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, RuntimeError)


class ArchiveError(ValueError):
    """An archive is damaged, encrypted or none."""


class UnsafeArchiveError(ArchiveError):
    """An archive member would be written outside the target folder, is no plain file, or is too big."""


def unpack_all(archives: list[Path], folder: Path) -> None:
    """Unpack several files into one new folder; one that is refused or damaged is deleted and ends in ArchiveError."""
    folder.mkdir()
    for archive in archives:
        try:
            unpack(archive, folder)
        except UnsafeArchiveError:
            archive.unlink()
            raise
        except DAMAGED as error:
            archive.unlink()
            message = (
                f"{archive.name} cannot be unpacked ({type(error).__name__}: {error}). It was deleted: fetch again."
            )
            raise ArchiveError(message) from error


def unpack(path: Path, folder: Path) -> None:
    """Unpack a .tar* or .zip archive into an existing folder; copy any other file (.csv, .npz, .gz) as it is.

    A failure can leave some members behind: hand in a temporary folder.
    Raises one of DAMAGED for an archive that cannot be read, and UnsafeArchiveError, with the names of archive and
    member, for a member that is absolute, climbs out with "..", is a link or a device, or takes the total over
    max(BOMB_FLOOR, BOMB_RATIO x archive size).
    """
    limit = max(BOMB_FLOOR, BOMB_RATIO * path.stat().st_size)
    if path.name.lower().endswith(TAR_SUFFIXES):
        _unpack_tar(path, folder, limit)
    elif path.suffix.lower() == ".zip":
        _unpack_zip(path, folder, limit)
    else:
        shutil.copyfile(path, folder / path.name)


def _unpack_tar(path: Path, folder: Path, limit: int) -> None:
    total = 0
    with tarfile.open(path) as archive:
        for member in archive:
            total += member.size
            _refuse(path, member.name, _name_fault(member.name) or _tar_fault(member) or _size_fault(total, limit))
            archive.extract(member, folder, **_FILTER)


def _unpack_zip(path: Path, folder: Path, limit: int) -> None:
    total = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            total += member.file_size
            name = member.filename
            _refuse(path, name, _name_fault(name) or _zip_fault(member) or _size_fault(total, limit))
            archive.extract(member, folder)


def _refuse(path: Path, member: str, fault: str) -> None:
    if fault:
        raise UnsafeArchiveError(
            f"{path.name}: member {member!r} {fault}. The archive was deleted. "
            "Do not get it by hand; report it to the authors of the course."
        )


def _name_fault(name: str) -> str:
    """What is wrong with a member's path on any operating system; "" when nothing is."""
    if name.startswith(("/", "\\")) or re.match("[A-Za-z]:", name):
        return "has an absolute path"
    if ".." in re.split(r"[/\\]", name):
        return "climbs out of the folder with '..'"
    return ""


def _tar_fault(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return f"is a link, to {member.linkname!r}"
    return "" if member.isfile() or member.isdir() else "is a device or another special file"


def _zip_fault(member: zipfile.ZipInfo) -> str:
    """A zip made on Unix keeps the file's mode in the upper half of external_attr; a mode of 0 says nothing."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if stat.S_ISLNK(kind):
        return "is a symbolic link"
    return "" if kind in (0, stat.S_IFREG, stat.S_IFDIR) else "is a device or another special file"


def _size_fault(total: int, limit: int) -> str:
    return f"takes the archive over {limit:,} unpacked bytes" if total > limit else ""
