"""The one interface of all vocabularies: fitted once, ids and batches as the course wants them, safe files."""

import json
import os

import numpy as np
import pytest

from mmcourse.data import text

TRAIN = ["the dog bites the man", "the cat likes the fish", "a dog and a cat"]
CHINESE = ["一个红色圆环在一个蓝色正方形的左边", "一个绿色菱形在一个红色圆环的上方"]
KNOWN = ["一个", "红色", "圆环", "在", "蓝色", "正方形", "的", "左边"]
KINDS = {
    "words": (text.WordVocabulary, TRAIN, 12),
    "longest match": (lambda: text.WordVocabulary(KNOWN), CHINESE, 12),
    "jieba": (lambda: text.WordVocabulary("jieba"), CHINESE, 12),
    "characters": (text.CharacterVocabulary, TRAIN + CHINESE, 40),
    "byte pairs": (text.BytePairVocabulary, TRAIN + CHINESE, 270),
}


@pytest.fixture(params=KINDS)
def fitted(request):
    make, texts, size = KINDS[request.param]
    return make().fit(texts, size), texts, size


def test_size_counts_the_four_common_tokens(fitted):
    vocabulary, _, size = fitted
    assert (text.PAD, text.START, text.END, text.UNKNOWN) == (0, 1, 2, 3)
    assert len(vocabulary) <= size
    assert len(vocabulary) == size or isinstance(vocabulary, text.CharacterVocabulary)


def test_ids_are_the_same_ones_for_every_text(fitted):
    vocabulary, texts, _ = fitted
    before = [vocabulary.encode(one) for one in texts]
    vocabulary.encode(texts[0][::-1])
    assert [vocabulary.encode(one) for one in texts] == before
    assert all(4 <= i < len(vocabulary) or i == text.UNKNOWN for ids in before for i in ids)


def test_a_second_fit_is_refused_and_changes_nothing(fitted):
    vocabulary, texts, size = fitted
    before = vocabulary.encode(texts[0])
    with pytest.raises(ValueError, match=r"fitted already .* the same ids would mean other words"):
        vocabulary.fit(texts[::-1], size)
    assert vocabulary.encode(texts[0]) == before


def test_a_batch_has_start_and_end_and_is_padded_on_the_right(fitted):
    vocabulary, texts, _ = fitted
    tokens, mask = vocabulary.batch([texts[0], ""])
    ids = vocabulary.encode(texts[0])
    assert tokens.dtype == np.int32
    assert mask.dtype == bool
    assert tokens.tolist() == [[1, *ids, 2], [1, 2, *[0] * len(ids)]]
    assert mask.tolist() == [[True] * (len(ids) + 2), [True, True, *[False] * len(ids)]]


def test_a_batch_of_a_given_length_is_cut_but_ends_with_end(fitted):
    vocabulary, texts, _ = fitted
    ids = vocabulary.encode(texts[0])
    tokens, mask = vocabulary.batch(texts, length=4)
    assert tokens[0].tolist() == [1, *ids[:2], 2]
    assert tokens.shape == mask.shape == (len(texts), 4)
    assert vocabulary.batch(texts, length=200)[0].shape == (len(texts), 200)
    assert vocabulary.batch(texts, length=2)[0].tolist() == [[1, 2]] * len(texts)


def test_decoding_stops_at_the_end_and_leaves_padding_out(fitted):
    vocabulary, texts, _ = fitted
    tokens, _ = vocabulary.batch(texts)
    for row, one in zip(tokens, texts, strict=True):
        assert vocabulary.decode(row) == vocabulary.decode(vocabulary.encode(one))
    first = vocabulary.encode(texts[0])[0]
    assert vocabulary.decode([first, text.END, first]) == vocabulary.decode([first])
    assert vocabulary.decode([]) == ""
    assert vocabulary.decode([text.UNKNOWN]) == "\ufffd"


def test_the_file_gives_the_same_vocabulary(fitted, tmp_path):
    vocabulary, texts, _ = fitted
    path = tmp_path / "vocabulary.json"
    path.write_text("older", encoding="utf-8")
    vocabulary.save(path)
    again = type(vocabulary).load(path)
    assert os.listdir(tmp_path) == ["vocabulary.json"]
    assert len(again) == len(vocabulary)
    others = [*texts, texts[0][::-1]]
    assert [again.encode(one) for one in others] == [vocabulary.encode(one) for one in others]
    assert again.decode(again.encode(texts[0])) == vocabulary.decode(vocabulary.encode(texts[0]))
    with pytest.raises(ValueError, match="fitted already"):
        again.fit(texts, 300)


def test_a_foreign_or_damaged_file_is_refused(fitted, tmp_path):
    vocabulary, _, _ = fitted
    path = tmp_path / "vocabulary.json"
    vocabulary.save(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    key = "merges" if "merges" in content else "tokens"
    wrong = {
        "not JSON": path.read_bytes()[:-20],
        "is no file of": b'{"a": 1}',
        "version 1": json.dumps({**content, "version": 2}).encode(),
        "of kind 'other'": json.dumps({**content, "kind": "other"}).encode(),
        "damaged": json.dumps({**content, key: content[key] * 2}).encode(),
        "is damaged": json.dumps({**content, key: [7]}).encode(),
        "is damaged:": json.dumps({name: value for name, value in content.items() if name != key}).encode(),
        "UTF-8": b"\xff\xfe",
    }
    for message, content in wrong.items():
        path.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            type(vocabulary).load(path)


def test_bad_input_is_named(fitted):
    vocabulary, texts, _ = fitted
    size = len(vocabulary)
    for wrong, message in (
        ([size], f"no token {size}: this vocabulary has the ids 0 to {size - 1}"),
        ([4, -1], "no token -1"),
        ([4.0], "type float64; give whole numbers"),
        ([[4, 5]], r"shape \(1, 2\)"),
        ("4", "shape"),
        ([True], "type bool"),
    ):
        with pytest.raises(ValueError, match=message):
            vocabulary.decode(wrong)
    for wrong, message in (
        ([], "texts is empty"),
        ("one text", r"give a list of texts, also for a single one: \[text\]"),
        (None, "texts is None"),
        ([texts[0], b"bytes"], r"texts\[1\] is b'bytes', of type bytes"),
        ([None], r"texts\[0\] is None"),
    ):
        with pytest.raises(ValueError, match=message):
            vocabulary.batch(wrong)
        with pytest.raises(ValueError, match=message):
            type(vocabulary)().fit(wrong, 300)
    with pytest.raises(ValueError, match=r"length is 1; give a whole number of at least 2"):
        vocabulary.batch(texts, length=1)
    with pytest.raises(ValueError, match="of type list"):
        vocabulary.encode(texts)


@pytest.mark.parametrize("kind", KINDS)
def test_before_fit_and_with_too_small_a_size(kind, tmp_path):
    make, texts, _ = KINDS[kind]
    for use in (lambda v: v.encode("a"), lambda v: v.decode([1]), lambda v: v.batch(["a"]), lambda v: v.save(tmp_path)):
        with pytest.raises(ValueError, match="call fit"):
            use(make())
    for size in (make().smallest - 1, 1000.0, "300", None, True):
        with pytest.raises(ValueError, match=r"size is .*; give a whole number of at least"):
            make().fit(texts, size)
    if kind != "byte pairs":
        with pytest.raises(ValueError, match="no token to learn"):
            make().fit(["", ""], 300)


def test_words_are_the_commonest_and_ties_go_by_code_point():
    vocabulary = text.WordVocabulary().fit(["b a c c", "Z b a"], 7)
    assert [vocabulary.decode([i]) for i in (4, 5, 6)] == ["a", "b", "c"]
    assert vocabulary.encode("c Z a") == [6, 3, 4]
    assert vocabulary.pieces("c Z a") == ["c", "\ufffd", "a"]
    assert text.WordVocabulary().fit(["Z b a", "b a c c"], 7).encode("c Z a") == [6, 3, 4]


def test_decoded_words_have_spaces_in_english_and_none_in_chinese():
    english = text.WordVocabulary().fit(TRAIN, 50)
    assert english.decode(english.encode("the  dog\nbites a fish")) == "the dog bites a fish"
    chinese = text.WordVocabulary(KNOWN).fit(CHINESE, 50)
    assert chinese.decode(chinese.encode(CHINESE[0])) == CHINESE[0]


def test_known_characters_come_back_as_they_are():
    vocabulary = text.CharacterVocabulary().fit(["ab \n我"], 50)
    assert vocabulary.decode(vocabulary.encode("b \n\n我 a")) == "b \n\n我 a"
    assert vocabulary.encode("aé") == [vocabulary.encode("a")[0], text.UNKNOWN]


def test_an_unknown_segmenter_is_named():
    with pytest.raises(ValueError, match=r"segmenter is 'spacy'\. Choose one of: words, jieba"):
        text.WordVocabulary("spacy")
    with pytest.raises(ValueError, match="segmenter is empty"):
        text.WordVocabulary([])


def test_measures_by_hand():
    vocabulary = text.WordVocabulary().fit(TRAIN, 50)
    assert text.unknown_share(vocabulary, ["the dog", "the wolf"]) == 1 / 4
    assert text.bytes_per_token(vocabulary, ["the dog", "the wolf"]) == 15 / 4
    characters = text.CharacterVocabulary().fit(CHINESE, 50)
    assert text.bytes_per_token(characters, CHINESE) == 3
    for measure in (text.unknown_share, text.bytes_per_token):
        with pytest.raises(ValueError, match="have no token"):
            measure(vocabulary, [" "])
        with pytest.raises(ValueError, match="give a list"):
            measure(vocabulary, "the dog")
