"""The contrastive losses and their gradients equal those written with PyTorch's own functions, where it is installed.

PyTorch has no InfoNCE: its `cross_entropy` on the matrix of cosines, both ways, is it (as in the published CLIP code).
"""

import numpy as np
import pytest

from mmcourse.nn import contrastive

torch = pytest.importorskip("torch", reason="PyTorch is not installed; the comparison with its losses is optional")
functional = torch.nn.functional

BATCH, WIDTH, STEP = 6, 5, 1e-6


def drawn():
    return np.random.RandomState(0).standard_normal((2, BATCH, WIDTH))


def cosines(a, b):
    return functional.cosine_similarity(a[:, None], b[None], dim=-1)


def hinge(a, b, margin=0.2):
    scores = cosines(a, b)
    ones = torch.ones(BATCH, dtype=torch.float64)
    rows = torch.arange(BATCH)
    wrong = [scores[rows, (rows + shift) % BATCH] for shift in range(1, BATCH)]
    return sum(functional.margin_ranking_loss(scores.diagonal(), other, ones, margin) for other in wrong)


def info_nce(a, b, temperature=0.1):
    logits, partner = cosines(a, b) / temperature, torch.arange(BATCH)
    return (functional.cross_entropy(logits, partner) + functional.cross_entropy(logits.T, partner)) / 2


def sigmoid_loss(a, b, temperature=0.1, bias=-10.0):
    logits = cosines(a, b) / temperature + bias
    target = torch.eye(BATCH, dtype=torch.float64)
    return functional.binary_cross_entropy_with_logits(logits, target, reduction="sum") / BATCH


PAIRS = [
    (contrastive.hinge_numpy, hinge),
    (contrastive.info_nce_numpy, info_nce),
    (contrastive.sigmoid_loss_numpy, sigmoid_loss),
]


@pytest.mark.parametrize(("by_numpy", "by_torch"), PAIRS)
def test_the_loss(by_numpy, by_torch):
    a, b = drawn()
    assert by_torch(torch.tensor(a), torch.tensor(b)).item() == pytest.approx(by_numpy(a, b), rel=1e-12)


@pytest.mark.parametrize(("by_numpy", "by_torch"), PAIRS)
def test_the_gradient(by_numpy, by_torch):
    a, b = drawn()
    left, right = (torch.tensor(side, requires_grad=True) for side in (a, b))
    by_torch(left, right).backward()
    nudge = np.random.RandomState(1).standard_normal(a.shape)
    for ahead, behind, gradient in (
        ((a + STEP * nudge, b), (a - STEP * nudge, b), left.grad),
        ((a, b + STEP * nudge), (a, b - STEP * nudge), right.grad),
    ):
        slope = (by_numpy(*ahead) - by_numpy(*behind)) / (2 * STEP)
        assert (gradient.numpy() * nudge).sum() == pytest.approx(slope, rel=1e-6)


def test_the_gradient_on_the_similarities():
    scores = torch.tensor(np.random.RandomState(2).uniform(-1, 1, (BATCH, BATCH)), requires_grad=True)
    partner = torch.arange(BATCH)
    loss = (functional.cross_entropy(scores / 0.2, partner) + functional.cross_entropy(scores.T / 0.2, partner)) / 2
    loss.backward()
    found = contrastive.info_nce_gradient_numpy(scores.detach().numpy(), 0.2)
    assert np.abs(found - scores.grad.numpy()).max() < 1e-12
