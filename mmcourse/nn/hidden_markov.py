"""Hidden Markov models in NumPy: how probable, which path, and learning; K states, T steps, any axes in front.

`seen[..., t, k]` is how probable what was seen at step t is in state k (for pictures and sounds a density, up to a
factor that all states share). A row of ones says that nothing was seen there. Notation and the three problems: Rabiner
1989.
"""

import numpy as np

from mmcourse import shapes
from mmcourse.data.chains import Chain, checked


def forward_numpy(chain: Chain, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(..., T, K) -> what to believe of each state from all seen so far (..., T, K), log-likelihood (...) in nats.

    Each step is scaled to sum 1 and the scale is kept as a logarithm, so that no length is too long: Rabiner 1989,
    section V.A. Raises ValueError where no path can have given what was seen, as do all functions here.
    """
    chain, seen = _checked(chain, seen)
    belief, beliefs, total = chain.start, [], 0.0
    for t in range(seen.shape[-2]):
        joint = belief * seen[..., t, :]  # (..., K)
        scale = joint.sum(-1, keepdims=True)  # how probable this step is after the steps before
        _check_possible(scale > 0, t)
        beliefs.append(joint / scale)
        total = total + np.log(scale[..., 0])
        belief = beliefs[-1] @ chain.move  # one step ahead
    return np.stack(beliefs, -2), total


def backward_numpy(chain: Chain, seen: np.ndarray) -> np.ndarray:
    """(..., T, K) -> how probable all that is seen later is from each state, scaled to sum 1 at each step."""
    chain, seen = _checked(chain, seen)
    after = np.full_like(seen, 1 / seen.shape[-1])
    for t in range(seen.shape[-2] - 2, -1, -1):
        later = (seen[..., t + 1, :] * after[..., t + 1, :]) @ chain.move.T  # (..., K)
        scale = later.sum(-1, keepdims=True)
        _check_possible(scale > 0, t + 1)
        after[..., t, :] = later / scale
    return after


def posterior_numpy(chain: Chain, seen: np.ndarray) -> np.ndarray:
    """(..., T, K) -> probability of each state at each step, given everything that was seen, before and after."""
    both = forward_numpy(chain, seen)[0] * backward_numpy(chain, seen)
    return both / both.sum(-1, keepdims=True)


def viterbi_numpy(chain: Chain, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(..., T, K) -> the most probable path (..., T) of states, and the log of its probability with what was seen.

    Source: Viterbi 1967, in the logarithms that keep long products from becoming 0.
    """
    chain, seen = _checked(chain, seen)
    with np.errstate(divide="ignore"):  # log 0 is minus infinity: a path that cannot be
        start, move, seen = np.log(chain.start), np.log(chain.move), np.log(seen)
    best, came_from = start + seen[..., 0, :], []  # (..., K): the best path that ends in k
    _check_possible(best.max(-1) > -np.inf, 0)
    for t in range(1, seen.shape[-2]):
        ways = best[..., :, None] + move  # (..., K, K)
        came_from.append(ways.argmax(-2))
        best = ways.max(-2) + seen[..., t, :]
        _check_possible(best.max(-1) > -np.inf, t)
    path = [best.argmax(-1)]
    for back in reversed(came_from):
        path.append(np.take_along_axis(back, path[-1][..., None], -1)[..., 0])
    return np.stack(path[::-1], -1), best.max(-1)


def chain_step(chain: Chain, seen: np.ndarray) -> tuple[Chain, np.ndarray, float]:
    """One step of Baum and Welch for the chain: (B, T, K) -> new chain, posterior (B, T, K), old log-likelihood.

    Counts starts and moves as if the states had been seen, each weighted by its probability, and divides. The
    log-likelihood never falls from step to step. Source: Baum et al. 1970; Rabiner 1989, problem 3.
    """
    beliefs, total = forward_numpy(chain, seen)
    after = backward_numpy(chain, seen)
    posterior = beliefs * after
    posterior /= posterior.sum(-1, keepdims=True)
    here, ahead = beliefs[:, :-1], seen[:, 1:] * after[:, 1:]  # (B, T - 1, K) each
    here = here / ((here @ chain.move) * ahead).sum(-1, keepdims=True)
    moves = chain.move * np.tensordot(here, ahead, ((0, 1), (0, 1)))  # expected number of each move
    return Chain(posterior[:, 0].mean(0), _shares(moves)), posterior, float(total.sum())


def baum_welch_step(chain: Chain, emission: np.ndarray, tokens: np.ndarray) -> tuple[Chain, np.ndarray, float]:
    """One step for the chain and `emission` (K, V) on tokens (B, T): both anew, and the old log-likelihood.

    As `chain_step`, and each token counts for each state with the probability of that state.
    """
    chain, posterior, total = chain_step(chain, seen_of(emission, tokens))
    weights = posterior.reshape(-1, len(emission))  # (B T, K)
    counts = [np.bincount(tokens.ravel(), weight, emission.shape[1]) for weight in weights.T]
    return chain, _shares(np.array(counts)), total


def seen_of(emission: np.ndarray, tokens: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """(K, V) and tokens (..., T) -> (..., T, K): how probable each token is in each state; 1 where `mask` is False.

    Raises ValueError for an emission whose rows do not sum to 1, and tokens that are not whole numbers from 0 to V - 1.
    """
    emission, tokens = np.asarray(emission, float), np.asarray(tokens)
    _, size = shapes.check(emission, "K V", "emission")
    if not np.allclose(emission.sum(1), 1) or emission.min() < 0:
        raise ValueError("A row of the emission does not sum to 1, or is negative; divide each row by its sum.")
    if tokens.dtype.kind not in "iu" or not np.all((tokens >= 0) & (tokens < size)):
        raise ValueError(f"The tokens are not all whole numbers from 0 to {size - 1}, the columns of the emission.")
    seen = emission.T[tokens]
    return seen if mask is None else np.where(mask[..., None], seen, 1.0)


def random_tables(states: int, tokens: int, random: np.random.RandomState) -> tuple[Chain, np.ndarray]:
    """A chain and an emission table (states, tokens), each row drawn at random, to begin learning from.

    Raises ValueError for fewer than one state or token.
    """
    states, tokens = shapes.whole(states, "states"), shapes.whole(tokens, "tokens")
    tables = [_shares(random.exponential(size=shape)) for shape in ((1, states), (states, states), (states, tokens))]
    return Chain(tables[0][0], tables[1]), tables[2]


def _shares(counts: np.ndarray) -> np.ndarray:
    """Each row divided by its sum; a row of zeros, a state never used, becomes uniform.

    What is below 1e-30 of a count becomes 0: learning drives some numbers toward 0 for ever, and arithmetic with the
    smallest numbers that a computer holds is many times slower.
    """
    counts = np.where(counts < 1e-30, 0, counts)
    sums = counts.sum(-1, keepdims=True)
    return np.where(sums > 0, counts / np.where(sums > 0, sums, 1), 1 / counts.shape[-1])


def _check_possible(possible: np.ndarray, t: int) -> None:
    if not possible.all():
        raise ValueError(f"What was seen at step {t} has probability 0 on every path; give it a small one.")


def _checked(chain: Chain, seen: np.ndarray) -> tuple[Chain, np.ndarray]:
    chain, seen = checked(chain), np.asarray(seen, float)
    states = chain.start.size
    if seen.ndim < 2 or seen.shape[-1] != states or not seen.size or seen.min() < 0 or not np.isfinite(seen).all():
        raise ValueError(f"seen has shape {seen.shape}; give (..., T, {states}), nothing empty, negative or infinite.")
    return chain, seen
