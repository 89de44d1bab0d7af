"""Hidden Markov models against every path: likelihood, posterior, best path, learning; long rows; what is refused."""

import itertools

import numpy as np
import pytest

from mmcourse.data.chains import Chain, counter, sample
from mmcourse.nn import hidden_markov as hm

TOLERANCE = 1e-10


def drawn(states, steps, seed):
    """A chain and what was seen, drawn at random."""
    random = np.random.RandomState(seed)
    chain, _ = hm.random_tables(states, 1, random)
    return chain, random.uniform(0.01, 3, (steps, states))


def every_path(chain, seen):
    """Each path and its probability together with what was seen."""
    paths = np.array(list(itertools.product(range(seen.shape[1]), repeat=len(seen))))
    found = chain.start[paths[:, 0]] * seen[0, paths[:, 0]]
    for t in range(1, len(seen)):
        found = found * chain.move[paths[:, t - 1], paths[:, t]] * seen[t, paths[:, t]]
    return paths, found


@pytest.mark.parametrize(("states", "steps"), [(1, 4), (2, 1), (2, 6), (3, 5), (4, 4)])
@pytest.mark.parametrize("seed", range(3))
def test_equal_to_trying_every_path(states, steps, seed):
    chain, seen = drawn(states, steps, seed)
    paths, found = every_path(chain, seen)
    beliefs, total = hm.forward_numpy(chain, seen)
    assert np.isclose(total, np.log(found.sum()), atol=TOLERANCE)
    of_last = [found[paths[:, -1] == k].sum() / found.sum() for k in range(states)]
    assert np.allclose(beliefs[-1], of_last, atol=TOLERANCE)
    shares = [[found[paths[:, t] == k].sum() / found.sum() for k in range(states)] for t in range(steps)]
    assert np.allclose(hm.posterior_numpy(chain, seen), shares, atol=TOLERANCE)
    path, probability = hm.viterbi_numpy(chain, seen)
    assert path.tolist() == paths[found.argmax()].tolist()
    assert np.isclose(probability, np.log(found.max()), atol=TOLERANCE)


@pytest.mark.parametrize("seed", range(3))
def test_a_step_counts_the_moves_of_every_path(seed):
    chain, seen = drawn(3, 5, seed)
    paths, found = every_path(chain, seen)
    moves = np.zeros((3, 3))
    for path, share in zip(paths, found / found.sum(), strict=True):
        np.add.at(moves, (path[:-1], path[1:]), share)
    new, posterior, total = hm.chain_step(chain, seen[None])
    assert np.allclose(new.move, moves / moves.sum(1, keepdims=True), atol=TOLERANCE)
    assert np.allclose(new.start, posterior[0, 0], atol=TOLERANCE)
    assert np.allclose(posterior[0], hm.posterior_numpy(chain, seen), atol=TOLERANCE)
    assert np.isclose(total, np.log(found.sum()))


def test_rows_of_a_batch_are_read_alone():
    chain, _ = drawn(3, 1, 0)
    seen = np.random.RandomState(1).uniform(size=(2, 4, 7, 3))
    beliefs, total = hm.forward_numpy(chain, seen)
    paths, best = hm.viterbi_numpy(chain, seen)
    assert beliefs.shape == seen.shape
    assert total.shape == best.shape == (2, 4)
    assert paths.shape == (2, 4, 7)
    alone = hm.viterbi_numpy(chain, seen[1, 2])
    assert np.allclose(total[1, 2], hm.forward_numpy(chain, seen[1, 2])[1])
    assert np.array_equal(paths[1, 2], alone[0])
    assert np.isclose(best[1, 2], alone[1])


def test_steps_where_nothing_was_seen_change_nothing():
    chain, seen = drawn(3, 5, 0)
    longer = np.concatenate([seen, np.ones((4, 3))])
    assert np.isclose(hm.forward_numpy(chain, longer)[1], hm.forward_numpy(chain, seen)[1])
    assert np.allclose(hm.posterior_numpy(chain, longer)[:5], hm.posterior_numpy(chain, seen))


def test_the_most_probable_path_has_no_impossible_step():
    chain = counter(1)
    seen = np.random.RandomState(0).uniform(size=(50, 30, 10)) ** 4
    paths, best = hm.viterbi_numpy(chain, seen)
    assert np.isfinite(best).all()
    assert (chain.move[paths[:, :-1], paths[:, 1:]] > 0).all()
    single = hm.posterior_numpy(chain, seen).argmax(-1)
    assert (chain.move[single[:, :-1], single[:, 1:]] == 0).any()  # which single states do not promise


def test_long_sequences_do_not_become_0():
    chain, seen = drawn(2, 400, 0)
    seen = seen / 100
    alpha = chain.start * seen[0]
    for row in seen[1:]:
        alpha = (alpha @ chain.move) * row
    assert alpha.sum() == 0  # in plain probabilities
    total = hm.forward_numpy(chain, seen)[1]
    parts = [hm.forward_numpy(chain, seen[:40])]
    for at in range(40, 400, 40):  # the same in ten short pieces, each begun where the last one ended
        parts.append(hm.forward_numpy(Chain(parts[-1][0][-1] @ chain.move, chain.move), seen[at : at + 40]))
    assert np.isfinite(total)
    assert np.isclose(total, sum(part[1] for part in parts))
    assert np.isfinite(hm.viterbi_numpy(chain, seen)[1])
    assert np.allclose(hm.posterior_numpy(chain, seen).sum(-1), 1)


def letters(seed):
    """Rows of tokens that a chain of two states has written."""
    random = np.random.RandomState(seed)
    chain = Chain(np.array([0.5, 0.5]), np.array([[0.1, 0.9], [0.8, 0.2]]))
    emission = np.array([[0.5, 0.4, 0.1, 0.0], [0.0, 0.1, 0.3, 0.6]])
    rows = [[random.choice(4, p=emission[state]) for state in sample(chain, 30, random)] for _ in range(60)]
    return np.array(rows), chain, emission


@pytest.mark.parametrize("seed", range(3))
def test_learning_never_makes_the_data_less_probable(seed):
    tokens, _, _ = letters(seed)
    chain, emission = hm.random_tables(3, 4, np.random.RandomState(seed))
    totals = []
    for _ in range(40):
        chain, emission, total = hm.baum_welch_step(chain, emission, tokens)
        totals.append(total)
        assert np.allclose([chain.start.sum(), *chain.move.sum(1), *emission.sum(1)], 1)
    assert np.diff(totals).min() > -1e-8
    assert totals[-1] > totals[0] + 50


def test_learning_finds_the_tables_that_wrote_the_rows():
    tokens, right, right_emission = letters(0)
    chain = Chain(right.start, 0.5 * right.move + 0.25)
    emission = 0.5 * right_emission + 0.125
    for _ in range(100):
        chain, emission, _ = hm.baum_welch_step(chain, emission, tokens)
    assert np.abs(emission - right_emission).max() < 0.06
    assert np.abs(chain.move - right.move).max() < 0.1


def test_a_step_counts_the_tokens_of_every_path():
    tokens, chain, emission = letters(0)
    tokens, emission = tokens[:1, :6], 0.9 * emission + 0.025
    paths, found = every_path(chain, hm.seen_of(emission, tokens[0]))
    counts = np.zeros((2, 4))
    for path, share in zip(paths, found / found.sum(), strict=True):
        np.add.at(counts, (path, tokens[0]), share)
    assert np.allclose(hm.baum_welch_step(chain, emission, tokens)[1], counts / counts.sum(1, keepdims=True))


def test_a_token_is_looked_up_and_padding_counts_for_nothing():
    _, chain, emission = letters(0)
    tokens, mask = np.array([[2, 0, 3], [1, 3, 3]]), np.array([[True] * 3, [True, False, False]])
    seen = hm.seen_of(emission, tokens, mask)
    assert seen.shape == (2, 3, 2)
    assert np.array_equal(seen[0, 1], emission[:, 0])
    assert np.array_equal(seen[1, 1:], np.ones((2, 2)))
    short = hm.forward_numpy(chain, hm.seen_of(emission, tokens[1, :1]))[1]
    assert np.isclose(hm.forward_numpy(chain, seen)[1][1], short)


def test_a_state_that_is_never_used_becomes_uniform():
    chain = Chain(np.array([1.0, 0.0]), np.array([[1.0, 0.0], [0.3, 0.7]]))
    new, emission, _ = hm.baum_welch_step(chain, np.full((2, 4), 0.25), np.array([[1, 2, 1]]))
    assert np.allclose(new.move, [[1, 0], [0.5, 0.5]])
    assert np.allclose(emission, [[0, 2 / 3, 1 / 3, 0], [0.25] * 4])


@pytest.mark.parametrize(
    ("chain", "seen", "message"),
    [
        (Chain(np.array([0.5, 0.6]), np.eye(2)), np.ones((3, 2)), "sum to 1"),
        (Chain(np.array([0.5, 0.5]), np.array([[1.5, -0.5], [0, 1]])), np.ones((3, 2)), "negative"),
        (Chain(np.array([0.5, 0.5]), np.eye(3)), np.ones((3, 2)), "shapes"),
        (Chain(np.array([0.5, 0.5]), np.eye(2)), np.ones((3, 4)), "seen has shape"),
        (Chain(np.array([0.5, 0.5]), np.eye(2)), np.ones((0, 2)), "seen has shape"),
        (Chain(np.array([0.5, 0.5]), np.eye(2)), -np.ones((3, 2)), "negative"),
        (Chain(np.array([0.5, 0.5]), np.eye(2)), np.full((3, 2), np.nan), "seen has shape"),
    ],
)
def test_what_is_no_chain_or_no_probability_is_refused(chain, seen, message):
    for function in (hm.forward_numpy, hm.backward_numpy, hm.viterbi_numpy):
        with pytest.raises(ValueError, match=message):
            function(chain, seen)


def test_tokens_and_tables_that_do_not_fit_are_refused():
    emission = np.array([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]])
    for tokens in ([0, -1], [0, 3], [0.0, 1.0]):
        with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
            hm.seen_of(emission, np.array(tokens))
    with pytest.raises(ValueError, match="row of the emission does not sum to 1"):
        hm.seen_of(emission.T, np.array([0, 1]))
    with pytest.raises(ValueError, match="tokens is 0"):
        hm.random_tables(2, 0, np.random.RandomState(0))


def test_what_no_path_can_have_given_is_refused():
    chain, seen = Chain(np.array([1.0, 0.0]), np.eye(2)), np.ones((4, 2))
    seen[2, 0] = 0
    for function in (hm.forward_numpy, hm.posterior_numpy, hm.viterbi_numpy):
        with pytest.raises(ValueError, match="step 2"):
            function(chain, seen)
        with pytest.raises(ValueError, match="step 0"):
            function(chain, seen[2:3])
    with pytest.raises(ValueError, match="step 1"):
        hm.backward_numpy(chain, np.array([[1.0, 1], [0, 0]]))
