"""The road from Markov's count to models for any modality: `road.toml` as entries, and as a table for a page."""

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

LINES = ("text", "multimodal")
MASKS = ("causal", "both", "both, causal", "none")


@dataclass(frozen=True)
class Entry:
    """One table of road.toml, whose head says what the fields mean; 0 or "" where the source prints nothing."""

    name: str
    line: str
    objective: str
    mask: str
    key: str
    note: str
    date: str = ""
    arxiv: str = ""
    data: str = ""
    parameters: int = 0
    active: int = 0
    tokens: int = 0

    @property
    def when(self) -> str:
        """The date, "YYYY" or "YYYY-MM"; the month of an arXiv number is that of its first version."""
        return f"20{self.arxiv[:2]}-{self.arxiv[2:4]}" if self.arxiv else self.date

    @property
    def year(self) -> float:
        """The date as a number, the middle of its month, or of the year where no month is known."""
        year, _, month = self.when.partition("-")
        return int(year) + (int(month) - 0.5) / 12 if month else int(year) + 0.5

    @property
    def working(self) -> int:
        """The weights that one token uses: all, or the active ones of a mixture of experts; 0 where not printed."""
        return self.active or self.parameters


@functools.cache
def entries() -> tuple[Entry, ...]:
    """All entries, the oldest first. Raises ValueError for a line, mask or date that road.toml must not have."""
    tables = tomllib.loads(Path(__file__).with_name("road.toml").read_text("utf-8"))["entry"]
    found = tuple(Entry(**table) for table in tables)
    for entry in found:
        _check(entry)
    return tuple(sorted(found, key=lambda entry: entry.year))


def entry(name: str) -> Entry:
    """The entry of that name. Raises ValueError for an unknown one."""
    known = {each.name: each for each in entries()}
    if name not in known:
        raise ValueError(f"The road has no {name!r}. It has: {', '.join(known)}.")
    return known[name]


def amount(number: int) -> str:
    """A large number for people: "213 M", "1.56 B", "15.6 T"; "" for 0. M, B, T: 10^6, 10^9, 10^12."""
    for size, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M")):
        if number >= 0.9995 * size:  # 999.6 M are 1 B, not 1e+03 M
            return f"{number / size:.3g} {letter}"
    return str(number) if number else ""


def markdown(line: str) -> str:
    """The entries of a line as a Markdown table, each with its citation. Raises ValueError for an unknown line."""
    if line not in LINES:
        raise ValueError(f"line is {line!r}; choose one of {', '.join(LINES)}.")
    rows = ["| date | model | objective | mask | size and data |", "| --- " * 5 + "|"]
    for each in entries():
        if each.line == line:
            cells = (each.when, f"{each.name} {{cite:p}}`{each.key}`", each.objective, each.mask, _facts(each))
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(re.sub(r" {2,}", " ", row) for row in rows)


def _facts(entry: Entry) -> str:
    """What the source prints of weights, tokens and data: "671 B weights, 37 B active; 14.8 T tokens"."""
    weights = f"{amount(entry.parameters)} weights" if entry.parameters else ""
    active = f", {amount(entry.active)} active" if entry.active else ""
    tokens = f"{amount(entry.tokens)} tokens" if entry.tokens else ""
    return "; ".join(part for part in (weights + active, tokens, entry.data) if part)


def _check(entry: Entry) -> None:
    """The words of road.toml's head, and one date: a number of arXiv or a date, not both."""
    if entry.line not in LINES or entry.mask not in MASKS:
        raise ValueError(f"{entry.name}: line {entry.line!r} or mask {entry.mask!r} is unknown; see road.toml's head.")
    if bool(entry.arxiv) == bool(entry.date):
        raise ValueError(f"{entry.name}: give arxiv or date, one of the two, not {entry.arxiv!r} and {entry.date!r}.")
    if not re.fullmatch(r"\d{4}\.\d{4,5}|\d{4}(-(0[1-9]|1[0-2]))?", entry.arxiv or entry.date):
        raise ValueError(f"{entry.name}: {entry.arxiv or entry.date!r} is neither an arXiv number nor YYYY-MM or YYYY.")
