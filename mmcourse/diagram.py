"""The graph of a running model, as edges and as a Mermaid diagram; and the edges of a diagram, to compare the two.

An edge (from, to) says: what `from` gives is an input of `to`. Boxes are the layers of the model by their names, a
model inside it is one box, inputs and outputs are boxes too.
"""

import itertools
import re

import keras

Edges = set[tuple[str, str]]

_ARROW = re.compile(r"--|==|-\.")  # also of the kinds that are not read here
_WORDS = re.compile(r'\[".*?"\]|\(".*?"\)')
_CHAIN = re.compile(r"\s*\w+(?:\s*(?:-->|&)\s*\w+)+\s*")


def edges(model: keras.Model) -> Edges:
    """Functional model with named outputs, `keras.Model(inputs, {"name": tensor})` -> {(from, to), …}.

    Raises ValueError for a model that is not functional, whose outputs have no names, or where an output has the name
    of a layer: in the graph they would be one box.
    """
    config = model.get_config()
    if "layers" not in config or not isinstance(config.get("output_layers"), dict):
        raise ValueError(f"{model.name!r} needs named outputs: build it as keras.Model(inputs, {{'answer': tensor}}).")
    outputs, names = config["output_layers"], {layer["name"] for layer in config["layers"]}
    twice = sorted(names & set(outputs))
    if twice:
        raise ValueError(f"An output and a layer are both called {', '.join(twice)}: give the output another name.")
    found = {(source, layer["name"]) for layer in config["layers"] for source in _sources(layer["inbound_nodes"])}
    return found | {(source, name) for name, (source, *_) in outputs.items()}


def mermaid(model: keras.Model) -> str:
    """The graph of `edges` as the text of a Mermaid flow chart, from top to bottom; boxes in the order of the model."""
    order = {layer.name: place for place, layer in enumerate(model.layers)}
    arrows = sorted(edges(model), key=lambda edge: [(order.get(name, len(order)), name) for name in edge])
    return "\n".join(["graph TD", *(f"  {source} --> {target}" for source, target in arrows)]) + "\n"


def drawn_edges(text: str) -> Edges:
    """The edges of a Mermaid flow chart: `a --> b --> c`, `a & b --> c`; the words in boxes, and classes, are left out.

    Lines that begin with %% are comments. Raises ValueError for a line with another arrow, and where the text has none.
    """
    found = set()
    for line in filter(_ARROW.search, _WORDS.sub("", text).splitlines()):
        if line.lstrip().startswith("%%"):
            continue
        if not _CHAIN.fullmatch(line):
            raise ValueError(f"Not read: {line.strip()!r}. Write 'a --> b', one word a name, and a[\"words\"].")
        groups = [re.findall(r"\w+", group) for group in line.split("-->")]
        found |= {edge for here, there in itertools.pairwise(groups) for edge in itertools.product(here, there)}
    if not found:
        raise ValueError("This text has no arrow; expected lines such as 'image --> image_encoder'.")
    return found


def _sources(config) -> list[str]:
    """The layers whose outputs stand, anywhere, in the configuration of a call."""
    if isinstance(config, dict):
        if config.get("class_name") == "__keras_tensor__":
            return [config["config"]["keras_history"][0]]
        return [name for value in config.values() for name in _sources(value)]
    if isinstance(config, list | tuple):
        return [name for value in config for name in _sources(value)]
    return []
