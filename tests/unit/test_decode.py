"""Decoding: cached equals recomputed, chosen tokens, beams; each decoder of the captioner in its one-token form."""

import itertools

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse import decode
from mmcourse.data.text import END, PAD, START
from mmcourse.decode import looping
from mmcourse.nn import captioners, encoders

V, T, B = 9, 6, 5
IMAGES = np.random.RandomState(0).rand(B, 8, 8, 3).astype("f")


def built(decoder):
    """A captioner whose weights are large enough that rows and pictures differ."""
    mm.seed(0)
    model = captioners.captioner(encoders.grid_encoder((8, 8, 3), dim=8), V, T, 16, decoder)
    random = np.random.RandomState(1)
    for weight in model.trainable_variables:
        weight.assign(weight + 0.2 * random.standard_normal(weight.shape).astype("f"))
    return model


@pytest.fixture(scope="module")
def models():
    return {decoder: built(decoder) for decoder in captioners.DECODERS}


class Table(keras.layers.Layer):
    """tokens (B, T) -> logits (B, T, V): those of the row of a table that the last token names."""

    def __init__(self, logits):
        super().__init__()
        self.logits = self.add_weight(shape=logits.shape, initializer=keras.initializers.Constant(logits))

    def call(self, tokens):
        return keras.ops.take(self.logits, tokens, axis=0)


def chain(p):
    """A language model of which each token has its row of probabilities p (V, V)."""
    tokens = keras.Input((T,), dtype="int32", name="tokens")
    image = keras.Input((1,), name="image")
    logits = Table(np.log(np.maximum(p, 1e-30)))(tokens) + keras.layers.Reshape((1, 1))(
        image
    )  # the same for all tokens
    return keras.Model({"image": image, "tokens": tokens}, logits)


def rows(**given):
    """p (V, V): START leads to the tokens in `given["start"]`, token k to `given["t"][k]`; else to END."""
    p = np.zeros((V, V))
    p[:, END] = 1
    for token, following in given["t"].items():
        p[token] = 0
        for to, share in following.items():
            p[token, to] = share
    return p


@pytest.mark.parametrize("decoder", captioners.DECODERS)
def test_kept_states_give_the_logits_of_the_parallel_pass(models, decoder):
    model, random = models[decoder], np.random.RandomState(2)
    tokens = random.randint(END, V, (B, T)).astype(np.int32)
    tokens[:, 0] = START
    parallel = model.predict({"image": IMAGES, "tokens": tokens}, verbose=0)
    speak = decode.Cached(model, {"image": IMAGES})
    for place in range(T):
        assert np.abs(speak(tokens[:, place]) - parallel[:, place]).max() < 2e-5
    with pytest.raises(ValueError, match=f"room for {T} tokens"):
        speak(tokens[:, 0])


@pytest.mark.parametrize("decoder", captioners.DECODERS)
def test_greedy_says_the_same_cached_and_not(models, decoder):
    said = decode.greedy(models[decoder], {"image": IMAGES})
    assert np.array_equal(said, decode.greedy(models[decoder], {"image": IMAGES}, cached=False))
    assert not np.isin(said, [START]).any()


@pytest.mark.parametrize("count", [1, 4, B])
def test_rows_that_fill_a_batch_up_are_not_given(models, monkeypatch, count):
    monkeypatch.setattr(looping, "BATCH", 4)
    said = decode.greedy(models["gru with attention"], {"image": IMAGES[:count]})
    assert np.array_equal(said, decode.greedy(models["gru with attention"], {"image": IMAGES}, cached=False)[:count])


@pytest.mark.parametrize("cached", [True, False])
def test_logits_that_are_not_numbers_are_refused(cached):
    model = built("gru")
    head = model.get_layer("head")
    head.set_weights([np.full_like(values, np.nan) for values in head.get_weights()])
    with pytest.raises(ValueError, match="diverged"):
        decode.greedy(model, {"image": IMAGES}, cached=cached)


@pytest.mark.parametrize("kind", [decode.Cached, decode.Recomputed])
def test_rows_change_their_place(models, kind):
    speak, order = kind(models["transformer"], {"image": IMAGES}), np.array([3, 3, 0, 1, 4])
    speak(np.full(B, START))
    speak(np.arange(B) + END)
    speak.keep(order)
    moved = speak(np.full(B, END))
    other = kind(models["transformer"], {"image": IMAGES[order]})
    other(np.full(B, START))
    other(np.arange(B)[order] + END)
    assert np.abs(moved - other(np.full(B, END))).max() < 2e-5


def test_weights_that_change_change_what_is_said_cached_too(models):
    model = models["gru"]
    before, weights = decode.greedy(model, {"image": IMAGES}), model.get_weights()
    head = [-values if values.shape[-1:] == (V,) else values for values in weights]
    model.set_weights(head)
    after = decode.greedy(model, {"image": IMAGES})
    assert np.array_equal(after, decode.greedy(model, {"image": IMAGES}, cached=False))
    model.set_weights(weights)
    assert not np.array_equal(before, after)


def test_a_saved_captioner_keeps_its_one_token_form(models, tmp_path):
    models["transformer"].save(tmp_path / "captioner.keras")
    again = keras.saving.load_model(tmp_path / "captioner.keras")
    assert np.array_equal(*(decode.greedy(m, {"image": IMAGES}, cached=True) for m in (models["transformer"], again)))


def test_temperature_top_k_and_top_p():
    logits = np.log([[1e-9, 1e-9, 0.1, 0.5, 0.3, 0.1]])  # PAD and START are never said
    assert np.allclose(decode.probabilities(logits), [[0, 0, 0.1, 0.5, 0.3, 0.1]])
    assert np.allclose(decode.probabilities(logits, 0.5), np.array([[0, 0, 1, 25, 9, 1]]) / 36)
    assert np.allclose(decode.probabilities(logits, top_k=2), [[0, 0, 0, 5 / 8, 3 / 8, 0]])
    assert np.allclose(decode.probabilities(logits, top_k=3), np.array([[0, 0, 1, 5, 3, 0]]) / 9)  # the first of equals
    assert np.allclose(decode.probabilities(logits, top_p=0.5), [[0, 0, 0, 1, 0, 0]])
    assert np.allclose(decode.probabilities(logits, top_p=0.51), [[0, 0, 0, 5 / 8, 3 / 8, 0]])
    assert np.allclose(decode.probabilities(logits, top_p=1.0), decode.probabilities(logits))


def test_drawn_tokens_come_as_often_as_they_are_likely():
    model = chain(rows(t={START: {3: 0.6, 4: 0.3, 5: 0.1}}))
    images = {"image": np.zeros((4000, 1))}
    first = decode.sample(model, images, seed=1)[:, 0]
    assert np.abs(np.bincount(first, minlength=V)[3:6] / 4000 - [0.6, 0.3, 0.1]).max() < 0.03  # four deviations
    assert np.array_equal(first, decode.sample(model, images, seed=1)[:, 0])
    assert set(decode.sample(model, images, top_k=1)[:, 0]) == {3}


def test_a_beam_finds_what_greedy_misses_and_the_penalty_changes_the_length():
    p = rows(t={START: {3: 0.6, 4: 0.4}, 3: {5: 0.35, 6: 0.35, 7: 0.3}, 4: {8: 1.0}})
    model, image = chain(p), {"image": np.zeros((2, 1))}
    assert decode.greedy(model, image)[0].tolist() == [3, 5, END, PAD, PAD, PAD]  # 0.6 · 0.35 = 0.21
    said, scores = decode.beam(model, image, width=2)
    assert said.tolist() == [[4, 8, END, PAD, PAD, PAD]] * 2  # 0.4 · 1
    assert np.allclose(scores, np.log(0.4))
    assert np.array_equal(decode.beam(model, image, width=1)[0], decode.greedy(model, image))
    short = chain(rows(t={START: {END: 0.5, 3: 0.5}, 3: {4: 0.9, END: 0.1}, 4: {5: 0.9, END: 0.1}, 5: {END: 1.0}}))
    assert decode.beam(short, image, width=3)[0][0].tolist() == [END, PAD, PAD, PAD, PAD, PAD]
    long, scores = decode.beam(short, image, width=3, penalty=1.0)
    assert long[0].tolist() == [3, 4, 5, END, PAD, PAD]
    assert np.allclose(scores, np.log(0.5 * 0.9 * 0.9) / ((5 + 4) / 6))


def test_a_beam_as_wide_as_all_sentences_finds_the_best_one():
    random = np.random.RandomState(3)
    p = random.dirichlet(np.ones(V), V)
    p[:, [PAD, START]] = 0
    p /= p.sum(1, keepdims=True)
    tokens = keras.Input((3,), dtype="int32", name="tokens")
    image = keras.Input((1,), name="image")
    logits = Table(np.log(p + 1e-30))(tokens) + keras.layers.Reshape((1, 1))(image)
    model = keras.Model({"tokens": tokens, "image": image}, logits)
    words = [token for token in range(V) if token not in (PAD, START, END)]
    sentences = [(END,), *((w, END) for w in words), *itertools.product(words, words, [*words, END])]
    chance = {s: np.prod([p[a, b] for a, b in itertools.pairwise((START, *s))]) for s in sentences}
    best = max(chance, key=chance.get)
    said, score = decode.beam(model, {"image": np.zeros((1, 1))}, width=400)
    assert tuple(token for token in said[0] if token != PAD) == best
    assert abs(score[0] - np.log(chance[best])) < 1e-5


def test_the_beam_of_a_captioner_is_no_worse_than_greedy(models):
    model = models["gru with attention"]
    said, scores = decode.beam(model, {"image": IMAGES}, width=4)
    bits = mm.nn.caption_bits.token_bits_numpy

    def total(tokens):
        before = np.concatenate([np.full((B, 1), START), tokens[:, :-1]], 1).astype(np.int32)
        logits = model.predict({"image": IMAGES, "tokens": before}, verbose=0).astype(np.float64)
        logits[..., [PAD, START]] = -1e9
        return -bits(logits, tokens).sum(1) * np.log(2)

    assert np.allclose(scores, total(said), atol=1e-4)
    assert (scores >= total(decode.greedy(model, {"image": IMAGES})) - 1e-4).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: decode.probabilities(np.zeros((1, 5)), 0), "call `greedy`"),
        (lambda m: decode.probabilities(np.zeros(5)), "logits"),
        (lambda m: decode.sample(m, {"image": IMAGES}, top_k=0), "top_k"),
        (lambda m: decode.sample(m, {"image": IMAGES}, top_p=1.5), "top_p"),
        (lambda m: decode.beam(m, {"image": IMAGES}, width=0), "width"),
        (lambda m: decode.beam(m, {"image": IMAGES}, penalty=-1), "penalty"),
        (lambda m: decode.beam(m, {"image": IMAGES[:0]}), "at least one"),
        (lambda m: decode.greedy(m, {"picture": IMAGES}), "needs the inputs image; it was given: picture"),
        (lambda m: decode.greedy(chain(np.eye(V)), {"image": np.zeros((1, 1))}, cached=True), "cached=False"),
        (lambda m: decode.greedy(chain(np.full((V, V), np.nan)), {"image": np.zeros((1, 1))}), "not numbers"),
        (lambda m: captioners.captioner(encoders.grid_encoder((8, 8, 3)), V, T, 12), "multiple of 8"),
        (lambda m: captioners.captioner(encoders.grid_encoder((8, 8, 3)), V, T, 16, "lstm"), "gru with attention"),
    ],
)
def test_bad_input(models, call, message):
    with pytest.raises(ValueError, match=message):
        call(models["gru"])
