"""What language Transformers are asked: windows of texts, bits, hidden tokens, and what comes again."""

import numpy as np
import pytest

import mmcourse as mm
from mmcourse.data.text import END, PAD, START, CharacterVocabulary
from mmcourse.nn import language
from mmcourse.nn import language_transformer as lt

V, T = 9, 8
TEXTS = ["abca", "cab", "bcabcabcab"]


@pytest.fixture
def vocabulary():
    return CharacterVocabulary().fit(TEXTS, 10)


def build(vocab_size=V, length=T):
    mm.seed(0)
    return lt.language_transformer(vocab_size, length, 16, 2)


def tokens():
    return np.random.RandomState(0).randint(4, V, size=(3, T)).astype("int32")


@pytest.mark.parametrize("length", [2, 3, 4, 5, 30])
def test_every_token_of_a_text_is_a_target_once_and_stands_after_its_context(vocabulary, length):
    for text in TEXTS:
        given, targets = lt.text_windows([text], vocabulary, length)
        assert given.shape == targets.shape == (len(given), length)
        row = [START, *vocabulary.encode(text), END]
        assert [t for t in targets.ravel() if t != PAD] == row[1:]
        for first, (window, wanted) in enumerate(zip(given, targets, strict=True)):
            start = first * (length // 2)
            known = [t for t in window if t != PAD]
            assert known == row[start : start + length][: len(known)]
            assert all(t in (PAD, row[start + place + 1]) for place, t in enumerate(wanted) if t != PAD)
            if first:
                assert (wanted[: length - length // 2] == PAD).all()


def test_bits_are_counted_as_for_the_recurrent_models(vocabulary):
    model = build(vocab_size=len(vocabulary), length=12)
    rows = [[START, *vocabulary.encode(text), END] for text in TEXTS]
    total = 0.0
    for row in rows:
        logits = lt.logits_of(model, np.pad([row[:-1]], ((0, 0), (0, 13 - len(row)))))[:, : len(row) - 1]
        total += language.bits_numpy(logits, np.array([row[1:]])) * (len(row) - 1)
    expected = total / sum(len(row) - 1 for row in rows)
    assert np.isclose(lt.bits_per_character(model, TEXTS, vocabulary), expected, atol=1e-5)
    assert np.isclose(lt.bits_per_character(model, TEXTS[::-1], vocabulary), expected, atol=1e-5)


def test_bits_by_place_are_those_of_each_column():
    model, given = build(), tokens()
    targets = np.roll(given, -1, axis=1)
    targets[0, 2] = PAD
    found = lt.bits_by_place(model, given, targets)
    assert found.shape == (T,)
    logits = lt.logits_of(model, given)
    assert np.isclose(found[2], language.bits_numpy(logits[1:, [2]], targets[1:, [2]]))


def test_hidden_tokens_are_asked_for_and_the_others_are_not():
    given = np.random.RandomState(0).randint(4, V, size=(200, 50))
    given[:, 0], given[:, 40:] = START, PAD
    hidden, targets = lt.hide(given, V, 0.15, seed=1)
    chosen = hidden == V
    assert abs(chosen[:, 1:40].mean() - 0.15) < 0.02
    assert not chosen[:, 0].any()
    assert not chosen[:, 40:].any()
    assert (hidden[~chosen] == given[~chosen]).all()
    assert (targets[chosen] == given[chosen]).all()
    assert (targets[~chosen] == PAD).all()
    assert (lt.hide(given, V, 0.15, seed=2)[0] != hidden).any()


def test_echo_asks_for_the_same_characters_after_themselves_and_after_others(vocabulary):
    texts = ["abcabca", "bcabcab", "cccaaab", "ab"]
    model = build(vocab_size=len(vocabulary), length=10)
    found = lt.echo(model, texts, vocabulary, length=5)
    pieces = np.array([vocabulary.encode(text)[:5] for text in texts[:3]])
    expected = {"same": pieces, "other": np.roll(pieces, np.random.RandomState(0).randint(1, 3), axis=0)}
    for name, before in expected.items():
        row = np.concatenate([np.full((3, 1), START), before, pieces], axis=1)
        logits = lt.logits_of(model, row[:, :-1])
        assert np.isclose(found[name], language.bits_numpy(logits[:, 5:], row[:, 6:]), atol=1e-5)
    assert not (expected["other"] == pieces).all(1).any()


def test_strings_repeat_themselves_and_ask_for_what_can_be_known():
    given, targets = lt.repeated(60, length=20, longest=7, symbols=9, seed=0)
    assert given.shape == targets.shape == (60, 20)
    assert (given[:, 0] == START).all()
    assert given[:, 1:].min() == 4
    assert given.max() == 12
    rounds = []
    for row, wanted in zip(given.tolist(), targets.tolist(), strict=True):
        rounds.append(row.index(row[1], 2) - 1)
        assert len(set(row[1:])) == rounds[-1]
        assert wanted[: rounds[-1] + 1] == [PAD] * (rounds[-1] + 1)
        for place in range(rounds[-1] + 1, 20):
            assert wanted[place] == row[row.index(row[place]) + 1]
    assert set(rounds) == {4, 5, 6, 7}
