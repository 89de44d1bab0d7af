"""Hidden cases of the lesson *See and hear a digit*."""

import numpy as np

from mmcourse.exercises import Exercise

_random = np.random.RandomState(0)
_SPEECH = 0.12 * np.sin(np.arange(800) / 5)
_INPUTS = {"image": _random.rand(12, 3), "audio": _random.rand(12, 3)}


def _decibels(speech, noise):
    return 10 * np.log10(np.mean(np.square(speech)) / np.mean(np.square(noise)))


SIGNAL_TO_NOISE = Exercise(
    reference=_decibels,
    cases=[(_SPEECH, level * _random.randn(count)) for level, count in ((0.05, 800), (0.12, 500), (0.5, 1000))],
    mistakes={
        "You took the ratio of root mean squares: square it, or use 20 instead of 10.": lambda s, n: (
            _decibels(s, n) / 2
        ),
        "The factor 20 belongs to a ratio of amplitudes; a ratio of powers takes 10.": lambda s, n: 2 * _decibels(s, n),
        "Power is the mean of the squares; you took the mean of absolute values.": lambda s, n: (
            10 * np.log10(np.mean(np.abs(s)) / np.mean(np.abs(n)))
        ),
        "A sum grows with the length of the sound: take means.": lambda s, n: (
            10 * np.log10(np.sum(np.square(s)) / np.sum(np.square(n)))
        ),
        "Speech and noise have changed places: more noise must give a smaller number.": lambda s, n: _decibels(n, s),
        "That is the natural logarithm; decibels use base 10.": lambda s, n: _decibels(s, n) * np.log(10),
        "That is the plain ratio; decibels are ten times its logarithm to base 10.": lambda s, n: (
            np.mean(np.square(s)) / np.mean(np.square(n))
        ),
    },
    hint="Two waveforms of equal power must give 0 decibels: do yours?",
)


def _answer(inputs):
    return (inputs["image"].argmax(1) + inputs["audio"].argmax(1)) % 3


_LABELS = np.where(_random.rand(12) < 0.6, _answer(_INPUTS), _random.randint(0, 3, 12))


def _accuracy(answer, inputs, labels):
    return np.mean(answer(inputs) == labels)


def _changed(inputs, modality, order):
    return {**inputs, modality: inputs[modality][order]}


def _reliance(answer, inputs, labels, modality, order):
    return _accuracy(answer, inputs, labels) - _accuracy(answer, _changed(inputs, modality, order), labels)


def _moves_labels(answer, inputs, labels, modality, order):
    after = _accuracy(answer, _changed(inputs, modality, order), labels[order])
    return _accuracy(answer, inputs, labels) - after


def _moves_everything(answer, inputs, labels, modality, order):
    everything = {name: values[order] for name, values in inputs.items()}
    return _accuracy(answer, inputs, labels) - _accuracy(answer, everything, labels)


RELIANCE = Exercise(
    reference=_reliance,
    cases=[(_answer, _INPUTS, _LABELS, name, _random.permutation(12)) for name in ("image", "audio") for _ in range(3)],
    mistakes={
        "You reordered the labels too: they belong to the samples that stay in place.": _moves_labels,
        "You reordered every modality: then the pairs still match each other. Reorder one.": _moves_everything,
        "You always reorder the image: use the modality that is asked for.": lambda a, i, t, m, o: _reliance(
            a, i, t, "image", o
        ),
        "The sign is turned: a model that relies on a modality should get a positive number.": lambda *a: (
            -_reliance(*a)
        ),
        "That is the accuracy after the change; subtract it from the accuracy before.": lambda a, i, t, m, o: _accuracy(
            a, _changed(i, m, o), t
        ),
        "You compare answers with answers; accuracy compares answers with labels.": lambda a, i, t, m, o: (
            1 - np.mean(a(i) == a(_changed(i, m, o)))
        ),
        "You count samples; accuracy is their share.": lambda *a: 12 * _reliance(*a),
    },
    hint="For a modality that the model never uses the result must be exactly 0: is it?",
)


def _what_it_uses(model) -> list[float]:
    """Observe a model: its number of classes, and whether its scores move with the picture and with the sound."""
    random = np.random.RandomState(1)
    inputs = {"image": random.rand(4, 8, 8, 1).astype("f"), "audio": random.rand(4, 61, 32).astype("f")}
    scores = np.asarray(model.predict(inputs, verbose=0))
    moved = [
        np.abs(model.predict({**inputs, name: inputs[name][::-1]}, verbose=0) - scores).max() for name in sorted(inputs)
    ]
    return [scores.shape[1], *(float(change > 1e-6) for change in moved)]


def _model_of(*names: str):
    import keras

    from mmcourse.nn import encoders, fusion, models

    made = {"audio": encoders.audio_encoder((61, 32)), "image": encoders.image_encoder((8, 8, 1))}
    inputs = {name: keras.Input(encoder.input_shape[1:], name=name) for name, encoder in made.items()}
    vectors = {name: encoders.pooled(made[name])(inputs[name]) for name in names}
    return keras.Model(inputs, models.classifier(10)(fusion.Concatenate()(vectors)))


MENDED = Exercise(
    reference=lambda: _model_of("audio", "image"),
    cases=[()],
    observe=_what_it_uses,
    mistakes={
        "The picture still changes nothing: join both vectors before the layer called fusion.": lambda: _model_of(
            "audio"
        ),
        "Now the sound changes nothing: join both vectors before the layer called fusion.": lambda: _model_of("image"),
    },
    hint="The model takes {'image': …, 'audio': …} and gives ten scores.",
)

EXERCISES = {"signal-to-noise": SIGNAL_TO_NOISE, "reliance": RELIANCE, "mended": MENDED}
