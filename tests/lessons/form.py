"""Checks of the form of a notebook: executed, clean, small, named, alike."""

import base64
import re

from tools.lesson import CELL_NAME, normalize

from .notebook import IMAGES, Course, Lesson, texts_of

FIGURE_BYTES = 150_000
NOTEBOOK_BYTES = 1_500_000
RANDOM_ID = re.compile(r"[0-9a-f]{8}")
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.-])/(?:home|root|work|Users|tmp)\b(?=/|\s|$|[\"'])|\b[A-Z]:\\+(?:Users|Windows|Temp)"
)
MEMORY_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
WIDGET = "application/vnd.jupyter.widget-view+json"


def check_executed(lesson: Lesson, course: Course) -> list[str]:
    """Every code cell has run, once, from the top."""
    counts = [cell.execution_count for cell in lesson.code]
    wrong = [cell for number, cell in enumerate(lesson.code, start=1) if cell.execution_count != number]
    if not wrong:
        return []
    expected = lesson.code.index(wrong[0]) + 1
    found = counts[expected - 1]
    return [lesson.at(wrong[0], f"execution count {found}, expected {expected}: run `make run LESSON={lesson.slug}`")]


def check_normal(lesson: Lesson, course: Course) -> list[str]:
    """The notebook is as `make run` writes it."""
    if any(output.get("name") == "stderr" for cell in lesson.code for output in cell.outputs):
        return []  # told by check_outputs
    if normalize(lesson.notebook) == lesson.notebook:
        return []
    return [f"{lesson.slug}: metadata or spaces are not in their normal form: run `make run LESSON={lesson.slug}`"]


def check_outputs(lesson: Lesson, course: Course) -> list[str]:
    """No error, nothing on stderr, no widget, no address in memory."""
    found = []
    for cell in lesson.code:
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(lesson.at(cell, f"ends in {output.ename}: {output.evalue}"))
            if output.get("name") == "stderr":
                found.append(lesson.at(cell, f"writes to stderr: {output.text.strip()[:200]}"))
            if WIDGET in output.get("data", {}):
                found.append(lesson.at(cell, "shows a widget, which a page cannot; use text or a picture"))
            if any(MEMORY_ADDRESS.search(text) for text in texts_of(output)):
                found.append(lesson.at(cell, "shows an address in memory, which changes with each run"))
    if "widgets" in lesson.notebook.metadata:
        found.append(f"{lesson.slug}: the notebook carries the state of widgets; remove metadata.widgets")
    return found


def check_paths(lesson: Lesson, course: Course) -> list[str]:
    """No absolute path in a source or an output."""
    found = []
    for cell in lesson.cells:
        texts = [cell.source, *(text for output in cell.get("outputs", []) for text in texts_of(output))]
        paths = [match[0] for text in texts for match in ABSOLUTE_PATH.finditer(text)]
        found += [lesson.at(cell, f"names an absolute path ({path} ...)") for path in paths]
    return found


def figure_sizes(cell) -> list[int]:
    """Bytes of each picture in the outputs of a code cell."""
    pictures = [
        (kind, output.data[kind]) for output in cell.outputs for kind in IMAGES if kind in output.get("data", {})
    ]
    return [len(data.encode()) if "svg" in kind else len(base64.b64decode(data)) for kind, data in pictures]


def check_size(lesson: Lesson, course: Course) -> list[str]:
    """Figures and notebook are small enough to load quickly."""
    sizes = [(cell, size) for cell in lesson.code for size in figure_sizes(cell)]
    found = [
        lesson.at(cell, f"a figure has {size / 1000:.0f} kB, allowed are {FIGURE_BYTES // 1000}: fewer dots or pixels")
        for cell, size in sizes
        if size > FIGURE_BYTES
    ]
    if lesson.size_bytes > NOTEBOOK_BYTES:
        found.append(f"{lesson.slug}: the notebook has {lesson.size_bytes / 1e6:.1f} MB, allowed are 1.5")
    return found


def check_ids(lesson: Lesson, course: Course) -> list[str]:
    """Cell ids speak, and each is used once: translations hang on them."""
    ids = [cell.get("id", "") for cell in lesson.cells]
    found = [
        lesson.at(cell, "this id says nothing; name the cell in small letters, digits and dashes")
        for cell, name in zip(lesson.cells, ids, strict=True)
        if not CELL_NAME.fullmatch(name) or RANDOM_ID.fullmatch(name)
    ]
    return found + [f"{lesson.slug}: the id {name!r} is used twice" for name in sorted(set(ids)) if ids.count(name) > 1]


def check_setup(lesson: Lesson, course: Course) -> list[str]:
    """The setup cell is the first code cell, the same in every lesson, and installs this version from its address."""
    if not lesson.code or lesson.code[0].get("id") != "setup":
        return [f"{lesson.slug}: the first code cell must have the id 'setup'"]
    cell = lesson.code[0]
    found = []
    if cell.source != course.setup_source:
        found.append(lesson.at(cell, f"differs from the setup cell of {course.slugs[0]}; copy that one"))
    addresses = re.findall(r"https?://[^\s\"']+", cell.source)
    if not addresses or not all(address.startswith(course.address) for address in addresses):
        found.append(lesson.at(cell, f"must install from {course.address} (pyproject.toml), found {addresses}"))
    if not re.search(rf"\bv{re.escape(course.version)}(?![.\d]*\d)", cell.source):
        found.append(lesson.at(cell, f"must install the tag v{course.version} (pyproject.toml)"))
    return found


def check_figures(lesson: Lesson, course: Course) -> list[str]:
    """Every cell that shows a picture has an alternative text and a caption, in its metadata under `mystnb`."""
    found = []
    for cell in lesson.code:
        pictures = len(figure_sizes(cell))
        if not pictures:
            continue
        mystnb = cell.metadata.get("mystnb", {})
        alt = mystnb.get("image", {}).get("alt", "")
        if len(alt) < 20 or not alt.endswith("."):
            found.append(
                lesson.at(cell, "image.alt must say in a sentence what the picture shows (20 letters, a period)")
            )
        if not mystnb.get("figure", {}).get("caption"):
            found.append(lesson.at(cell, "figure.caption is missing: say what to see in the picture"))
        if pictures > 1:
            found.append(lesson.at(cell, f"shows {pictures} pictures; one picture a cell, or one label is used twice"))
    return found
