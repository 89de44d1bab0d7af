"""The contrastive losses: by hand, at chance, under permutations, their gradient, and what they refuse.

NumPy = Keras and the derivatives of all registered equations are in `test_equations.py`.
"""

import numpy as np
import pytest
from keras import ops

from mmcourse.nn import contrastive
from mmcourse.nn.gradients import softmax_numpy

RANDOM = np.random.RandomState(0)
LOSSES = [contrastive.hinge_numpy, contrastive.info_nce_numpy, contrastive.sigmoid_loss_numpy]
KERAS = [contrastive.hinge_keras, contrastive.info_nce_keras, contrastive.sigmoid_loss_keras]


def vectors(batch=6, width=4):
    return RANDOM.standard_normal((2, batch, width))


def test_similarity_by_hand():
    a, b = np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, -5.0], [4.0, 3.0]])
    assert np.allclose(contrastive.similarity_numpy(a, b), [[0.6, -0.8, 0.96], [0, -1, 0.6]])
    assert np.allclose(contrastive.similarity_numpy(7 * a, b / 3), contrastive.similarity_numpy(a, b))


def test_the_losses_by_hand():
    """Similarities (1, 0.5), (0.5, 1): the wrong partner stands 0.5 below the right one."""
    a = np.array([[1.0, 0.0], [0.5, np.sqrt(3) / 2]])
    assert contrastive.hinge_numpy(a, a, margin=0.7) == pytest.approx(0.2)
    assert contrastive.hinge_numpy(a, a, margin=0.5) == pytest.approx(0)
    assert contrastive.info_nce_numpy(a, a, temperature=0.5) == pytest.approx(np.log(1 + np.exp(-1)))
    expected = np.log(1 + np.exp(-1)) + np.log(1 + np.exp(0))  # logits 2 - 1 and 1 - 1
    assert contrastive.sigmoid_loss_numpy(a, a, temperature=0.5, bias=-1.0) == pytest.approx(expected)


def test_the_hinge_sums_over_the_wrong_partners_and_looks_from_a_to_b_alone():
    a = np.array([[1.0, 0.0, 0.0]] * 3)
    assert contrastive.hinge_numpy(a, a, margin=0.25) == pytest.approx(2 * 0.25)  # two wrong ones, no lead
    a, b = vectors()
    assert contrastive.hinge_numpy(a, b) != pytest.approx(contrastive.hinge_numpy(b, a), rel=1e-3)


def test_info_nce_looks_from_both_sides():
    a, b = vectors()
    assert contrastive.info_nce_numpy(a, b) == pytest.approx(contrastive.info_nce_numpy(b, a))


@pytest.mark.parametrize("batch", [2, 7, 64])
def test_guessing_costs_the_logarithm_of_the_batch(batch):
    same = np.ones((batch, 5))
    assert contrastive.info_nce_numpy(same, same, temperature=0.03) == pytest.approx(np.log(batch))
    assert contrastive.sigmoid_loss_numpy(same, same, 1.0, bias=-1.0) == pytest.approx(batch * np.log(2))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_common_order_changes_nothing_and_torn_pairs_cost(loss):
    b = vectors(8)[1]
    a = b + 0.05 * RANDOM.standard_normal(b.shape)
    order = RANDOM.permutation(8)
    assert loss(a[order], b[order]) == pytest.approx(loss(a, b))
    assert loss(a, np.roll(b, 1, axis=0)) > loss(a, b) + 0.3


@pytest.mark.parametrize("loss", LOSSES)
def test_lengths_do_not_matter(loss):
    a, b = vectors()
    assert loss(3 * a, b / 7) == pytest.approx(loss(a, b))


@pytest.mark.parametrize("batch", [2, 5, 33])
@pytest.mark.parametrize(("by_numpy", "by_keras"), zip(LOSSES, KERAS, strict=True))
def test_keras_agrees_for_every_size_of_batch(by_numpy, by_keras, batch):
    a, b = vectors(batch, 3)
    given = (ops.convert_to_tensor(side, "float32") for side in (a, b))
    assert float(ops.convert_to_numpy(by_keras(*given))) == pytest.approx(by_numpy(a, b), rel=1e-4)


def test_the_gradient_on_the_similarities_by_hand_and_by_nudges():
    """One row: pulled by 1 - share of its partner, pushed from each other by that one's share; over temperature."""
    scores = np.array([[0.5, 0.5], [0.0, 1.0]])
    found = contrastive.info_nce_gradient_numpy(scores, temperature=0.5)
    late, early = 1 / (1 + np.exp(-2)), 1 / (1 + np.exp(-1))  # row 2: logits 0, 2; column 1: 1, 0; column 2: 1, 2
    rows = np.array([[0.5 - 1, 0.5], [1 - late, late - 1]])
    columns = np.array([[early - 1, 1 - early], [1 - early, early - 1]])
    assert np.allclose(found, (rows + columns) / 2 / 2 / 0.5)


def test_the_gradient_pulls_pairs_pushes_others_and_balances():
    scores = RANDOM.uniform(-1, 1, (6, 6))
    found = contrastive.info_nce_gradient_numpy(scores, 0.2)
    assert abs(found.sum()) < 1e-12
    assert (np.diag(found) < 0).all()
    assert (found[~np.eye(6, dtype=bool)] > 0).all()
    step = 1e-5
    nudge = RANDOM.standard_normal((6, 6))

    def loss(scores):
        rows, columns = softmax_numpy(scores / 0.2), softmax_numpy(scores.T / 0.2)
        return -(np.log(np.diag(rows)).mean() + np.log(np.diag(columns)).mean()) / 2

    slope = (loss(scores + step * nudge) - loss(scores - step * nudge)) / (2 * step)
    assert (found * nudge).sum() == pytest.approx(slope, rel=1e-6)


def test_false_sentences_by_hand():
    """The picture (1, 0) has the cosines 0.8 with its sentence and 0.6 with a false one; temperature 0.1 / ln 2."""
    tau = 0.1 / np.log(2)  # so that exp(s / tau) = 2 ** (10 s)
    a, b, false = np.array([[1.0, 0.0]]), np.array([[0.8, 0.6]]), np.array([[0.6, 0.8]])
    among_two = np.log(1 + 2**-2)  # 2 ** 6 against 2 ** 8; the sentence has one picture to choose from, which is free
    assert contrastive.hard_info_nce_numpy(a, b, false, tau) == pytest.approx(among_two / 2)


def test_without_false_ones_it_is_info_nce_and_with_them_guessing_costs_more():
    a, b = vectors(5)
    without = contrastive.hard_info_nce_numpy(a, b, np.ones((0, 4)), 0.2)
    assert without == pytest.approx(contrastive.info_nce_numpy(a, b, 0.2))
    same = np.ones((4, 3))
    assert contrastive.hard_info_nce_numpy(same, same, same[:2]) == pytest.approx((np.log(6) + np.log(4)) / 2)
    assert contrastive.hard_info_nce_numpy(a, b, b[::-1]) > contrastive.info_nce_numpy(a, b)


def test_only_the_first_side_looks_at_the_false_ones():
    a, b = vectors(4)
    false = vectors(3)[0]
    added = contrastive.hard_info_nce_numpy(a, b, false, 0.3) - contrastive.info_nce_numpy(a, b, 0.3)
    logits = contrastive.similarity_numpy(a, np.concatenate([b, false])) / 0.3
    shares = softmax_numpy(logits[:, :4]), softmax_numpy(logits)[:, :4]
    assert added == pytest.approx(np.log(np.diag(shares[0]) / np.diag(shares[1])).mean() / 2)


@pytest.mark.parametrize("count", [1, 4, 9])
def test_keras_agrees_for_every_number_of_false_ones(count):
    a, b = vectors(4, 3)
    false = vectors(count, 3)[0]
    given = (ops.convert_to_tensor(side, "float32") for side in (a, b, false))
    by_keras = float(ops.convert_to_numpy(contrastive.hard_info_nce_keras(*given)))
    assert by_keras == pytest.approx(contrastive.hard_info_nce_numpy(a, b, false), rel=1e-4)


def test_false_ones_of_another_width_are_refused():
    with pytest.raises(ValueError, match="false has shape"):
        contrastive.hard_info_nce_numpy(np.ones((3, 2)), np.ones((3, 2)), np.ones((3, 4)))


def test_the_gap_by_hand():
    a, b = np.array([[2.0, 0.0], [0.0, 3.0]]), np.array([[-1.0, 0.0]])
    assert contrastive.modality_gap_numpy(a, b) == pytest.approx(np.sqrt(1.5**2 + 0.5**2))
    assert contrastive.modality_gap_numpy(a, 5 * a[::-1]) == pytest.approx(0)
    with pytest.raises(ValueError, match="b has shape"):
        contrastive.modality_gap_numpy(a, np.ones((2, 3)))


@pytest.mark.parametrize("loss", LOSSES)
def test_other_numbers_of_rows_are_refused(loss):
    with pytest.raises(ValueError, match="b has shape"):
        loss(np.ones((3, 2)), np.ones((4, 2)))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_of_one_teaches_nothing_and_is_refused(loss):
    with pytest.raises(ValueError, match="The batch has 1 pairs"):
        loss(np.ones((1, 2)), np.ones((1, 2)))


@pytest.mark.parametrize("temperature", [0, -0.1, float("nan")])
@pytest.mark.parametrize("loss", LOSSES[1:])
def test_a_temperature_is_above_zero(loss, temperature):
    with pytest.raises(ValueError, match="above 0"):
        loss(np.ones((3, 2)), np.ones((3, 2)), temperature=temperature)


def test_a_margin_is_not_below_zero():
    with pytest.raises(ValueError, match=r"margin is -0\.1"):
        contrastive.hinge_numpy(np.ones((3, 2)), np.ones((3, 2)), margin=-0.1)


def test_a_vector_without_direction_is_refused():
    with pytest.raises(ValueError, match="no direction"):
        contrastive.similarity_numpy(np.zeros((2, 3)), np.ones((2, 3)))
    with pytest.raises(ValueError, match="D=3"):
        contrastive.similarity_numpy(np.ones((2, 3)), np.ones((2, 4)))
