"""Graph convolutions: by hand, what the normalization promises, a layer a hop, saved and loaded, learned by heart."""

import keras
import numpy as np
import pytest

import mmcourse as mm
from mmcourse.nn import graphs

CHAIN = np.array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])  # word - region - region above
RANDOM = np.random.RandomState(0)


def plain(tensor):
    return keras.ops.convert_to_numpy(tensor)


def random_graph(nodes=9, share=0.3):
    upper = np.triu(RANDOM.uniform(size=(nodes, nodes)) < share, 1)
    return (upper | upper.T).astype(float)


def relations(example=0, kinds=3, nodes=5):
    random = np.random.RandomState(example)
    return (random.uniform(size=(2, kinds, nodes, nodes)) < 0.4).astype("float32")


def test_the_chain_by_hand():
    half, mixed, third = 1 / 2, 1 / np.sqrt(6), 1 / 3
    expected = np.array([[half, mixed, 0], [mixed, third, mixed], [0, mixed, half]])
    assert np.allclose(graphs.normalized_numpy(CHAIN), expected)
    nodes = np.array([0.0, 0, 1]).reshape(1, 3, 1)
    one = graphs.graph_convolution_numpy(nodes, CHAIN[None], np.ones((1, 1)), np.zeros(1))
    two = graphs.graph_convolution_numpy(one, CHAIN[None], np.ones((1, 1)), np.zeros(1))
    assert np.allclose(one.ravel(), [0, mixed, half])
    assert two[0, 0, 0] == pytest.approx(1 / 6)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 1.0])
def test_no_eigenvalue_lies_beyond_one_and_the_roots_of_the_degrees_keep_theirs(share):
    adjacency = random_graph(share=share)
    found = graphs.normalized_numpy(adjacency)
    values = np.linalg.eigvalsh(found)
    roots = np.sqrt(adjacency.sum(1) + 1)
    assert values.max() == pytest.approx(1)
    assert values.min() > -1
    assert np.allclose(found @ roots, roots)


def test_the_complete_graph_keeps_its_numbers():
    nodes, complete = np.full((1, 20, 3), 0.5), np.ones((1, 20, 20)) - np.eye(20)
    for _ in range(5):
        nodes = graphs.graph_convolution_numpy(nodes, complete, np.eye(3), np.zeros(3))
    assert np.allclose(nodes, 0.5)


def test_kinds_of_edges_by_hand():
    adjacency = np.zeros((1, 2, 3, 3))
    adjacency[0, 0, 0, 1:] = 1  # node 0 hears 1 and 2 by the first kind
    adjacency[0, 1, 2, 0] = 1  # node 2 hears 0 by the second
    nodes = np.array([1.0, 10, 100]).reshape(1, 3, 1)
    W = np.array([2.0, 3]).reshape(2, 1, 1)
    found = graphs.relational_convolution_numpy(nodes, adjacency, W, np.array([[0.5]]), np.array([7.0]))
    assert found.ravel().tolist() == [2 * 55 + 0.5 + 7, 5 + 7, 3 + 50 + 7]


def test_renaming_the_nodes_renames_the_output():
    nodes, adjacency = RANDOM.standard_normal((2, 5, 4)), relations()
    order = RANDOM.permutation(5)
    W, W_self, b = RANDOM.standard_normal((3, 4, 6)), RANDOM.standard_normal((4, 6)), RANDOM.standard_normal(6)
    found = graphs.relational_convolution_numpy(nodes, adjacency, W, W_self, b)
    renamed = adjacency[:, :, order][..., order]
    assert np.allclose(graphs.relational_convolution_numpy(nodes[:, order], renamed, W, W_self, b), found[:, order])


@pytest.mark.parametrize(("width", "units", "kinds"), [(3, 4, 2), (1, 1, 1), (5, 2, 8)])
def test_parameters_follow_the_formulas(width, units, kinds):
    plain_layer, relational = graphs.GraphConvolution(units), graphs.RelationalConvolution(units)
    plain_layer.build([(None, 7, width), (None, 7, 7)])
    relational.build([(None, 7, width), (None, kinds, 7, 7)])
    assert plain_layer.count_params() == units * (width + 1)
    assert relational.count_params() == units * ((kinds + 1) * width + 1)


def test_one_kind_of_edge():
    """TensorFlow 2.21 on a CPU crashed when (B, 1, L, D) went through a matmul with (1, D, units): its issue 117700."""
    nodes = RANDOM.standard_normal((64, 20, 32)).astype("float32")
    adjacency = (RANDOM.uniform(size=(64, 1, 20, 20)) < 0.2).astype("float32")
    layer = graphs.RelationalConvolution(32)
    found = plain(layer([nodes, adjacency]))
    expected = graphs.relational_convolution_numpy(nodes, adjacency, *map(plain, layer.weights))
    assert np.allclose(found, expected, atol=1e-4)


def example(count=8, kinds=3, regions=4, words=3):
    random = np.random.RandomState(5)
    length = regions + words
    return {
        "regions": random.uniform(size=(count, regions, 6)).astype("float32"),
        "words": random.randint(1, 9, size=(count, words)).astype("int32"),
        "adjacency": (random.uniform(size=(count, kinds, length, length)) < 0.3).astype("float32"),
    }


def reader(inputs, depth=2, layer=graphs.RelationalConvolution):
    return graphs.graph_reader([layer(16, "relu") for _ in range(depth)], inputs, vocabulary=9, classes=4)


def merged(inputs):
    return {**inputs, "adjacency": np.minimum(inputs["adjacency"].sum(1), 1)}


def chain_of_kinds(inputs):
    """Node i hears node i - 1 alone, by the first kind; the answer stands at the last node."""
    adjacency = np.zeros_like(inputs["adjacency"])
    adjacency[:, 0] = np.eye(adjacency.shape[-1], k=-1)
    return {**inputs, "adjacency": adjacency}


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_layer_is_a_hop(depth):
    inputs = chain_of_kinds(example())
    model = reader(inputs, depth)
    for steps_away in range(1, 7):  # from the last of seven nodes; the regions are nodes 0 to 3
        changed = {name: values.copy() for name, values in inputs.items()}
        node = 6 - steps_away
        if node < 4:
            changed["regions"][:, node] += 1
        else:
            changed["words"][:, node - 4] = 0
        moved = not np.array_equal(plain(model(inputs)), plain(model(changed)))
        assert moved == (steps_away <= depth)


@pytest.mark.parametrize("layer", [graphs.GraphConvolution, graphs.RelationalConvolution])
def test_one_step_moves_every_weight_and_a_batch_is_learned_by_heart(layer):
    inputs = example() if layer is graphs.RelationalConvolution else merged(example())
    inputs["words"] = np.tile(np.arange(9), 3)[: inputs["words"].size].reshape(inputs["words"].shape).astype("int32")
    labels = np.arange(8) % 4
    model = mm.train.compile_classifier(reader(inputs, layer=layer), steps=150, learning_rate=0.02)
    before = model.get_weights()
    model.train_on_batch(inputs, labels)
    assert all(np.any(old != new) for old, new in zip(before, model.get_weights(), strict=True))
    mm.train.fit(model, inputs, labels, steps=149, batch_size=8)
    assert (mm.train.answers(model, inputs) == labels).all()


def test_the_first_loss_is_that_of_guessing():
    inputs = example(count=64)
    model = mm.train.compile_classifier(reader(inputs), steps=1)
    loss = model.evaluate(inputs, np.arange(64) % 4, batch_size=64, verbose=0)[0]
    assert loss == pytest.approx(np.log(4), rel=0.25)


def test_the_order_of_the_inputs_does_not_matter():
    inputs = example()
    model = reader(inputs)
    turned = dict(reversed(inputs.items()))
    assert np.array_equal(plain(model(inputs)), plain(model(turned)))


def test_every_modality_matters():
    inputs = example()
    model = reader(inputs)
    for name in inputs:
        changed = mm.probe.shuffle(inputs, name)
        assert not np.array_equal(plain(model(inputs)), plain(model(changed))), name


@pytest.mark.parametrize("layer", [graphs.GraphConvolution, graphs.RelationalConvolution])
def test_saved_and_loaded(layer, tmp_path):
    inputs = example() if layer is graphs.RelationalConvolution else merged(example())
    model = reader(inputs, layer=layer)
    model.save(tmp_path / "reader.keras")
    again = keras.saving.load_model(tmp_path / "reader.keras")
    assert np.array_equal(plain(model(inputs)), plain(again(inputs)))


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="square table"):
        graphs.normalized_numpy(np.ones((2, 3)))
    with pytest.raises(ValueError, match="from 0 up"):
        graphs.normalized_numpy(-np.eye(2))
    with pytest.raises(ValueError, match="W has shape"):
        graphs.graph_convolution_numpy(np.ones((1, 3, 2)), CHAIN[None], np.ones((3, 1)), np.zeros(1))
    with pytest.raises(ValueError, match="adjacency has shape"):
        graphs.relational_convolution_numpy(np.ones((1, 3, 2)), CHAIN[None], np.ones((1, 2, 1)), np.ones((2, 1)), 0)
    with pytest.raises(ValueError, match="whole number from 1 up"):
        graphs.GraphConvolution(0)
    inputs = example()
    with pytest.raises(ValueError, match="a row for every node"):
        graphs.graph_reader([graphs.GraphConvolution(2)], {**inputs, "words": inputs["words"][:, :2]}, 9, 4)
    with pytest.raises(ValueError, match="0 layers"):
        graphs.graph_reader([], inputs, 9, 4)
