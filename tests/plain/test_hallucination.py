"""What captions name and scenes do not hold, questions about it, and the trial of scores."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from mmcourse import caption_trial, metrics
from mmcourse.data import world
from mmcourse.data.world import Noun, Object, Scene

RING, SQUARE = Object("large", "red", "ring", (0, 0)), Object("large", "blue", "square", (0, 2))
SCENE = Scene((RING, SQUARE))


def test_objects_named():
    assert metrics.named_objects("a red ring left of a blue square") == [
        Noun(None, "red", "ring"),
        Noun(None, "blue", "square"),
    ]
    assert metrics.named_objects("there are two small crosses") == [Noun("small", None, "cross")]
    assert metrics.named_objects("there are two red objects") == [Noun(None, "red", None)]
    assert metrics.named_objects("red of blue and circles ring") == [
        Noun(None, None, "circle"),
        Noun(None, None, "ring"),
    ]
    assert metrics.named_objects("") == []


def test_every_noun_of_the_grammar_is_found():
    random = np.random.RandomState(0)
    for scene in world.sample(100, seed=0, level=3):
        caption = world.describe(scene, "en", random)
        sentence = world.parse(caption)
        assert metrics.named_objects(caption) == list(sentence.nouns), caption


def test_chair_by_hand():
    captions = ["a red ring left of a blue square", "a red square left of a blue square", "a ring", "nothing"]
    found = metrics.chair([SCENE] * 4, captions)
    assert found == {"objects": 1 / 5, "captions": 1 / 4, "covered": 4 / 8}


def test_chair_sees_no_relation_and_no_omission():
    assert metrics.chair([SCENE], ["a blue square left of a red ring"])["captions"] == 0
    assert metrics.chair([SCENE], ["there are two objects"]) == {"objects": 0, "captions": 0, "covered": 0}
    assert metrics.chair([SCENE], ["on a white background"]) == {"objects": 0, "captions": 0, "covered": 0}


def test_true_captions_never_hallucinate():
    random, scenes = np.random.RandomState(0), world.sample(200, seed=3, level=2)
    scenes = [scene for scene in scenes if scene.objects]
    found = metrics.chair(scenes, [world.describe(scene, "en", random) for scene in scenes])
    assert found["objects"] == found["captions"] == 0 < found["covered"]


@pytest.mark.parametrize("negatives", ["random", "adversarial"])
def test_questions_are_half_true(negatives):
    scenes = world.sample(300, seed=5)
    nouns, truth = metrics.existence_questions(scenes, negatives)
    assert truth.tolist() == [1, 0] * 300
    for row, (noun, there) in enumerate(zip(nouns, truth, strict=True)):
        assert any(world.matches(one, noun) for one in scenes[row // 2].objects) == bool(there)
    again, _ = metrics.existence_questions(scenes, negatives, seed=1)
    assert again != nouns


def test_adversarial_questions_mix_what_is_there():
    nouns, _ = metrics.existence_questions([SCENE] * 50, "adversarial")
    assert set(nouns[1::2]) == {Noun(None, "red", "square"), Noun(None, "blue", "ring")}
    alike = Scene((RING, RING._replace(color="blue", cell=(0, 2))))
    for noun in metrics.existence_questions([alike] * 50, "adversarial")[0][1::2]:
        assert noun.color in ("red", "blue")
        assert noun.shape != "ring"


def test_probing_with_its_blind_baseline():
    truth = np.array([1, 0] * 5)
    always = metrics.probing(truth, np.ones(10, int))
    assert always == pytest.approx({"accuracy": 0.5, "precision": 0.5, "recall": 1, "F1": 2 / 3, "yes": 1})
    assert metrics.probing(truth, truth == 1)["accuracy"] == 1
    assert metrics.probing(truth, 1 - truth)["F1"] == 0


def test_refused():
    with pytest.raises(ValueError, match="2 scenes"):
        metrics.chair([SCENE, SCENE], ["a ring"])
    with pytest.raises(ValueError, match="0 scenes"):
        metrics.chair([], [])
    with pytest.raises(ValueError, match="negatives is 'popular'"):
        metrics.existence_questions([SCENE], "popular")
    with pytest.raises(ValueError, match="at least two"):
        metrics.existence_questions([Scene((RING,))])
    with pytest.raises(ValueError, match="1 for yes"):
        metrics.probing(np.array([0, 1]), np.array([0, 2]))
    with pytest.raises(ValueError, match=r"\(1,\), expected \(B=2\)"):
        metrics.probing(np.array([0, 1]), np.array([0]))


def test_a_trial_is_what_it_says():
    trial = caption_trial.draw_trial(40, seed=1)
    again = caption_trial.draw_trial(40, seed=1)
    assert trial == again
    assert trial != caption_trial.draw_trial(40, seed=2)
    for scene, references, true, copied, altered in zip(*trial, strict=True):
        assert len({*references, true}) == 6
        assert all(world.is_true(scene, text) for text in (*references, true))
        assert not world.is_true(scene, copied)
        assert not world.is_true(scene, altered)
        world.parse(copied)
        world.parse(altered)


def test_scores_of_one_caption_and_the_chance_to_be_above():
    references, said = [["a red ring"], ["a red star", "a star"]], ["a red ring", "the star"]
    found = {name: caption_trial.score_each(name, references, said) for name in caption_trial.SCORES}
    assert found["exact match"].tolist() == [1, 0]
    assert found["1 - WER"].tolist() == [1, 0.5]
    assert found["BLEU-4"].tolist() == [0, 0]  # no four words
    assert found["ROUGE-L"][0] == 1 > found["ROUGE-L"][1] > 0
    assert found["CIDEr-D"] == pytest.approx(metrics.cider_each(references, said))
    better, worse = np.array([1.0, 2, 2, 5]), np.array([0.0, 2, 3])
    by_library = roc_auc_score([1] * 4 + [0] * 3, np.concatenate([better, worse]))
    assert caption_trial.chance_above(better, worse) == pytest.approx(by_library)


def test_a_result_is_made_of_the_trial():
    trial = caption_trial.draw_trial(30, seed=4)
    found = caption_trial.trial_result(trial, 2, ["ROUGE-L"])["ROUGE-L"]
    used = [texts[:2] for texts in trial.references]
    assert found["copied"] == pytest.approx(metrics.rouge_l(used, trial.copied))
    assert found["over copied"] < 0.5 < found["over altered"] + 0.2


def test_trials_refused():
    with pytest.raises(ValueError, match="level is 1"):
        caption_trial.draw_trial(5, 0, level=1)
    with pytest.raises(ValueError, match="count is 0"):
        caption_trial.draw_trial(0, 0)
    with pytest.raises(ValueError, match="choose one of exact match"):
        caption_trial.score_each("BLEU", [["a"]], ["a"])
    with pytest.raises(ValueError, match="no scores in worse"):
        caption_trial.chance_above(np.ones(2), np.ones(0))
