"""What a language model is used for: the bits of a text, how it goes on, a draw at a temperature. No framework.

A model is any function from a row of ids, START first, to the probabilities of the token after it, (V,): counts give
one, `NGrams.probabilities`, and so does a network, `window_model.next_probabilities`.
"""

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from mmcourse.data.text import END, START, UNKNOWN, Vocabulary

Model = Callable[[list[int]], np.ndarray]


def text_bits(row: list[int], model: Model) -> float:
    """Bits of a row START … END: minus the base-2 logarithm of its probability, by the chain rule.

    P(row) is the product of the probability of each token after START, given all tokens before it; infinite where one
    of them is 0. Source: Cover and Thomas 2006, section 2.5.
    """
    bits = 0.0
    for place in range(1, len(row)):
        probabilities = model(row[:place])  # of the token after those before it, (V,)
        with np.errstate(divide="ignore"):
            bits -= np.log2(probabilities[row[place]])
    return float(bits)


def texts_up_to(length: int, letters: list[int]) -> Iterator[list[int]]:
    """Every row START … END with 0 to `length` of the given ids between."""
    for size in range(length + 1):
        for middle in itertools.product(letters, repeat=size):
            yield [START, *middle, END]


def tempered_numpy(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """(V,) -> (V,): each probability to the power of 1 / temperature, scaled to the sum 1.

    Below 1 the likely tokens gain, above 1 the unlikely ones. Raises ValueError for a temperature that is not
    above 0 and finite.
    """
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature is {temperature!r}; give a number above 0 (near 0: always the likeliest token).")
    with np.errstate(divide="ignore"):
        scores = np.log(probabilities) / temperature  # -inf where the probability is 0
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def draw(model: Model, vocabulary: Vocabulary, text: str, length: int, temperature: float, seed: int = 0) -> str:
    """`text` and at most `length` further tokens, each drawn from the tempered probabilities; ends at END."""
    random, row = np.random.RandomState(seed), [START, *vocabulary.encode(text)]
    for _ in range(length):
        row.append(int(random.choice(len(vocabulary), p=tempered_numpy(model(row), temperature))))
        if row[-1] == END:
            break
    return vocabulary.decode(row)


def likeliest(model: Model, vocabulary: Vocabulary, text: str, count: int = 5) -> dict[str, float]:
    """The likeliest next tokens after a text, with their probabilities; the end of the text is written "END"."""
    probabilities = model([START, *vocabulary.encode(text)])
    order = np.argsort(-probabilities, kind="stable")[:count]
    return {"END" if i == END else vocabulary.decode([i]): float(probabilities[i]) for i in order}


def complete(model: Model, vocabulary: Vocabulary, text: str, words: int = 1, length: int = 60) -> str:
    """`text` and the likeliest token after it, again and again, until that many words have ended, or the text.

    A word ends before a space. At most `length` tokens are added.
    Raises ValueError for a vocabulary in which a space is no token, as one of words.
    """
    row, spaces = [START, *vocabulary.encode(text)], vocabulary.encode(" ")
    if len(spaces) != 1 or spaces[0] == UNKNOWN:
        raise ValueError("In this vocabulary a space is no token; give one of characters, made from texts with spaces.")
    begun = len(row)
    for _ in range(length):
        best = int(model(row).argmax())
        words -= best == spaces[0] and len(row) > begun
        if best == END or not words:
            break
        row.append(best)
    return vocabulary.decode(row)
