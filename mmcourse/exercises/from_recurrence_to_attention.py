"""Hidden cases of the lesson *From recurrence to attention*."""

import numpy as np

from mmcourse.exercises import Exercise

_RANDOM = np.random.RandomState(0)


def _gpt(V, T, D, L):
    return V * D + T * D + L * (12 * D * D + 13 * D) + 2 * D


GPT_WEIGHTS = Exercise(
    reference=_gpt,
    cases=[(50257, 1024, 768, 12), (40, 8, 4, 3), (300, 7, 16, 1), (50257, 2048, 12288, 96)],
    mistakes={
        "That is the rough rule, the matrices of the blocks alone: add the tables, the biases and the norms.": (
            lambda V, T, D, L: 12 * L * D * D
        ),
        "You left out the table of places, one row of D for each of the T places.": (
            lambda V, T, D, L: _gpt(V, T, D, L) - T * D
        ),
        "You left out the table of tokens, one row of D for each of the V tokens.": (
            lambda V, T, D, L: _gpt(V, T, D, L) - V * D
        ),
        "The blocks alone: add the two tables and the last norm.": lambda V, T, D, L: L * (12 * D * D + 13 * D),
        "You left out the last norm, a scale and a shift of D numbers each.": lambda V, T, D, L: (
            _gpt(V, T, D, L) - 2 * D
        ),
        "A norm has a scale and a shift: the last one has 2 D weights.": lambda V, T, D, L: _gpt(V, T, D, L) - D,
        "You count the table of tokens twice: as the head it is the same table again.": (
            lambda V, T, D, L: _gpt(V, T, D, L) + V * D
        ),
        "The blocks have biases and norms too, 13 D weights each.": lambda V, T, D, L: _gpt(V, T, D, L) - 13 * L * D,
        "Each of the L blocks has its own weights: multiply by L.": (
            lambda V, T, D, L: V * D + T * D + 12 * D * D + 13 * D + 2 * D
        ),
        "Mind the parentheses: every block has 12 D² and 13 D weights, so both are multiplied by L.": (
            lambda V, T, D, L: V * D + T * D + L * 12 * D * D + 13 * D + 2 * D
        ),
        "The norms of the blocks are missing, 4 D in each block.": lambda V, T, D, L: _gpt(V, T, D, L) - 4 * L * D,
    },
    hint="Two tables, (V + T) D; L blocks of 12 D² + 13 D; a last norm of 2 D.",
)


def _ahead(moves):
    moves = np.asarray(moves, bool)
    return bool(np.triu(moves, 1).any())


def _grid(pairs, length=5):
    """A grid in which every output moves with its own token, and output t with token s for the pairs (t, s)."""
    found = np.eye(length, dtype=bool)
    for t, s in pairs:
        found[t, s] = True
    return found


LOOKS_AHEAD = Exercise(
    reference=_ahead,
    cases=[
        (np.tri(5, dtype=bool),),  # causal: everything before, and itself
        (np.eye(4, dtype=bool),),  # itself alone
        (np.ones((5, 5), bool),),  # both sides
        (np.tri(5, dtype=bool).T,),  # what comes later, and itself
        (_grid([(1, 2)]),),  # the next token, once
        (_grid([(0, 4), (3, 1)]),),  # the first output sees the last token
        (_grid([(2, 4), (3, 1)]),),  # a later one than the next, seen by neither end
        (np.tri(6, dtype=bool) & (_RANDOM.random_sample((6, 6)) < 0.6),),
    ],
    mistakes={
        "You answer for the past: columns left of the diagonal are earlier tokens.": lambda moves: np.tril(
            moves, -1
        ).any(),
        "The diagonal is the token itself, not a later one.": lambda moves: np.triu(moves).any(),
        "One later token is enough; it need not be all of them.": lambda moves: moves[
            np.triu_indices(len(moves), 1)
        ].all(),
        "Look at all outputs, not at the first one alone.": lambda moves: moves[0, 1:].any(),
        "Look at all later tokens, not at the next one alone.": lambda moves: np.diagonal(moves, 1).any(),
        "That says whether the model is causal: the answer is turned around.": lambda moves: not _ahead(moves),
        "A model that sees ahead need not see everything.": lambda moves: moves.all(),
    },
    hint="moves[t, s] with s > t stands above the diagonal; np.triu(moves, 1) keeps just that.",
)


def _mixture(shared, expert, experts, used, tokens):
    return 6 * (shared + used * expert) * tokens


MIXTURE = Exercise(
    reference=_mixture,
    cases=[(2e9, 1e8, 64, 4, 1e12), (5e8, 5e7, 8, 2, 3e11), (1e10, 3e9, 16, 1, 1e13)],
    mistakes={
        "You let all experts work; a token uses `used` of them.": lambda s, e, n, u, t: 6 * (s + n * e) * t,
        "You left out the shared weights: every token uses them.": lambda s, e, n, u, t: 6 * u * e * t,
        "You left out the experts.": lambda s, e, n, u, t: 6 * s * t,
        "Multiply by 6: two operations to answer and four to find the change, for each weight and token.": (
            lambda s, e, n, u, t: (s + u * e) * t
        ),
        "That is the answer alone, 2 operations; to find the change takes 4 more.": lambda s, e, n, u, t: (
            2 * (s + u * e) * t
        ),
        "Multiply by the tokens: that is the cost of one.": lambda s, e, n, u, t: 6 * (s + u * e),
        "The shared weights work once on a token, whatever the number of experts.": lambda s, e, n, u, t: (
            6 * u * (s + e) * t
        ),
        "You take the share of the experts that work from all weights; the shared ones always work.": (
            lambda s, e, n, u, t: 6 * (s + n * e) * u / n * t
        ),
    },
    hint="Weights that work on a token: shared + used · expert. Then 6 · weights · tokens.",
)

EXERCISES = {"gpt-weights": GPT_WEIGHTS, "looks-ahead": LOOKS_AHEAD, "mixture": MIXTURE}
