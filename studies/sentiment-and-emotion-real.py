"""Sentiment on CMU-MOSI, and why no validation set helps there: the study of *Sentiment and emotion* on real data.

CMU-MOSI (from MMCOURSE_MIRROR, the cache or the internet): 1,447 utterances of 62 videos train, 752 of 31 others test;
features scaled as in `fusion-real`. Twelve of the training videos, drawn by the seed, validate; they are not trained
on. A hidden layer with dropout above each modality, all three joined, attention, a sum, and the mean of the chances.
Then the same classifier in cross-validation: within the training videos, with whole videos kept apart and with rows
drawn at random; and on counts of the transcripts' words in place of the features.
Run with `make studies STUDY=sentiment-and-emotion-real` (about two minutes).
"""

import importlib
import time

import keras
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mmcourse as mm
from mmcourse.nn import fusion
from mmcourse.nn.models import classifier
from mmcourse.nn.moods import mood_chance

SLUG = "sentiment-and-emotion-real"
MODULES = ["data/readers/cmu_mosi.py", "nn/moods.py", "nn/fusion/mixing.py", "nn/fusion/attending.py"]
MODULES += ["nn/fusion/classifying.py", "nn/fusion/missing.py", "experts.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]
STEPS, RATE, HELD_OUT = 200, 2e-3, 12
NAMES = ("audio", "image", "text")
COLUMNS = {"audio": "audio_features", "image": "video_features", "text": "text_features"}


def head() -> keras.Sequential:
    """A hidden layer between two dropouts, and logits."""
    layers = keras.layers
    return keras.Sequential(
        [layers.Dropout(0.3), layers.Dense(32, activation="relu"), layers.Dropout(0.3), classifier(2)]
    )


def arms() -> dict:
    """Name -> modalities, fusion, head."""
    alone = {name: ((name,), fusion.Concatenate(), head()) for name in NAMES}
    joined = {"early": fusion.Concatenate(), "attention": fusion.Attention(32)}
    return (
        alone
        | {name: (NAMES, layer, head()) for name, layer in joined.items()}
        | {"sum": (NAMES, fusion.Concatenate(), classifier(2))}
    )


def scores(truth: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    """Accuracy, and F1 of the class positive."""
    said = (chance > 0.5).astype(int)
    return {"accuracy": float(np.mean(said == truth)), "f1": float(mm.metrics.f1(truth, said))}


def run_seed(seed: int, parts: dict, videos: np.ndarray) -> tuple[dict, dict]:
    """Every arm: scores on held-out training videos and on the test, and the chances on the test."""
    (x, y), (test, truth) = parts["train"], parts["test"]
    held = np.isin(videos, np.random.RandomState(seed).permutation(np.unique(videos))[:HELD_OUT])
    chances, found = {}, {}
    for name, (seen, layer, top) in arms().items():
        mm.seed(seed)
        model = fusion.forgiving_classifier({key: x[key].shape[1] for key in seen}, layer, top, 0.1)
        mm.train.compile_classifier(model, STEPS, RATE)
        inputs = {key: x[key][~held] for key in seen} | {"present": np.ones((np.sum(~held), len(seen)), bool)}
        mm.train.fit(model, inputs, y[~held], STEPS, 64, seed)
        kept = mood_chance(model, {key: x[key][held] for key in seen})
        given = {key: test[key] for key in seen}
        chances[name] = mood_chance(model, given)
        found[name] = {"validation": scores(y[held], kept), "test": scores(truth, chances[name])}
        if name == "early":
            lacking = {gone: mood_chance(model, mm.probe.without(given, gone)) for gone in NAMES}
            found[name]["without"] = {gone: scores(truth, chance) for gone, chance in lacking.items()}
    chances["late"] = np.mean([chances[name] for name in NAMES], axis=0)
    return found | {"late": {"test": scores(truth, chances["late"])}}, chances


def folds(train: dict, test: dict) -> dict:
    """Accuracy of a linear classifier: whole videos kept apart, rows drawn at random, and on the test."""
    found = {}
    for name in (*NAMES, "words"):
        if name == "words":
            x, z = train["text"], test["text"]
            model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(C=3, max_iter=500))
        else:
            x, z = train[COLUMNS[name]], test[COLUMNS[name]]
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
        apart = cross_val_score(model, x, train["label"], groups=train["video"], cv=GroupKFold(10))
        mixed = cross_val_score(model, x, train["label"], cv=KFold(10, shuffle=True, random_state=0))
        own = model.fit(x, train["label"]).score(z, test["label"])
        found[name] = {"videos apart": float(apart.mean()), "rows mixed": float(mixed.mean()), "test": float(own)}
    return found


def gains(truth: np.ndarray, videos: np.ndarray, chances: list[dict]) -> dict:
    """95 % intervals over whole videos: accuracy of text and of early, and what early adds, in the mean of seeds."""
    right = {name: np.mean([(run[name] > 0.5) == truth for run in chances], axis=0) for name in ("text", "early")}
    right["early - text"] = right["early"] - right["text"]
    drawn = {name: mm.metrics.bootstrap(np.mean, (row,), groups=videos) for name, row in right.items()}
    return {name: list(mm.metrics.interval(values)) for name, values in drawn.items()}


def main() -> None:
    """Train every arm on every seed and write the record."""
    start, parts = time.perf_counter(), importlib.import_module("fusion-real").utterances()
    columns = {split: mm.load("cmu_mosi", split) for split in ("train", "test")}
    truth, runs = parts["test"][1], []
    for seed in SEEDS:
        runs.append(run_seed(seed, parts, columns["train"]["video"]))
        print(seed, {arm: round(row["test"]["accuracy"], 3) for arm, row in runs[-1][0].items()}, flush=True)
    negative = int(np.sum(truth == 0) + np.sum(columns["train"]["label"] == 0))
    constant = scores(truth, np.ones(len(truth)))
    results = {"test_count": len(truth), "negative": negative, "constant": constant}
    results |= {"arms": mm.records.gather([run[0] for run in runs]), "folds": folds(columns["train"], columns["test"])}
    results["intervals"] = gains(truth, columns["test"]["video"], [run[1] for run in runs])
    data = mm.records.fingerprint(*(parts["test"][0][name] for name in NAMES), truth)
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
