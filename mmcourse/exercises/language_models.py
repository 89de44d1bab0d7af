"""Hidden cases of the lesson *Language models*."""

import itertools

import numpy as np

from mmcourse.exercises import Exercise

_AFTER = {
    "^": {"a": 0.5, "b": 0.2, "$": 0.3},
    "a": {"a": 0.1, "b": 0.6, "$": 0.3},
    "b": {"a": 0.4, "b": 0.5, "$": 0.1},
}
_RARE = {
    "^": {"x": 0.8, "y": 0.1, "$": 0.1},
    "x": {"x": 0.25, "y": 0.7, "$": 0.05},
    "y": {"x": 0.5, "y": 0.1, "$": 0.4},
}


def _factors(text, after, start="^", end="$"):
    padded = f"{start}{text}{end}"
    return [after[last][letter] for last, letter in itertools.pairwise(padded)]


def _text_probability(text, after):
    return np.prod(_factors(text, after))


def _alone(text, after):
    return np.prod([after["^"][letter] for letter in text + "$"])


TEXT_PROBABILITY = Exercise(
    reference=_text_probability,
    cases=[("ab", _AFTER), ("", _AFTER), ("abba", _AFTER), ("b", _AFTER), ("xyx", _RARE), ("xyy", _RARE)],
    mistakes={
        "The end is missing: a text is over only when '$' has come, and that has a probability too.": (
            lambda text, after: np.prod(_factors(text, after, end=""))
        ),
        "The first letter is missing: it has a probability too, after '^'.": lambda text, after: np.prod(
            _factors(text, after, start="")
        ),
        "That is the sum of the probabilities; that all of them happen is their product.": lambda text, after: sum(
            _factors(text, after)
        ),
        "That is the logarithm; return the probability itself.": lambda text, after: float(
            np.log2(np.maximum(_factors(text, after), 1e-300)).sum()
        ),
        "Those are the bits of the text; return its probability.": lambda text, after: (
            -float(np.log2(np.maximum(_factors(text, after), 1e-300)).sum())
        ),
        "That is the mean of the probabilities; the chain rule multiplies them.": lambda text, after: np.mean(
            _factors(text, after)
        ),
        "You ask after '^' each time; ask after the letter before.": _alone,
    },
    hint="For the text 'a' it is after['^']['a'] * after['a']['$'].",
)


def _sharpen(probabilities, temperature):
    powers = np.asarray(probabilities) ** (1 / temperature)
    return powers / powers.sum()


def _softmax(probabilities, temperature):
    powers = np.exp(np.asarray(probabilities) / temperature)
    return powers / powers.sum()


_SHARES = [np.array([0.55, 0.33, 0.12]), np.array([0.7, 0.12, 0.09, 0.09]), np.array([0.25, 0.75])]

SHARPEN = Exercise(
    reference=_sharpen,
    cases=[(shares, temperature) for shares in _SHARES for temperature in (0.5, 1.0, 3.0)],
    mistakes={
        "Your result does not sum to 1: divide by the sum.": lambda probabilities, temperature: (
            probabilities ** (1 / temperature)
        ),
        "A low temperature makes your result flatter; it is the other way round: the power is 1 / temperature.": (
            lambda probabilities, temperature: _sharpen(probabilities, 1 / temperature)
        ),
        "Dividing all probabilities by the same number changes nothing once they are scaled to the sum 1; take the "
        "power.": lambda probabilities, temperature: probabilities / probabilities.sum(),
        "That is a softmax of probabilities; at temperature 1 it must give back what it was given. Take the power.": (
            _softmax
        ),
    },
    hint="At temperature 0.5 the shares 0.8 and 0.2 become their squares, scaled: 0.64 and 0.04, each over 0.68.",
)


def _per_character(perplexity, tokens, characters):
    return np.log2(perplexity) * tokens / characters


PER_CHARACTER = Exercise(
    reference=_per_character,
    cases=[(200.0, 80, 430), (2.0, 30, 30), (150.0, 4000, 20000), (1.5, 10, 40), (60.0, 25, 10)],
    mistakes={
        "Perplexity is no bits: take its base-2 logarithm first.": lambda perplexity, tokens, characters: (
            perplexity * tokens / characters
        ),
        "np.log counts in nats; bits need np.log2.": lambda perplexity, tokens, characters: (
            np.log(perplexity) * tokens / characters
        ),
        "The other way round: all bits, log2(perplexity) for each token, shared out among the characters.": (
            lambda perplexity, tokens, characters: np.log2(perplexity) * characters / tokens
        ),
        "Those are bits a token; share them out among the characters.": lambda perplexity, tokens, characters: np.log2(
            perplexity
        ),
        "Those are the bits of the whole text; divide by the number of characters.": (
            lambda perplexity, tokens, characters: np.log2(perplexity) * tokens
        ),
        "That is a perplexity a character; its logarithm is asked for.": lambda perplexity, tokens, characters: (
            perplexity ** (tokens / characters)
        ),
    },
    hint="Perplexity 256 is 8 bits a token; 100 tokens on 500 characters make 8 * 100 / 500 = 1.6 bits a character.",
)

EXERCISES = {"text-probability": TEXT_PROBABILITY, "sharpen": SHARPEN, "per-character": PER_CHARACTER}
