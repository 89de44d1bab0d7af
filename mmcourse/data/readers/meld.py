"""MELD: lines of the series Friends with the emotion of their speaker; the text part."""

from pathlib import Path

import numpy as np

from mmcourse.data.readers import Reader
from mmcourse.data.readers.files import damaged, records

CLASSES = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")
SENTIMENTS = ("negative", "neutral", "positive")
STEMS = {"train": "train", "validation": "dev", "test": "test"}
HEADER = ["Sr No.", "Utterance", "Speaker", "Emotion", "Sentiment", "Dialogue_ID", "Utterance_ID"]
HEADER += ["Season", "Episode", "StartTime", "EndTime"]


def table(folder: Path, split: str) -> dict:
    """Columns of n utterances, in the order of the file: dialogue by dialogue.

    text: list of n str; label (n,) int32, the index in CLASSES; emotion, sentiment, speaker (n,) str; dialogue,
    utterance, season, episode (n,) int64.
    The official split by dialogue: 9,989 utterances of 1,038 dialogues train, 1,109 of 114 validate, 2,610 of 280 test.
    There is no key: the numbers of dialogues start again in every split, dialogue 0 of train is not dialogue 0 of test,
    and episodes are in several splits. "neutral" is by far the most frequent emotion: also score each class for itself.
    Raises ValueError for another header, and for another emotion or sentiment.
    """
    name = f"meld_{STEMS[split]}_sent_emo.csv"
    rows = records(folder, name, HEADER)
    if not rows:
        raise damaged(folder, name, "there are no utterances below the header")
    for row in rows:
        if row[3] not in CLASSES or row[4] not in SENTIMENTS or not all(number.isdecimal() for number in row[5:9]):
            expected = f"an emotion ({', '.join(CLASSES)}), a sentiment ({', '.join(SENTIMENTS)}) and four numbers"
            raise damaged(folder, name, f"expected {expected}, got {row}")
    columns = dict(zip(HEADER, zip(*rows, strict=True), strict=True))
    return {
        "text": list(columns["Utterance"]),
        "label": np.array([CLASSES.index(emotion) for emotion in columns["Emotion"]], np.int32),
        "emotion": np.array(columns["Emotion"]),
        "sentiment": np.array(columns["Sentiment"]),
        "speaker": np.array(columns["Speaker"]),
        "dialogue": np.array(columns["Dialogue_ID"], np.int64),
        "utterance": np.array(columns["Utterance_ID"], np.int64),
        "season": np.array(columns["Season"], np.int64),
        "episode": np.array(columns["Episode"], np.int64),
    }


READERS = {
    "meld": Reader(
        dict.fromkeys(STEMS, "meld/text"),
        table,
        ("text", "label", "emotion", "sentiment", "speaker", "dialogue", "utterance", "season", "episode"),
        classes=CLASSES,
    )
}
