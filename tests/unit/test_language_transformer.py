"""Language Transformers: what they may see, cached decoding, windows of texts, the masked objective."""

import keras
import numpy as np
import pytest
from keras import ops

import mmcourse as mm
from mmcourse.data.text import END, PAD, START, CharacterVocabulary
from mmcourse.nn import language_transformer as lt

V, T, D = 9, 8, 16
TEXTS = ["abca", "cab", "bcabcabcab"]


@pytest.fixture
def vocabulary():
    return CharacterVocabulary().fit(TEXTS, 10)


def build(positions="learned", vocab_size=V, length=T, **options):
    mm.seed(0)
    return lt.language_transformer(vocab_size, length, D, 2, positions, **options)


def tokens(count=3):
    return np.random.RandomState(0).randint(4, V, size=(count, T)).astype("int32")


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("positions", lt.POSITIONS)
def test_no_token_that_comes_later_is_seen(positions, dropout):
    model = build(positions, dropout=dropout)
    before = tokens()
    after = before.copy()
    after[:, 4] = 3
    old, new = (ops.convert_to_numpy(model({"tokens": given})) for given in (before, after))
    moved = np.abs(old - new).max(axis=(0, 2))
    assert moved[:4].max() == 0
    assert moved[4:].min() > 1e-7


def test_the_model_for_the_masked_objective_sees_both_sides():
    model = build(causal=False)
    before = tokens()
    after = before.copy()
    after[:, 4] = 3
    old, new = (ops.convert_to_numpy(model({"tokens": given})) for given in (before, after))
    assert np.abs(old - new).max(axis=(0, 2)).min() > 1e-7


@pytest.mark.parametrize(("positions", "seen"), [("learned", 1), ("sine", 1), ("rotary", 1), ("none", 0)])
def test_the_order_of_the_first_tokens_is_seen_by_one_block_through_positions_alone(positions, seen):
    mm.seed(0)
    model = lt.language_transformer(V, T, D, 1, positions)
    model.get_layer("head").kernel.assign(100 * model.get_layer("head").kernel)
    before = tokens()
    after = before.copy()
    after[:, :4] = before[:, 3::-1]
    old, new = (ops.convert_to_numpy(model({"tokens": given}))[:, -1] for given in (before, after))
    assert (np.abs(old - new).max() > 1e-3) == bool(seen)


@pytest.mark.parametrize("positions", lt.POSITIONS)
def test_the_number_of_weights(positions):
    expected = lt.parameters(V, T, D, 2) - (0 if positions == "learned" else T * D)
    assert build(positions).count_params() == expected


@pytest.mark.parametrize("positions", lt.POSITIONS)
def test_one_step_moves_every_weight_from_the_loss_of_guessing_and_more_learn_a_batch_by_heart(positions):
    model = mm.train.compile_captioner(build(positions), 200)
    before = [weight.copy() for weight in model.get_weights()]
    given = np.random.RandomState(0).permutation(np.arange(64) % V).reshape(8, T).astype("int32")  # all tokens
    given[:, 0] = np.arange(1, 9)  # else the first place does not tell which row it is
    labels = np.roll(tokens(8), -1, axis=1)
    loss = mm.train.fit(model, {"tokens": given}, labels, 1, batch_size=8)["loss"]
    assert abs(loss[0] - np.log(V)) < 0.05 * np.log(V)
    moved = [np.abs(old - new).max() for old, new in zip(before, model.get_weights(), strict=True)]
    assert min(moved) > 0
    if positions == "learned":
        places = model.get_layer("positions").positions
        changed = np.abs(ops.convert_to_numpy(places) - before[1]).max(-1)
        assert changed.min() > 0  # the vector of every place
    if positions in ("learned", "rotary"):
        assert mm.train.fit(model, {"tokens": given}, labels, 199, batch_size=8)["accuracy"][-1] > 0.9


@pytest.mark.parametrize("positions", lt.POSITIONS)
def test_save_and_load(positions, tmp_path):
    model = build(positions)
    model.save(tmp_path / "language.keras")
    again = keras.saving.load_model(tmp_path / "language.keras")
    assert np.array_equal(lt.logits_of(model, tokens()), lt.logits_of(again, tokens()))


@pytest.mark.parametrize("positions", lt.POSITIONS)
def test_token_by_token_equals_all_at_once(positions):
    model, given = build(positions), tokens()
    expected = ops.convert_to_numpy(model({"tokens": given}))
    caches = lt.empty_caches(model, len(given))
    for place in range(T):
        logits, caches = lt.step(model, given[:, place], place, caches)
        assert np.abs(logits - expected[:, place]).max() < 1e-5


@pytest.mark.parametrize("positions", ["sine", "rotary", "none"])
def test_positions_without_weights_fit_any_length(positions):
    short, long = build(positions), build(positions, length=2 * T)
    long.set_weights(short.get_weights())
    given = np.pad(tokens(), ((0, 0), (0, T)), constant_values=4)
    assert np.abs(lt.logits_of(long, given)[:, :T] - lt.logits_of(short, given[:, :T])).max() < 1e-5


def test_learned_positions_fit_one_length_only():
    with pytest.raises(ValueError, match="shape"):
        build(length=2 * T).set_weights(build().get_weights())


def sure(vocabulary, token):
    """A model that always says this token."""
    model = build(vocab_size=len(vocabulary))
    bias = np.zeros(len(vocabulary), "float32")
    bias[token] = 100
    model.get_layer("head").bias.assign(bias)
    return model


def test_a_sample_ends_at_the_end_or_where_there_is_no_room(vocabulary):
    a = vocabulary.encode("a")[0]
    assert lt.sample(sure(vocabulary, a), vocabulary, 2) == ["a" * T] * 2
    assert lt.sample(sure(vocabulary, a), vocabulary, 2, prompt="bc") == ["bc" + "a" * (T - 2)] * 2
    assert lt.sample(sure(vocabulary, END), vocabulary, 3, prompt="bc") == ["bc"] * 3
    assert all(text == "" for text in lt.sample(sure(vocabulary, END), vocabulary, 3))


def test_a_sample_is_what_the_whole_model_would_draw(vocabulary):
    model = build(vocab_size=len(vocabulary))
    model.get_layer("head").kernel.assign(1e5 * model.get_layer("head").kernel)  # nothing is left to chance
    (text,) = lt.sample(model, vocabulary, 1, prompt="a")
    row = [START, *vocabulary.encode("a")]
    while len(row) < T + 1 and row[-1] != END:
        logits = lt.logits_of(model, np.pad([row], ((0, 0), (0, T - len(row)))))[0, len(row) - 1]
        logits[[PAD, START, 3]] = -np.inf
        row.append(int(logits.argmax()))
    assert text == vocabulary.decode(row)


def test_samples_are_drawn_with_the_probabilities_of_the_model(vocabulary):
    model = build(vocab_size=len(vocabulary))
    model.get_layer("head").kernel.assign(0 * model.get_layer("head").kernel)
    model.get_layer("head").bias.assign(np.log([1, 1, 1, 1, 4, 2, 1]).astype("f"))  # END, a, b, c
    first = [text[:1] for text in lt.sample(model, vocabulary, 4000)]
    shares = [first.count(vocabulary.decode([i])) / 4000 for i in (4, 5, 6)] + [first.count("") / 4000]
    assert np.abs(np.array(shares) - [4 / 8, 2 / 8, 1 / 8, 1 / 8]).max() < 0.03


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: build("alibi"), "positions is 'alibi'; choose one of learned, sine, rotary, none"),
        (lambda v: build(vocab_size=4), "vocab_size 4"),
        (lambda v: build(length=0), "length 0"),
        (lambda v: build(heads=3), "do not divide into 3 heads"),
        (lambda v: lt.step(build(), np.zeros((2, 1), int), 0, []), "tokens has shape"),
        (lambda v: lt.step(build(), np.zeros(2, int), T, []), "the model has 8 positions"),
        (lambda v: lt.sample(build(), v, 1, prompt="abcabcabc"), "The prompt has 10 tokens"),
        (lambda v: lt.text_windows(TEXTS, v, 1), "length is 1"),
        (lambda v: lt.hide(tokens(), V, 0.0), "share is 0.0"),
        (lambda v: lt.hide(tokens()[0], V), "tokens has shape"),
        (lambda v: lt.echo(build(), TEXTS, v, 5), "echo needs room for 10 tokens"),
        (lambda v: lt.echo(build(vocab_size=len(v)), ["abca"], v, 4), "1 texts are long enough"),
        (lambda v: lt.repeated(1, 20, 5, 4), "longest 5, symbols 4"),
        (lambda v: lt.repeated(1, 6, 5, 9), "length 6, longest 5"),
    ],
)
def test_what_is_refused(vocabulary, change, message):
    with pytest.raises(ValueError, match=message):
        change(vocabulary)
