"""Text to learn a language model from: Tiny Shakespeare and WikiText."""

from functools import partial
from itertools import accumulate
from pathlib import Path

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, lines

SHAKESPEARE = "tinyshakespeare.txt"
STEMS = {"train": "train", "validation": "valid", "test": "test"}
SUFFIXES = {"2": "tokens", "103": "tokens", "2-raw": "raw", "103-raw": "raw"}  # of WikiText: form -> end of file names


def shakespeare_table(folder: Path, split: str) -> dict:
    r"""One column, text: list of n str, the speeches in their order: a name, a colon and lines of verse.

    An empty line ends a speech, so `"\n\n".join(train + validation + test) + "\n"` is the file. The split is that of
    TensorFlow Datasets, 90 %, 5 % and 5 % of the characters one after the other, but a speech that it would cut stays
    whole, in the earlier part. A short speech can be in two parts.
    Raises ValueError for a missing or empty file.
    """
    text = "\n".join(lines(folder, SHAKESPEARE))
    if not text:
        raise damaged(folder, SHAKESPEARE, "the file is empty")
    count = len(text) + 1  # with the "\n" at its end
    first = int(count * 0.9)
    second = first + int((count - first) * 0.5)
    begin, end = {"train": (0, first), "validation": (first, second), "test": (second, count)}[split]
    speeches = text.split("\n\n")
    starts = accumulate((len(speech) + 2 for speech in speeches[:-1]), initial=0)
    return {"text": [speech for speech, start in zip(speeches, starts, strict=True) if begin <= start < end]}


def wikitext_table(folder: Path, split: str, form: str) -> dict:
    r"""One column, text: list of n str, the lines of the file, so `"\n".join(text) + "\n"` is the file.

    A line is a paragraph, a title, " = Valkyria Chronicles III = ", or empty but for a space: lines begin and end with
    one. In the forms "2" and "103" words have a space around them and rare words are "<unk>"; "2-raw" and "103-raw"
    keep them. The official split by article: 36,718 lines train in "2", 1,801,350 in "103"; 3,760 validate and 4,358
    test in both. Raises ValueError for a missing or empty file.
    """
    name = f"wikitext-{form}/wiki.{STEMS[split]}.{SUFFIXES[form]}"
    text = lines(folder, name)
    if not text:
        raise damaged(folder, name, "the file is empty")
    return {"text": text}


READERS = {"tiny_shakespeare": Reader(dict.fromkeys(STEMS, "tiny_shakespeare"), shakespeare_table, ("text",))}
for _form in SUFFIXES:
    _source = f"wikitext/{_form}"
    READERS[_source] = Reader(dict.fromkeys(STEMS, _source), partial(wikitext_table, form=_form), ("text",))
