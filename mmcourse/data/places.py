"""Where files lie: the data folder, a mirror, what a person has put there."""

import hashlib
import os
import warnings
from pathlib import Path
from urllib.parse import quote

from mmcourse.data import registry
from mmcourse.data.registry import File, Selection


def data_dir() -> Path:
    """The folder for downloads: MMCOURSE_DATA_DIR, or the user's cache folder. It can be moved."""
    if chosen := os.environ.get("MMCOURSE_DATA_DIR"):
        return Path(chosen).expanduser()
    return Path(pooch().os_cache("mmcourse"))


def pooch():
    """The library pooch, without the warning about progress bars in notebooks that its import gives."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        import pooch
    return pooch


def hand_folder(name: str) -> Path:
    """The folder in which a person can put the files of a dataset, unpacked."""
    return data_dir() / registry.dataset(name).name / "by-hand"


def by_hand(name: str) -> Path | None:
    """The folder of files put there by hand, which goes before everything else; None where there is nothing in it."""
    folder = hand_folder(name)
    return folder if folder.is_dir() and any(folder.iterdir()) else None


def unpacked(selection: Selection) -> Path:
    """The folder of the unpacked files, named by their checksums: another version of the data is another folder."""
    versions = "".join(f"{file.name} {file.checksum or file.url} " for file in selection.files)
    return data_dir() / selection.dataset.name / f"unpacked-{hashlib.sha256(versions.encode()).hexdigest()[:8]}"


def holds(folder: Path, selection: Selection) -> bool:
    """Whether every file lies in `<folder>/<dataset>` with the right size; contents are checked by `get`."""
    paths = [(folder / selection.dataset.name / file.name, file.bytes) for file in selection.files]
    return all(path.is_file() and size in (None, path.stat().st_size) for path, size in paths)


def mirror_setting() -> str | Path | None:
    """MMCOURSE_MIRROR: an http(s) address, an existing folder, or None; ValueError for anything else."""
    chosen = os.environ.get("MMCOURSE_MIRROR", "").strip()
    if not chosen:
        return None
    if chosen.lower().startswith(("http://", "https://")):
        return chosen.rstrip("/")
    if not Path(chosen).expanduser().is_dir():
        raise ValueError(
            f"MMCOURSE_MIRROR is {chosen!r}, which is neither an existing folder nor an http(s) address. "
            "Correct the variable, or unset it to download from the origin."
        )
    return Path(chosen).expanduser()


def offline() -> bool:
    """Whether MMCOURSE_OFFLINE forbids the network: set to anything but "" and "0"."""
    return os.environ.get("MMCOURSE_OFFLINE", "") not in ("", "0")


def where(selection: Selection, source: str | Path | None) -> str:
    """ "here" (nothing to download), "folder", "mirror" (of `mirror_setting`), "internet", "offline" or "by hand"."""
    if by_hand(selection.name) or unpacked(selection).is_dir() or holds(data_dir(), selection):
        return "here"
    if isinstance(source, Path) and holds(source, selection):
        return "folder"
    if not isinstance(source, str) and not all(file.url for file in selection.files):
        return "by hand"
    if offline():
        return "offline"
    return "mirror" if isinstance(source, str) else "internet"


def sources(file: File, dataset: str, home: Path) -> list[str | Path]:
    """Where to look for a file that is to lie in `home`; with MMCOURSE_OFFLINE set, only where no network is needed."""
    source, found = mirror_setting(), []
    own = data_dir() / dataset / file.name
    if own.parent != home and own.is_file():
        found.append(own)
    if isinstance(source, Path) and source / dataset != home:
        found.append(source / dataset / file.name)
    if offline():
        return found
    served = [f"{source}/{dataset}/{quote(file.name)}"] if isinstance(source, str) else []
    return [*found, *served, *filter(None, (file.url, *file.alternates))]
