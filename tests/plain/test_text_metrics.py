"""Scores of texts against texts: hand-worked cases, bad input, and the reference libraries."""

import math

import jiwer
import numpy as np
import pytest
import sacrebleu
from nltk.translate.bleu_score import corpus_bleu

from mmcourse import metrics

RING, SQUARE = "a red ring left of a blue square", "a blue square right of a red ring"
WORDS = "a red blue ring square left of above".split()
AGAINST_MANY = [metrics.bleu, metrics.rouge_l, metrics.cider]


def drawn(seed: int, low: int = 4, count: int = 12) -> tuple[list[list[str]], list[str]]:
    """References, one to three a candidate, and candidates, of `low` to nine words."""
    random = np.random.RandomState(seed)

    def text():
        return " ".join(WORDS[place] for place in random.randint(0, len(WORDS), random.randint(low, 10)))

    return [[text() for _ in range(1 + random.randint(3))] for _ in range(count)], [text() for _ in range(count)]


def near(seed: int, low: int) -> tuple[list[list[str]], list[str]]:
    """As `drawn`, 40 candidates, half of them a reference with one word changed."""
    references, candidates = drawn(seed, low, count=40)
    random = np.random.RandomState(seed)
    for row in range(0, 40, 2):
        words = references[row][-1].split()
        words[random.randint(len(words))] = "cross"
        candidates[row] = " ".join(words)
    return references, candidates


def test_bleu_of_two_sentences_by_hand():
    precisions = [7 / 8, 5 / 7, 2 / 6]  # no four words in a row are shared
    for max_n in (1, 2, 3):
        by_hand = math.prod(precisions[:max_n]) ** (1 / max_n)
        assert metrics.bleu([[RING]], [SQUARE], max_n) == pytest.approx(by_hand)
    assert metrics.bleu([[RING]], [SQUARE]) == 0
    assert metrics.bleu([[RING]], [RING]) == 1
    assert metrics.bleu([[RING]], [RING.replace("blue", "green")]) == pytest.approx(
        (7 / 8 * 5 / 7 * 4 / 6 * 3 / 5) ** 0.25
    )


def test_bleu_clips_and_punishes_brevity():
    assert metrics.bleu([["the cat is here"]], ["the the the the"], 1) == 1 / 4
    assert metrics.bleu([["the cat is here", "the cat the dog"]], ["the the the the"], 1) == 2 / 4
    assert metrics.bleu([["a red ring left of it"]], ["a red ring"], 1) == pytest.approx(math.exp(1 - 6 / 3))
    assert metrics.bleu([["a red ring left of it"]], ["a red ring left of it all the time"], 1) == 6 / 9


def test_bleu_of_two_lengths_as_close_takes_the_shorter():
    assert metrics.bleu([["a b", "a b c d"]], ["a b c"], 1) == 1
    assert metrics.bleu([["a b c d"]], ["a b c"], 1) == pytest.approx(math.exp(1 - 4 / 3))


def test_bleu_of_a_corpus_is_no_mean():
    references, candidates = [["a b c d"], ["a b c d e f"]], ["a b c d", "x b c y e z"]
    assert metrics.bleu(references, candidates, 2) == pytest.approx(math.sqrt(7 / 10 * 4 / 8))
    each = [metrics.bleu([texts], [text], 2) for texts, text in zip(references, candidates, strict=True)]
    assert metrics.bleu(references, candidates, 2) != pytest.approx(np.mean(each))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("max_n", [2, 4])
def test_bleu_as_nltk(seed, max_n):
    references, candidates = near(seed, low=4)
    split = [[text.split() for text in texts] for texts in references]
    theirs = corpus_bleu(split, [text.split() for text in candidates], (1 / max_n,) * max_n)
    assert metrics.bleu(references, candidates, max_n) == pytest.approx(theirs)
    assert theirs > 0.01


@pytest.mark.parametrize(("seed", "low"), [(0, 4), (1, 1), (2, 1), (3, 1)])
def test_bleu_as_sacrebleu(seed, low):
    references, candidates = near(seed, low)
    columns = [[texts[place] if place < len(texts) else None for texts in references] for place in range(3)]
    for said in (candidates, ["", *candidates[1:]]):  # one candidate says nothing
        theirs = sacrebleu.corpus_bleu(said, columns, smooth_method="none", tokenize="none", force=True)
        assert metrics.bleu(references, said) == pytest.approx(theirs.score / 100)
        assert theirs.score > 1


def test_bleu_of_runs_that_are_not_there():
    assert metrics.bleu([[RING]], [""]) == 0
    assert metrics.bleu([["a ring"]], ["a ring"]) == 0  # no candidate has four words: 0 / 0
    assert metrics.bleu([["a ring"]], ["a ring"], 2) == 1
    assert metrics.bleu([["a ring"], ["a star"]], ["a ring", ""], 2) == pytest.approx(math.exp(1 - 4 / 2))


def test_rouge_by_hand():
    assert metrics.common_length(RING.split(), SQUARE.split()) == 3
    assert metrics.rouge_l([[RING]], [SQUARE]) == pytest.approx(3 / 8)
    precision, recall = 2 / 3, 2 / 4
    by_hand = (1 + 1.44) * precision * recall / (recall + 1.44 * precision)
    assert metrics.rouge_l([["a b c d"]], ["a x d"]) == pytest.approx(by_hand)
    assert metrics.rouge_l([["a b c d"]], ["a x d"], beta=1) == pytest.approx(2 * precision * recall / (7 / 6))
    assert metrics.rouge_l([["a b"], ["a b"]], ["", "a b"]) == 0.5


def test_rouge_takes_precision_and_recall_each_from_its_best_reference():
    precision, recall = 3 / 4, 1 / 1  # of "a b c y y y", of "a"
    by_hand = 2 * precision * recall / (precision + recall)
    assert metrics.rouge_l([["a b c y y y", "a"]], ["a b c x"], beta=1) == pytest.approx(by_hand)


def test_cider_by_hand():
    references = [["a red ring"], ["a red star"]]
    near = math.exp(-1 / 72)  # one word shorter than the reference
    assert metrics.cider_each(references, ["a ring", "a ring"]) == pytest.approx([10 / 4 * near, 0])
    assert metrics.cider_each(references, ["a red ring", ""]) == pytest.approx([7.5, 0])  # it has no run of four
    assert metrics.cider([["a red ring"]], ["a red ring"]) == 0  # a single picture: every run is said of all


def test_cider_clips_and_punishes_length():
    references = [["ring"], ["star"]]
    assert metrics.cider_each(references, ["ring ring", "star"], 1) == pytest.approx([5 * math.exp(-1 / 72), 10])
    assert metrics.cider_each(references, ["ring ring", "star"], 1, 1e9) == pytest.approx([5, 10])


# By pycocoevalcap 1.2 from PyPI on `drawn(seed)`: Cider (which is CIDEr-D), its first three rows, and Rouge.
THEIRS = [
    (0, 1.0982915075693183, [0.11069240921964922, 1.1201454904464316, 1.9127782800778816], 0.40200739745198755),
    (1, 1.2559831220254283, [1.998399319749894, 0.9689304624658966, 0.5868981888213822], 0.41383104917656915),
]


@pytest.mark.parametrize(("seed", "cider", "rows", "rouge"), THEIRS)
def test_cider_and_rouge_as_pycocoevalcap(seed, cider, rows, rouge):
    references, candidates = drawn(seed)
    assert metrics.cider(references, candidates) == pytest.approx(cider)
    assert metrics.cider_each(references, candidates)[:3] == pytest.approx(rows)
    assert metrics.rouge_l(references, candidates) == pytest.approx(rouge)


def test_words_wrong_by_hand():
    assert metrics.word_edits("a red ring", "a ring") == (0, 1, 0)
    assert metrics.word_edits("a red ring", "a red red ring") == (0, 0, 1)
    assert metrics.word_edits("a red ring", "the red ring") == (1, 0, 0)
    assert metrics.word_edits("a red ring", "") == (0, 3, 0)
    assert metrics.word_edits("left of it", "of it left") == (0, 1, 1)
    assert metrics.edit_table(["a", "b"], ["b"]).tolist() == [[0, 1], [1, 1], [2, 1]]
    assert metrics.word_error_rate(["a red ring", "stop"], ["a ring", "do not stop"]) == 3 / 4
    assert metrics.word_error_rate(["stop"], ["please do not stop"]) == 3


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_words_wrong_as_jiwer(seed):
    references, candidates = drawn(seed, low=1, count=30)
    said, heard = [texts[0] for texts in references], ["", *candidates[1:]]
    assert metrics.word_error_rate(said, heard) == pytest.approx(jiwer.wer(said, heard))
    found = [sum(metrics.word_edits(*pair)) for pair in zip(said, heard, strict=True)]
    table = [metrics.edit_table(one.split(), other.split())[-1, -1] for one, other in zip(said, heard, strict=True)]
    assert found == table


@pytest.mark.parametrize("score", AGAINST_MANY)
def test_many_references_refused(score):
    with pytest.raises(ValueError, match="no candidates"):
        score([], [])
    with pytest.raises(ValueError, match="2 rows and there are 1 candidates"):
        score([[RING], [RING]], [RING])
    with pytest.raises(ValueError, match=r"references\[0\] is the text"):
        score([RING], [RING])
    with pytest.raises(ValueError, match="references is the text"):
        score(RING, [RING])
    with pytest.raises(ValueError, match="candidates is the text"):
        score([[RING]], RING)
    with pytest.raises(ValueError, match="Candidate 0 has no reference"):
        score([[]], [RING])
    with pytest.raises(ValueError, match="A reference of candidate 1 is empty"):
        score([[RING], [RING, " "]], [RING, RING])
    with pytest.raises(ValueError, match="references first and candidates second"):
        score([[RING]], [[RING]])


def test_numbers_refused():
    with pytest.raises(ValueError, match="max_n is 0"):
        metrics.bleu([[RING]], [RING], 0)
    with pytest.raises(ValueError, match="sigma is 0"):
        metrics.cider([[RING]], [RING], sigma=0)
    with pytest.raises(ValueError, match="beta is -1"):
        metrics.rouge_l([[RING]], [RING], -1)
    with pytest.raises(ValueError, match="n is 0"):
        metrics.ngram_counts(["a"], 0)


def test_one_reference_refused():
    for references, candidates, message in (
        ([], [], "no candidates"),
        ([RING], [RING, RING], "1 rows and there are 2"),
        (["", RING], [RING, RING], "Reference 0 is empty"),
        ([3], [RING], "Reference 0 is 3"),
        (RING, [RING], "references is the text"),
        ([RING], [None], "Candidate 0 is None"),
    ):
        with pytest.raises(ValueError, match=message):
            metrics.word_error_rate(references, candidates)
