"""Hidden cases of the lesson *Gradients*."""

import numpy as np

from mmcourse.exercises import Exercise
from mmcourse.nn.gradients import cross_entropy_numpy, softmax_numpy

_random = np.random.RandomState(0)


def _fingerprint(result) -> list[float]:
    """Observe an array of any shape: its shape, filled with ones in front, and two weighted sums of its values."""
    values = np.asarray(result, float)
    shape = (1,) * (2 - values.ndim) + values.shape
    places = np.arange(values.size)
    return [*shape, *((values.ravel() * wave(places + 0.5)).sum() for wave in (np.sin, np.cos))]


def _layer(batch: int, width: int, units: int) -> tuple:
    """x, W, b and the gradient by the output of the ReLU."""
    shapes = ((batch, width), (width, units), (units,), (batch, units))
    return tuple(_random.standard_normal(shape) for shape in shapes)


def _through(x, W, b, above, slope):
    """The gradient by W, where the activation has the derivative `slope` of its input."""
    return x.T @ (above * slope(x @ W + b))


def _positive(a):
    return (a > 0).astype(float)


RELU = Exercise(
    reference=lambda *layer: _through(*layer, _positive),
    cases=[_layer(4, 3, 5), _layer(3, 4, 2), _layer(7, 2, 2)],
    observe=_fingerprint,
    mistakes={
        "Where the ReLU gave 0, a nudge changes nothing: multiply by its derivative, 1 above 0 and 0 below.": (
            lambda *layer: _through(*layer, np.ones_like)
        ),
        "Multiply by the derivative of the ReLU, which is 1 or 0, not by its value.": lambda *layer: _through(
            *layer, lambda a: np.maximum(0, a)
        ),
        "That is the derivative of tanh; this layer has a ReLU.": lambda *layer: _through(
            *layer, lambda a: 1 - np.tanh(a) ** 2
        ),
        "The ReLU looks at its input x W + b, not at the gradient from above.": lambda x, W, b, above: (
            x.T @ np.maximum(0, above)
        ),
        "Do not forget the bias when you look where x W + b is positive.": lambda x, W, b, above: _through(
            x, W, 0 * b, above, _positive
        ),
        "You kept the units that were off and cut those that were on.": lambda *layer: _through(
            *layer, lambda a: 1 - _positive(a)
        ),
        "You gave it transposed: the gradient has the shape of W.": lambda *layer: _through(*layer, _positive).T,
        "No mean over the batch: it is already in the gradient from above.": lambda x, W, b, above: (
            _through(x, W, b, above, _positive) / len(x)
        ),
        "That is the gradient by x; asked for is the one by W.": lambda x, W, b, above: (
            above * _positive(x @ W + b) @ W.T
        ),
    },
    hint="The gradient by W has the shape of W: the inputs, transposed, times the gradient below the ReLU.",
)


def _caption(batch: int, length: int, words: int, size: float = 1.0) -> tuple:
    """Logits, tokens and a mask with at least one real word a caption and, but for one, some padding."""
    real = np.arange(length) < _random.randint(1, length, size=(batch, 1))
    real[0] = True
    logits = size * _random.standard_normal((batch, length, words))
    return logits, _random.randint(words, size=(batch, length)), real


def _surprise(logits, tokens):
    """-log probability of each token (B, T)."""
    largest = logits.max(-1, keepdims=True)
    log_sum = np.log(np.exp(logits - largest).sum(-1)) + largest[..., 0]
    return log_sum - np.take_along_axis(logits, tokens[..., None], axis=-1)[..., 0]


def _caption_loss(logits, tokens, mask):
    return (_surprise(logits, tokens) * mask).sum() / mask.sum()


def _overflowing(logits, tokens, mask):
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        powers = np.exp(logits)
        p = powers / powers.sum(-1, keepdims=True)
        return -(np.log(np.take_along_axis(p, tokens[..., None], axis=-1)[..., 0]) * mask).sum() / mask.sum()


def _log_of_zero(logits, tokens, mask):
    with np.errstate(divide="ignore"):
        right = np.take_along_axis(np.log(softmax_numpy(logits)), tokens[..., None], axis=-1)[..., 0]
    return -right[mask].mean()


CAPTION = Exercise(
    reference=_caption_loss,
    cases=[_caption(2, 4, 5), _caption(3, 6, 7), _caption(4, 3, 9, size=500.0)],
    mistakes={
        "Padding counts too: leave out the positions where the mask is False.": lambda z, tokens, mask: (
            cross_entropy_numpy(z, tokens)
        ),
        "You left padding out of the sum, but not out of the number that you divide by.": lambda z, tokens, mask: (
            _surprise(z, tokens) * mask
        ).mean(),
        "A mean, not a sum: divide by the number of real tokens.": lambda z, tokens, mask: (
            _surprise(z, tokens) * mask
        ).sum(),
        "Every real token counts the same: one mean over all, not the mean of the means of the captions.": (
            lambda z, tokens, mask: ((_surprise(z, tokens) * mask).sum(1) / mask.sum(1)).mean()
        ),
        "The sign: a loss is minus the mean of the logarithms.": lambda *case: -_caption_loss(*case),
        "That is in bits; the natural logarithm gives nats.": lambda *case: _caption_loss(*case) / np.log(2),
        "You took the probability of the token; take minus its logarithm.": lambda z, tokens, mask: (
            (np.exp(-_surprise(z, tokens)) * mask).sum() / mask.sum()
        ),
        "You counted the padding and left out the real tokens.": lambda z, tokens, mask: _caption_loss(
            z, tokens, ~mask
        ),
        "Right for small logits; one case has larger ones, where exp overflows. Subtract the largest.": _overflowing,
        "Right for small logits; a small probability rounds to 0 and has no logarithm. Write log p as z minus log of "
        "the sum of the powers.": _log_of_zero,
        "You took the largest probability, not that of the token: the target is missing.": lambda z, tokens, mask: (
            _caption_loss(z, z.argmax(-1), mask)
        ),
    },
    hint="For logits that are all 0 the loss must be the logarithm of the number of words, whatever the mask.",
)


def _logits(images, texts):
    return images @ texts.T  # (B, B)


def _pair_loss(images, texts):
    return cross_entropy_numpy(_logits(images, texts), np.arange(len(images)))


PAIRS = Exercise(
    reference=_pair_loss,
    cases=[(_random.standard_normal((n, d)), _random.standard_normal((n, d))) for n, d in ((3, 4), (5, 2), (4, 4))],
    mistakes={
        "You ask each caption for its picture; ask each picture for its caption: rows are pictures.": (
            lambda images, texts: _pair_loss(texts, images)
        ),
        "The target of picture n is caption n, in its row; you always asked for caption 0.": lambda images, texts: (
            cross_entropy_numpy(_logits(images, texts), np.zeros(len(images), int))
        ),
        "Those are products of numbers, not of pictures: compare every picture with every caption, images @ texts.T.": (
            lambda images, texts: cross_entropy_numpy(images * texts, np.arange(len(images)) % images.shape[1])
        ),
        "That only brings pairs together: without the softmax over all captions of the batch, nothing pushes apart.": (
            lambda images, texts: -np.diag(_logits(images, texts)).mean()
        ),
        "A mean over the pictures, not a sum.": lambda images, texts: len(images) * _pair_loss(images, texts),
        "The logits are the products themselves: cross_entropy_numpy does the softmax.": lambda images, texts: (
            cross_entropy_numpy(softmax_numpy(_logits(images, texts)), np.arange(len(images)))
        ),
        "Plain products, as asked: leave the lengths of the vectors as they are.": lambda images, texts: _pair_loss(
            images / np.linalg.norm(images, axis=1, keepdims=True), texts / np.linalg.norm(texts, axis=1, keepdims=True)
        ),
        "One direction is asked for: each picture looks for its caption.": lambda images, texts: (
            (_pair_loss(images, texts) + _pair_loss(texts, images)) / 2
        ),
    },
    hint="Which caption of the batch belongs to picture n? Logits (B, B), and the right answer is number n.",
)

EXERCISES = {"relu": RELU, "caption": CAPTION, "pairs": PAIRS}
