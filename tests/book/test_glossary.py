"""The glossary as a bilingual list: one Chinese term each, none for two, short definitions."""

import re
from collections import Counter

import pytest
from contents import ROOT
from course_glossary import read_entries

ENTRIES = read_entries(ROOT / "book" / "appendix" / "glossary.yml")
SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z{$*]|\s*$)")
SENTENCES = 2
# What a text on several modalities and its abbreviations must let a reader look up.
ASKED = {
    "large language model": "大语言模型",
    "multimodal": "多模态",
    "deep learning": "深度学习",
    "natural language processing": "自然语言处理",
    "machine translation": "机器翻译",
    "computer vision": "计算机视觉",
    "graph neural network": "图神经网络",
    "accuracy": "准确率",
    "precision": "精确率",
    "recall": "召回率",
    "F1 score": "F1 值",
    "speech recognition": "语音识别",
    "speaker recognition": "说话人识别",
    "sentiment analysis": "情感分析",
    "emotion recognition": "情绪识别",
    "image captioning": "图像描述生成",
    "video captioning": "视频描述生成",
}
ABBREVIATIONS = (
    "AI AR CV NLP LLM RNN BRNN LSTM GRU CNN DNN GNN BERT GPT T5 ViT VGG ResNet "
    "COCO BLEU F1 WER GPU TPU VR IDE ACL NeurIPS"
).split()


def test_asked_terms_have_their_translation():
    given = {entry["term"]: entry["zh"] for entry in ENTRIES}
    assert {term: given.get(term) for term in ASKED} == ASKED


def test_abbreviations_are_listed():
    assert set(ABBREVIATIONS) <= {entry.get("abbreviation") for entry in ENTRIES}


def test_no_translation_stands_for_two_terms():
    count = Counter(entry["zh"].replace(" ", "") for entry in ENTRIES)
    assert [zh for zh, number in count.items() if number > 1] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["term"])
def test_entry_is_one_translation_and_short(entry):
    assert not re.search(r"[/／,，、;；(（)）]|或(?!$)", entry["zh"]), f"{entry['zh']!r} is more than one Chinese term"
    text = re.sub(r"\{term\}`([^`<]*)[^`]*`", r"\1", entry["definition"])
    assert 1 <= len(SENTENCE_END.findall(text)) <= SENTENCES, "one sentence, at most two"


def test_definitions_do_not_go_in_a_circle_of_one():
    for entry in ENTRIES:
        own = re.findall(rf"\{{term\}}`{re.escape(entry['term'])}`", entry["definition"], re.IGNORECASE)
        assert own == [], f"{entry['term']} is explained by itself"
