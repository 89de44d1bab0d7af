"""The edges of a diagram are those of the running model, and no others."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from mmcourse import diagram
from mmcourse.nn import diagrammed

FIGURES = Path(__file__).resolve().parents[2] / "book" / "figures"


def _small() -> keras.Model:
    text, image = keras.Input((4,), name="text"), keras.Input((4,), name="image")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(3)], name="inner")
    both = layers.Concatenate(name="both")([inner(text), layers.Dense(3, name="outer")(image)])
    return keras.Model([text, image], {"answer": layers.Dense(2, name="head")(both)})


def test_edges_of_a_model_with_a_model_inside():
    expected = {("text", "inner"), ("inner", "both"), ("image", "outer"), ("outer", "both"), ("both", "head")}
    assert diagram.edges(_small()) == expected | {("head", "answer")}


def test_an_input_that_is_not_used_has_no_edge():
    text, image = keras.Input((4,), name="text"), keras.Input((4,), name="image")
    model = keras.Model([text, image], {"answer": layers.Dense(2, name="head")(text)})
    assert diagram.edges(model) == {("text", "head"), ("head", "answer")}


def test_a_layer_that_is_called_twice_is_one_box():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(3, name="shared")
    model = keras.Model([a, b], {"sum": layers.Add(name="add")([shared(a), shared(b)])})
    assert diagram.edges(model) == {("a", "shared"), ("b", "shared"), ("shared", "add"), ("add", "sum")}


@pytest.mark.parametrize("build", [diagrammed.text_and_image, diagrammed.three_to_two, _small])
def test_the_drawing_of_a_model_has_its_edges(build):
    model = build()
    assert diagram.drawn_edges(diagram.mermaid(model)) == diagram.edges(model)


@pytest.mark.parametrize(
    ("figure", "build"),
    [("two-modalities", diagrammed.text_and_image), ("three-modalities", diagrammed.three_to_two)],
)
def test_the_corrected_diagram_of_the_book_is_the_model_and_the_printed_one_is_not(figure, build):
    model = diagram.edges(build())
    corrected, printed = (
        diagram.drawn_edges((FIGURES / f"{figure}-{kind}.mmd").read_text(encoding="utf-8"))
        for kind in ("corrected", "printed")
    )
    assert corrected == model
    assert printed != model


def test_the_models_of_the_diagrams_run():
    random = np.random.RandomState(0)
    tokens = random.randint(1, diagrammed.VOCABULARY, size=(2, diagrammed.LENGTH))
    inputs = {"text": tokens, "words_so_far": tokens, "image": random.uniform(size=(2, *diagrammed.PICTURE))}
    given = diagrammed.text_and_image()(inputs)
    assert {name: tuple(value.shape) for name, value in given.items()} == {
        "new_text": (2, 10, 50),
        "new_image": (2, 16, 16, 3),
    }
    inputs = {"text": tokens, "image": inputs["image"], "audio": random.uniform(size=(2, *diagrammed.SOUND))}
    given = diagrammed.three_to_two()(inputs)
    assert {name: tuple(value.shape) for name, value in given.items()} == {
        "new_text": (2, 10, 50),
        "new_audio": (2, 64, 32),
    }


def test_chains_groups_and_words_in_boxes_are_read():
    text = 'graph TD\n  a["one, two"]\n  a["one --> x"] & b --> c("three") --> d\n  classDef data fill:#ffffff\n'
    assert diagram.drawn_edges(text) == {("a", "c"), ("b", "c"), ("c", "d")}
    assert diagram.drawn_edges("graph TD\n  %% a --> c\n  a --> b\n") == {("a", "b")}


@pytest.mark.parametrize(
    "line", ["b -.-> c", "b ==> c", "b -->|words| c", "b -- words --> c", "b[words] --> c", "b-1 --> c"]
)
def test_an_arrow_that_is_not_read_is_named_not_left_out(line):
    with pytest.raises(ValueError, match=f"Not read: {re.escape(repr(line))}"):
        diagram.drawn_edges(f"graph TD\n  a --> b\n  {line}\n")


def test_bad_input_is_named():
    text = keras.Input((4,), name="text")
    with pytest.raises(ValueError, match="needs named outputs"):
        diagram.edges(keras.Model(text, layers.Dense(2)(text)))
    with pytest.raises(ValueError, match="both called text"):
        diagram.edges(keras.Model(text, {"text": layers.Dense(2)(text)}))
    with pytest.raises(ValueError, match="no arrow"):
        diagram.drawn_edges("graph TD\n  a\n")
