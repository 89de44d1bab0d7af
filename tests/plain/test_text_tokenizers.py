"""Byte-pair encoding against the library `tokenizers`: the same merges up to ties, and then the same tokens.

"Up to ties": at every step both take a pair that is commonest by our counting, given their own earlier merges; among
equally common ones the library takes the pair with the smallest ids, we the smallest pair of bytes.
"""

import json
from collections import Counter
from pydoc_data.topics import topics

import numpy as np
import pytest
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from mmcourse.data import text, world
from mmcourse.data.text.byte_pair import PATTERN, byte_symbols

SIZE = 420


def stretches():
    split = pre_tokenizers.Split(Regex(PATTERN), behavior="isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def printed_bytes():
    """The printable character that stands for each of the 256 bytes in GPT-2's files, and in the library's."""
    shown = [byte for byte in range(256) if chr(byte).isprintable() and not chr(byte).isspace()]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + place) for place, byte in enumerate(hidden)}


PRINTED = printed_bytes()
BYTES = {character: bytes([byte]) for byte, character in PRINTED.items()}


def manual():
    """Paragraphs of Python's manual; which ones depends on the version of Python, and the test holds for all."""
    paragraphs = [" ".join(part.split()) for page in topics.values() for part in page.split("\n\n")]
    return [one for one in paragraphs if one][:400]


def captions():
    scenes = world.sample(200, seed=1, level=3)
    random = np.random.RandomState(0)
    return [world.describe(scene, language, random) for scene in scenes for language in ("en", "zh")]


CORPORA = {"Python's manual": manual, "captions": captions}


@pytest.fixture(scope="module", params=CORPORA)
def learned(request):
    """Texts, our vocabulary, the library's merges as pairs of bytes, and its {token as bytes: id}."""
    texts = CORPORA[request.param]()
    library = Tokenizer(models.BPE())
    library.pre_tokenizer = stretches()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    library.train_from_iterator(
        texts,
        trainers.BpeTrainer(vocab_size=SIZE - 4, min_frequency=2, initial_alphabet=alphabet, show_progress=False),
    )
    merges = [tuple(map(as_bytes, pair)) for pair in json.loads(library.to_str())["model"]["merges"]]
    numbers = {as_bytes(token): number for token, number in library.get_vocab().items()}
    return texts, text.BytePairVocabulary().fit(texts, SIZE), merges, numbers


def as_bytes(token):
    return b"".join(BYTES[character] for character in token)


def as_printed(token):
    return "".join(PRINTED[byte] for byte in token)


def commonest_along(texts, merges):
    """For each merge, the pairs that are commonest by our counting, after the merges before it."""
    words = Counter(word for one in texts for word in text.pretokens(one))
    words = {byte_symbols(word): times for word, times in words.items()}
    for pair in merges:
        counts = text.pair_counts(words)
        highest = max(counts.values())
        yield [other for other, count in counts.items() if count == highest]
        words = {text.merge(word, pair) if pair[0] in word else word: times for word, times in words.items()}


def test_the_library_prints_bytes_as_we_read_them():
    assert set(PRINTED.values()) == set(pre_tokenizers.ByteLevel.alphabet())
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    for sample in ("a b\n\x00\x7f", "é\u00ad我\U0001f600"):
        assert as_bytes(level.pre_tokenize_str(sample)[0][0]) == sample.encode()


def test_both_take_a_commonest_pair_at_every_step_and_differ_only_in_ties(learned):
    texts, own, library, numbers = learned
    assert len(library) == len(own.merges) == SIZE - 260
    ties = 0
    for taken, commonest in zip(library, commonest_along(texts, library), strict=True):
        assert taken == min(commonest, key=lambda pair: (numbers[pair[0]], numbers[pair[1]]))
        ties += len(commonest) > 1
    for taken, commonest in zip(own.merges, commonest_along(texts, own.merges), strict=True):
        assert taken == min(commonest)
    assert own.merges == library or ties


def test_with_the_same_merges_the_tokens_are_equal(learned):
    texts, own, _, _ = learned
    known = {as_printed(bytes([byte])): 4 + byte for byte in range(256)}
    for left, right in own.merges:
        known[as_printed(left + right)] = 4 + len(known)
    model = models.BPE(vocab=known, merges=[(as_printed(left), as_printed(right)) for left, right in own.merges])
    library = Tokenizer(model)
    library.pre_tokenizer = stretches()
    for one in [*texts, "Ünïcode, emoji \U0001f600, 你好！ __init__ 3.14\n\t x  y"]:
        assert own.encode(one) == library.encode(one).ids
