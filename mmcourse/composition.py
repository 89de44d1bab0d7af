"""Does a dual encoder read how a sentence is put together? True sentences against ones made false in one place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmcourse import retrieval, shapes
from mmcourse.data import gallery, world
from mmcourse.nn import contrastive

if TYPE_CHECKING:
    from mmcourse.nn.dual_encoder import DualEncoder

KINDS = ("color", "shape", "relation", "reversal", "swap")


class Probe(NamedTuple):
    """A gallery of n scenes, which of its captions are true of which (n, n), and false captions and tokens by kind."""

    test: gallery.Described
    right: np.ndarray
    captions: dict[str, list[str]]
    false: dict[str, np.ndarray]


def probe(count: int = 1000) -> Probe:
    """The first `count` scenes of `gallery.gallery`, with a false caption of each of KINDS for every one of them."""
    test = gallery.gallery(count)
    right = retrieval.truths(test.captions, test.scenes)
    random = np.random.RandomState(gallery.SEED)
    captions = {kind: falsified(test.scenes, test.captions, (kind,), random) for kind in KINDS}
    return Probe(test, right, captions, {kind: gallery.tokens(texts) for kind, texts in captions.items()})


def examine(model: "DualEncoder", probe: Probe) -> dict[str, float]:
    """What a model of "image" and "text" can do: `recall 1` and `recall 10` of pictures for captions, `told_apart` by
    kind, the modality gap as `gap`, and the mean cosine of the pairs as `pairs`.
    """
    from mmcourse import pair_training  # imports Keras

    vectors = pair_training.embed(model, probe.test.inputs)
    scores = vectors["text"] @ vectors["image"].T  # (captions, pictures)
    found = {f"recall {k}": retrieval.recall_at_k(scores, k, probe.right) for k in (1, 10)}
    gap = contrastive.modality_gap_numpy(vectors["image"], vectors["text"])
    told = told_apart(model, probe.test.inputs, probe.false)
    return {**found, **told, "gap": gap, "pairs": float(np.diag(scores).mean())}


def falsified(
    scenes: Sequence[world.Scene], captions: Sequence[str], kinds: Sequence[str], random: np.random.RandomState
) -> list[str]:
    """Scenes and true captions (n,) -> false captions (n,), each made false by `world.corrupt`, in a kind drawn for it.

    Raises ValueError for no kind, one that `world.corrupt` does not know, other numbers of scenes than of captions, and
    a caption that cannot be made false in the kind drawn.
    """
    if not kinds or len(scenes) != len(captions):
        counts = f"{len(scenes)} scenes, {len(captions)} captions, kinds {kinds!r}"
        raise ValueError(f"{counts}; give a caption for each scene and at least one kind.")
    false = []
    for scene, caption in zip(scenes, captions, strict=True):
        kind = kinds[random.randint(len(kinds), dtype=np.int64)]
        false.append(world.corrupt(scene, caption, kind, random))
        if false[-1] is None:
            raise ValueError(f"{caption!r} has nothing that can be made false in the kind {kind!r}: leave one out.")
    return false


def preferred(pictures: np.ndarray, true: np.ndarray, false: np.ndarray) -> float:
    """Vectors (n, D) of pictures, of their sentences, of false ones -> share of pictures nearer to the true one.

    Nearer is the larger product, the cosine for vectors of length 1; equal up to 1e-5, the rounding, counts a half.
    """
    count, width = shapes.check(pictures, "n D", "pictures")
    for name, side in {"true": true, "false": false}.items():
        shapes.check(side, "n D", name, n=count, D=width)
    lead = ((np.asarray(true, float) - false) * pictures).sum(axis=1)
    return float(np.mean((lead > 1e-5) + 0.5 * (np.abs(lead) <= 1e-5)))


def told_apart(model: "DualEncoder", inputs: dict, false: dict[str, np.ndarray]) -> dict[str, float]:
    """{"image", "text"} (n, …), false {kind: tokens (n, T)} -> {kind: share of pictures that prefer their sentence}.

    Guessing gives 0.5. Raises ValueError for another number of false sentences than of pictures.
    """
    from mmcourse import pair_training

    count = len(inputs["image"])
    for kind, tokens in false.items():
        shapes.check(tokens, "n T", f"false[{kind!r}]", n=count)
    every = np.concatenate([inputs["text"], *false.values()])
    vectors = pair_training.embed(model, {"image": inputs["image"], "text": every})
    true, *others = np.split(vectors["text"], len(false) + 1)
    return {kind: preferred(vectors["image"], true, wrong) for kind, wrong in zip(false, others, strict=True)}
