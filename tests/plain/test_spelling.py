"""Spelling correction: all edits of a word, Bayes' rule by hand, what context decides, what is refused."""

import numpy as np
import pytest

from mmcourse.data.text import END, START, WordVocabulary
from mmcourse.nn import spelling
from mmcourse.nn.counting import NGrams

TEXTS = ["go to it .", "go to it .", "go to it .", "made of it .", "made of tin .", "2 of us ."]


@pytest.fixture(scope="module")
def vocabulary():
    return WordVocabulary().fit(TEXTS, 100)


def counted(vocabulary, order):
    return NGrams(order, len(vocabulary)).fit([[START, *vocabulary.encode(text), END] for text in TEXTS])


def test_the_edits_of_a_word_are_all_that_one_edit_makes():
    assert len(spelling.one_edit("ab")) == 2 + 1 + 50 + 76  # left out, exchanged, replaced, put in: (n + 1) 25 + 1
    assert {"b", "ba", "xb", "axb", "abb"} < spelling.one_edit("ab")
    assert spelling.one_edit("a") >= {"b", "ab", "aa"}
    assert not spelling.one_edit("a") & {"a", ""}
    for other in spelling.one_edit("the"):
        assert "the" in spelling.one_edit(other)  # an edit can be taken back by an edit


def test_a_typo_is_one_edit_and_all_are_drawn():
    drawn = [spelling.misspell("of", np.random.RandomState(seed)) for seed in range(3000)]
    assert set(drawn) == spelling.one_edit("of")
    counts = np.unique(drawn, return_counts=True)[1]
    assert counts.max() < 55  # 3000 draws from 129 edits are 23 each


def test_bayes_by_hand(vocabulary):
    known, model = spelling.known_words(vocabulary), counted(vocabulary, 1)
    assert set(known) == {"go", "to", "it", "made", "of", "tin", "us"}  # no number, no full stop
    found = spelling.posterior("ot", [START], known, model, error=0.1)
    weights = {"to": model.probability(known["to"]), "it": model.probability(known["it"])}
    weights["of"] = model.probability(known["of"])  # all three have the same number of edits
    assert set(found) == set(weights)
    for word, weight in weights.items():
        assert np.isclose(found[word], weight / sum(weights.values()))
    assert next(iter(found)) == "it"


def test_a_known_word_is_mostly_left_alone_and_less_so_where_errors_are_common(vocabulary):
    known, model = spelling.known_words(vocabulary), counted(vocabulary, 1)
    careful, careless = (spelling.posterior("to", [START], known, model, error) for error in (0.05, 0.95))
    assert next(iter(careful)) == "to"
    assert set(careless) == {"to", "go"}
    changed = 0.95 / len(spelling.one_edit("go")) * model.probability(known["go"])
    kept = 0.05 * model.probability(known["to"])
    assert np.isclose(careless["to"], kept / (kept + changed))


def test_the_word_before_decides(vocabulary):
    alone, pairs = (counted(vocabulary, order) for order in (1, 2))
    assert spelling.correct("go ot", vocabulary, pairs) == "go to"
    assert spelling.correct("made ot", vocabulary, pairs) == "made of"
    assert spelling.correct("made ot", vocabulary, alone) == "made it"
    assert spelling.correct("go ti", vocabulary, pairs) == "go to"
    assert spelling.correct("2 ot", vocabulary, pairs) == "2 of"  # a number is read, too


def test_the_corrected_word_is_what_the_next_one_is_read_with(vocabulary):
    assert spelling.correct("mad ot", vocabulary, counted(vocabulary, 2)) == "made of"


def test_all_else_stays_as_it_is(vocabulary):
    model = counted(vocabulary, 2)
    assert spelling.correct("Og to it, 42 xylophones.", vocabulary, model) == "Go to it, 42 xylophones."
    assert spelling.correct("GO to iT", vocabulary, model) == "GO to iT"
    assert spelling.correct("'ot' don't café b2t", vocabulary, model) == "'it' don't café b2t"  # no part of a word
    assert spelling.correct("", vocabulary, model) == ""
    assert spelling.posterior("xylophones", [START], spelling.known_words(vocabulary), model, 0.1) == {}


def test_made_up_typos_know_the_truth(vocabulary):
    typos = spelling.typos(["Go to it .", "2 of us ."], vocabulary, each=2, seed=0)
    assert len(typos) == 4
    for typo in typos:
        assert typo.typed in spelling.one_edit(typo.meant)
    meant = {typo.meant: typo.before for typo in typos}
    assert meant["us"] == [START, *vocabulary.encode("2 of")]
    assert typos == spelling.typos(["Go to it .", "2 of us ."], vocabulary, each=2, seed=0)
    assert typos != spelling.typos(["Go to it .", "2 of us ."], vocabulary, each=2, seed=1)


@pytest.mark.parametrize("error", [0, 1, -0.1])
def test_an_impossible_rate_of_errors_is_refused(vocabulary, error):
    with pytest.raises(ValueError, match="error is"):
        spelling.correct("go", vocabulary, counted(vocabulary, 1), error)
