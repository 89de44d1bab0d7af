"""Hidden cases of the lesson *Text as data*."""

import numpy as np

from mmcourse.exercises import Exercise


def _unknown_rate(texts, known):
    words = [word for text in texts for word in text.split()]
    return sum(word not in known for word in words) / len(words)


def _mean_of_rates(texts, known):
    return np.mean([_unknown_rate([text], known) for text in texts if text])


def _distinct(texts, known):
    words = {word for text in texts for word in text.split()}
    return sum(word not in known for word in words) / len(words)


_KNOWN = {"the", "dog", "cat", "a", "bites"}
UNKNOWN_RATE = Exercise(
    reference=_unknown_rate,
    cases=[
        (["the dog bites the man"], _KNOWN),
        (["a wolf", "the dog bites a cat and the other dog"], _KNOWN),
        (["wolf wolf wolf", "the"], _KNOWN),
        (["red ring", "blue ring above"], {"ring"}),
    ],
    mistakes={
        "That is the share of the known words; the others are asked for.": lambda texts, known: (
            1 - _unknown_rate(texts, known)
        ),
        "That is a number of words; divide by how many words there are.": lambda texts, known: (
            _unknown_rate(texts, known) * len(" ".join(texts).split())
        ),
        "Each occurrence counts: a word that comes three times counts three times.": _distinct,
        "Take all words of all texts together; a mean over texts gives short ones too much weight.": _mean_of_rates,
        "Split the texts into words first; you count characters.": lambda texts, known: np.mean(
            [character not in known for character in " ".join(texts)]
        ),
        "Each text is a whole sentence; split it into words first.": lambda texts, known: np.mean(
            [text not in known for text in texts]
        ),
        "A share lies between 0 and 1; it is not in percent.": lambda texts, known: 100 * _unknown_rate(texts, known),
        "Divide by the number of words, not by the number of texts.": lambda texts, known: (
            _unknown_rate(texts, known) * len(" ".join(texts).split()) / len(texts)
        ),
        "Divide by the words of the texts, not by the size of the vocabulary.": lambda texts, known: (
            _unknown_rate(texts, known) * len(" ".join(texts).split()) / len(known)
        ),
    },
    hint='With {"the", "dog"} known, ["the dog", "a wolf"] must give 0.5.',
)


def _merge(symbols, pair):
    merged = []
    for symbol in symbols:
        if merged and merged[-1] is not None and (merged[-1], symbol) == tuple(pair):
            merged[-1:] = ["".join(pair), None]  # None: what was just joined is not joined again
        else:
            merged.append(symbol)
    return [symbol for symbol in merged if symbol is not None]


def _first_only(symbols, pair):
    places = [i for i in range(len(symbols) - 1) if tuple(symbols[i : i + 2]) == tuple(pair)]
    return [*symbols[: places[0]], "".join(pair), *symbols[places[0] + 2 :]] if places else list(symbols)


def _from_right(symbols, pair):
    return _merge(list(symbols)[::-1], pair[::-1])[::-1] if pair[0] == pair[1] else _merge(symbols, pair)


def _overlapping(symbols, pair):
    found = []
    for i, symbol in enumerate(symbols):
        found.append(symbol)
        if tuple(symbols[i : i + 2]) == tuple(pair):
            found[-1] = "".join(pair)
    return found


def _filled(values: list) -> list:
    """Observations of one length, whatever the case."""
    return [*values, *[-1] * (40 - len(values))]


def _codes(symbols) -> list[int]:
    """Observe a list of texts as numbers: how many, how long each is, and its characters."""
    symbols = list(symbols)
    if not all(isinstance(symbol, str) for symbol in symbols):
        return _filled([])
    return _filled([len(symbols), *map(len, symbols), *map(ord, "".join(symbols))])


def _last_lost(symbols, pair):
    merged = _merge(symbols, pair)
    return merged[:-1] if merged and merged[-1] == symbols[-1] else merged


def _in_the_spelling(symbols, pair):
    return " ".join(symbols).replace(" ".join(pair), "".join(pair)).split()


MERGE_PAIR = Exercise(
    reference=_merge,
    cases=[
        (("s", "t", "r", "i", "n", "g"), ("i", "n")),
        (("st", "r", "in", "g", "in", "g"), ("in", "g")),
        (("a", "a", "a", "a", "a"), ("a", "a")),
        (("n", "i", "n"), ("i", "n")),
        (("ring",), ("i", "n")),
        (("i", "n"), ("i", "n")),
        (("s", "n", "i", "t"), ("i", "n")),
        (("a", "b", "a", "c"), ("a", "b")),
        (("xi", "n", "i", "ny"), ("i", "n")),
        ((), ("a", "b")),
    ],
    observe=_codes,
    mistakes={
        "Every occurrence of the pair is merged, not only the first.": _first_only,
        "A symbol can be used once only: a a a becomes aa a, not aa aa.": _overlapping,
        "Go from the left: a a a becomes aa a, not a aa.": _from_right,
        "The last symbol is lost where it is in no pair.": _last_lost,
        "The last symbol is lost, and a symbol that is joined comes again: after a pair go on two places.": (
            lambda symbols, pair: _overlapping(symbols, pair)[:-1]
        ),
        "Compare whole symbols, not their letters: xi n does not have the pair i n.": _in_the_spelling,
        "Nothing is merged: compare two neighbors with the two symbols of the pair.": lambda symbols, pair: list(
            symbols
        ),
        "Keep the symbols apart; do not join the whole word.": lambda symbols, pair: ["".join(symbols)],
        "The order matters: n i is not the pair i n.": lambda symbols, pair: _merge(
            _merge(symbols, pair), (pair[1], pair[0])
        ),
    },
    hint='("s", "t", "a", "r") with the pair ("s", "t") must give ["st", "a", "r"].',
)


def _pad_right(rows):
    tokens = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for number, row in enumerate(rows):
        tokens[number, : len(row)] = row
    return tokens, np.arange(tokens.shape[1]) < np.array([len(row) for row in rows])[:, None]


def _pad_left(rows):
    tokens, mask = _pad_right([row[::-1] for row in rows])
    return tokens[:, ::-1], mask[:, ::-1]


def _both(result) -> list[float]:
    """Observe tokens and mask: shapes, whether tokens are whole numbers and the mask is of bools, all entries."""
    tokens, mask = (np.asarray(part) for part in result)
    kinds = [tokens.dtype.kind in "iu", mask.dtype == bool]
    shapes = [tokens.ndim, *tokens.shape, mask.ndim, *mask.shape]
    return _filled([*shapes, *kinds, *tokens.ravel(), *mask.ravel()])


PAD_RIGHT = Exercise(
    reference=_pad_right,
    cases=[([[1, 5, 6, 2], [1, 2]],), ([[1, 2]],), ([[1, 9, 2], [1, 7, 2]],), ([[4], [5, 6], [7, 8, 9]],)],
    observe=_both,
    mistakes={
        "That is padding on the left: the real tokens must come first.": _pad_left,
        "The mask is the wrong way round: True marks real tokens.": lambda rows: (
            _pad_right(rows)[0],
            ~_pad_right(rows)[1],
        ),
        "The tokens must be whole numbers; give NumPy the type np.int32.": lambda rows: (
            _pad_right(rows)[0].astype(float),
            _pad_right(rows)[1],
        ),
        "The mask must be of bools, not of numbers.": lambda rows: (
            _pad_right(rows)[0],
            _pad_right(rows)[1].astype(int),
        ),
        "The longest row decides the length, not the first or the shortest: nothing may be cut.": lambda rows: tuple(
            part[:, : min(map(len, rows))] for part in _pad_right(rows)
        ),
        "No column for padding is needed where all rows are equally long.": lambda rows: tuple(
            np.pad(part, ((0, 0), (0, 1))) for part in _pad_right(rows)
        ),
    },
    hint="[[5, 6], [7]] must give tokens [[5, 6], [7, 0]] and the mask [[True, True], [True, False]]; return both.",
)


def _numbers(known, text):
    return [known.get(word, 3) for word in text.split()]


NUMBERS = Exercise(
    reference=_numbers,
    cases=[
        ({"dog": 4, "bites": 5, "man": 6}, "dog bites man"),
        ({"dog": 4, "bites": 5, "man": 6}, "cat likes fish"),
        ({"dog": 4, "bites": 5, "man": 6}, "man bites dog man"),
        ({"the": 9, "ring": 4}, "the red ring"),
    ],
    observe=lambda numbers: _filled([-2 if number is None else number for number in numbers]),
    mistakes={
        "You number the words of this text anew; use the numbers of `known`.": lambda known, text: [
            1 + list(dict.fromkeys(text.split())).index(word) for word in text.split()
        ],
        "Learn nothing from this text: a word that is not in `known` gets no new number.": lambda known, text: [
            {word: number for number, word in enumerate(dict.fromkeys([*known, *text.split()]), 4)}[word]
            for word in text.split()
        ],
        "A word that is not known gives None; it has the number 3.": lambda known, text: [
            known.get(word) for word in text.split()
        ],
        "Split the text at spaces; you look up its characters.": lambda known, text: [
            known.get(character, 3) for character in text
        ],
        "A word that is not known has the number 3; it is not left out.": lambda known, text: [
            known[word] for word in text.split() if word in known
        ],
        "UNKNOWN is 3 in this course; 0 is PAD.": lambda known, text: [known.get(word, 0) for word in text.split()],
        "Keep the order and the repetitions of the text.": lambda known, text: sorted(_numbers(known, text)),
        "Keep the repetitions of the text.": lambda known, text: list(dict.fromkeys(_numbers(known, text))),
    },
    hint='With {"dog": 4} known, "dog bites dog" must give [4, 3, 4].',
)

EXERCISES = {
    "unknown-rate": UNKNOWN_RATE,
    "merge-pair": MERGE_PAIR,
    "pad-right": PAD_RIGHT,
    "numbers": NUMBERS,
}
