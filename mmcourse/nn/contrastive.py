"""Contrastive losses: bring the two sides of a pair together, and keep the other pairs of the batch apart.

Row i of one side belongs to row i of the other. Similarity is the cosine, from -1 to 1. Losses are in nats or, for the
hinge, in units of similarity.
"""

import numpy as np

from mmcourse import shapes
from mmcourse.equations import equation
from mmcourse.nn.gradients import cross_entropy_numpy, softmax_numpy


@equation("eq-joint-embedding-similarity", lesson="joint-embedding", source="radford2021learning",
          keras="ops.normalize", a="B D", b="N D")  # fmt: skip
def similarity_numpy(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a (B, D), b (N, D) -> (B, N): cosine of each row of a with each row of b, from -1 to 1.

    Raises ValueError for widths that differ and for a row of zeros, which has no direction.
    """
    _, width = shapes.check(a, "B D", "a")
    shapes.check(b, "N D", "b", D=width)
    lengths = [np.linalg.norm(side, axis=1, keepdims=True) for side in (a, b)]
    if min(length.min() for length in lengths) == 0:
        raise ValueError("A row is all zeros and has no direction; give vectors of a length above 0.")
    return (a / lengths[0]) @ (b / lengths[1]).T


def similarity_keras(a, b):
    """As `similarity_numpy`, by `keras.ops.normalize`."""
    from keras import ops

    return ops.matmul(ops.normalize(a, axis=1), ops.transpose(ops.normalize(b, axis=1)))


@equation("eq-joint-embedding-hinge", lesson="joint-embedding", source="frome2013devise", keras="ops.relu",
          a="B D", b="B D", options=({"margin": 0.2},))  # fmt: skip
def hinge_numpy(a: np.ndarray, b: np.ndarray, margin: float = 0.2) -> float:
    """a, b (B, D), pairs by row -> mean over rows of the sum, over the wrong partners, of the margin's violations.

    A wrong partner costs margin - similarity of the pair + similarity of the wrong one, if that is above 0.
    Raises ValueError for a margin below 0. Source: Frome et al. 2013, eq. 1, with the cosine.
    """
    if margin < 0:
        raise ValueError(f"margin is {margin!r}; give a number from 0 up, such as 0.2.")
    scores = similarity_numpy(a, _paired(a, b))  # (B, B)
    costs = np.maximum(0, margin - np.diag(scores)[:, None] + scores)
    return costs[~np.eye(len(a), dtype=bool)].sum() / len(a)


def hinge_keras(a, b, margin=0.2):
    """As `hinge_numpy`, by `keras.ops`. The partner itself would cost the margin, so that is taken off each row."""
    from keras import ops

    scores = similarity_keras(a, b)
    costs = ops.relu(margin - ops.diagonal(scores)[:, None] + scores)  # (B, B)
    return ops.mean(ops.sum(costs, axis=1)) - margin


@equation("eq-joint-embedding-infonce", lesson="joint-embedding", source="radford2021learning",
          keras="losses.SparseCategoricalCrossentropy", a="B D", b="B D",
          options=({"temperature": 0.1},))  # fmt: skip
def info_nce_numpy(a: np.ndarray, b: np.ndarray, temperature: float = 0.1) -> float:
    """a, b (B, D), pairs by row -> cross-entropy of "which row is my partner?", mean of both directions, in nats.

    Chance is log B. `temperature` divides the similarities, above 0. Raises ValueError for one that is not.
    Source: van den Oord et al. 2018, eq. 4; both directions: Radford et al. 2021, figure 3.
    """
    logits = similarity_numpy(a, _paired(a, b)) / positive(temperature)  # (B, B)
    partner = np.arange(len(a))
    return (cross_entropy_numpy(logits, partner) + cross_entropy_numpy(logits.T, partner)) / 2


def info_nce_keras(a, b, temperature=0.1):
    """As `info_nce_numpy`, by Keras's cross-entropy."""
    from keras import losses, ops

    logits = similarity_keras(a, b) / temperature
    loss, partner = losses.SparseCategoricalCrossentropy(from_logits=True), ops.arange(ops.shape(a)[0])
    return (loss(partner, logits) + loss(partner, ops.transpose(logits))) / 2


@equation("eq-compositionality-hard", lesson="compositionality", source="yuksekgonul2023when",
          keras="losses.SparseCategoricalCrossentropy", a="B D", b="B D", false="N D",
          options=({"temperature": 0.1},))  # fmt: skip
def hard_info_nce_numpy(a: np.ndarray, b: np.ndarray, false: np.ndarray, temperature: float = 0.1) -> float:
    """a, b (B, D), pairs by row, false (N, D) -> InfoNCE in nats, where a also has to leave the rows of `false` aside.

    Row i of a looks for its partner among B + N; row i of b looks among the B rows of a, and the false ones do not
    look at all: nothing is theirs. Without false ones it is `info_nce_numpy`; chance is (log(B + N) + log B) / 2.
    Source: Yuksekgonul et al. 2023 (NegCLIP).
    """
    shapes.check(false, "N D", "false", D=np.shape(a)[1])
    logits = similarity_numpy(a, np.concatenate([_paired(a, b, least=1), false])) / positive(temperature)  # (B, B + N)
    partner = np.arange(len(a))
    among_pairs = logits[:, : len(a)].T  # (B, B)
    return (cross_entropy_numpy(logits, partner) + cross_entropy_numpy(among_pairs, partner)) / 2


def hard_info_nce_keras(a, b, false, temperature=0.1):
    """As `hard_info_nce_numpy`, by Keras's cross-entropy."""
    from keras import losses, ops

    logits = similarity_keras(a, ops.concatenate([b, false])) / temperature  # (B, B + N)
    count = ops.shape(a)[0]
    loss, partner = losses.SparseCategoricalCrossentropy(from_logits=True), ops.arange(count)
    return (loss(partner, logits) + loss(partner, ops.transpose(logits[:, :count]))) / 2


@equation("eq-joint-embedding-gradient", lesson="joint-embedding", source="radford2021learning", keras="ops.jvp",
          scores="B B", options=({"temperature": 0.2},))  # fmt: skip
def info_nce_gradient_numpy(scores: np.ndarray, temperature: float = 0.1) -> np.ndarray:
    """Similarities (B, B) -> gradient of InfoNCE on them (B, B): below 0 for the pairs, above 0 for all others.

    A gradient step pulls a pair together by what its share of the softmax lacks to 1, and pushes the others away by
    their shares, in both directions; divided by the temperature.
    """
    shapes.check(scores, "B B", "scores", B=len(scores))
    logits = scores / positive(temperature)
    rows, columns = softmax_numpy(logits), softmax_numpy(logits.T).T  # the shares, each way
    return ((rows + columns) / 2 - np.eye(len(scores))) / (len(scores) * temperature)


def info_nce_gradient_keras(scores, temperature=0.1):
    """As `info_nce_gradient_numpy`: the loss of Keras, differentiated by `keras.ops.jvp` in each direction."""
    from keras import losses, ops

    loss, partner = losses.SparseCategoricalCrossentropy(from_logits=True), ops.arange(scores.shape[0])

    def contrast(scores):
        logits = scores / temperature
        return (loss(partner, logits) + loss(partner, ops.transpose(logits))) / 2

    directions = np.eye(scores.shape[0] ** 2, dtype=np.float32).reshape(-1, *scores.shape)
    slopes = [ops.jvp(contrast, (scores,), (ops.convert_to_tensor(direction),))[1] for direction in directions]
    return ops.reshape(ops.stack(slopes), scores.shape)


@equation("eq-joint-embedding-sigmoid", lesson="joint-embedding", source="zhai2023sigmoid",
          keras="ops.log_sigmoid", a="B D", b="B D", options=({"temperature": 0.1, "bias": -2.0},))  # fmt: skip
def sigmoid_loss_numpy(a: np.ndarray, b: np.ndarray, temperature: float = 0.1, bias: float = -10.0) -> float:
    """a, b (B, D), pairs by row -> "do these two belong together?", asked of all B x B, in nats a row.

    Each of the B x B answers is a logistic regression on similarity / temperature + bias; no softmax, so that a batch
    can be cut into parts. Source: Zhai et al. 2023, section 3.2.
    """
    logits = similarity_numpy(a, _paired(a, b)) / positive(temperature) + bias  # (B, B)
    signs = 2 * np.eye(len(a)) - 1  # 1 for the pairs, -1 for all others
    return np.logaddexp(0, -signs * logits).sum() / len(a)


def sigmoid_loss_keras(a, b, temperature=0.1, bias=-10.0):
    """As `sigmoid_loss_numpy`, by `keras.ops.log_sigmoid`: all are asked "no?", then the partners' answers are turned.

    log sigmoid(x) - log sigmoid(-x) = x.
    """
    from keras import ops

    logits = similarity_keras(a, b) / temperature + bias  # (B, B)
    return -ops.mean(ops.sum(ops.log_sigmoid(-logits), axis=1) + ops.diagonal(logits))


@equation("eq-compositionality-gap", lesson="compositionality", source="liang2022mind", keras="ops.mean",
          a="B D", b="N D")  # fmt: skip
def modality_gap_numpy(a: np.ndarray, b: np.ndarray) -> float:
    """a (B, D), b (N, D), any lengths -> distance of the two means after each vector is brought to length 1, 0 to 2.

    0 where both modalities lie around one point, as vectors that point everywhere do. Source: Liang et al. 2022.
    """
    _, width = shapes.check(a, "B D", "a")
    shapes.check(b, "N D", "b", D=width)
    means = [(side / np.linalg.norm(side, axis=1, keepdims=True)).mean(axis=0) for side in (a, b)]
    return float(np.linalg.norm(means[0] - means[1]))


def modality_gap_keras(a, b):
    """As `modality_gap_numpy`, by `keras.ops`."""
    from keras import ops

    means = [ops.mean(ops.normalize(side, axis=1), axis=0) for side in (a, b)]
    return ops.norm(means[0] - means[1])


def _paired(a: np.ndarray, b: np.ndarray, least: int = 2) -> np.ndarray:
    """b, checked to have a row for each row of a, at least `least`: one pair alone has no wrong partner."""
    batch, width = shapes.check(a, "B D", "a")
    if batch < least:
        raise ValueError(f"The batch has {batch} pairs: no partner is wrong and nothing is learned. Give at least 2.")
    shapes.check(b, "B D", "b", B=batch, D=width)
    return b


def positive(temperature: float) -> float:
    """The temperature, if it is above 0; otherwise ValueError."""
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature!r}; give a number above 0, such as 0.1.")
    return temperature
