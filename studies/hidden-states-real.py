"""The study of *Hidden states* on people: strips of spoken digits, by a voice that the listener has never heard.

Needs the Free Spoken Digit Dataset 1.0.9 (12 MB): from MMCOURSE_MIRROR, the cache or the internet. In place of seeds
each of the five voices is the new one once. Run with `make studies STUDY=hidden-states-real`.
"""

import importlib
import time

import numpy as np

import mmcourse as mm
from mmcourse.data import chains, spoken_strips
from mmcourse.nn import hidden_markov as hmm

SLUG = "hidden-states-real"
MODULES = ["data/chains.py", "data/spoken_strips.py", "data/audio.py", "data/readers/fsdd.py", "nn/hidden_markov.py"]


def main() -> None:
    """Hear every voice with and without the chain, and write the record."""
    study = importlib.import_module("hidden-states")
    start = time.perf_counter()
    parts = [mm.load("fsdd", split) for split in ("train", "test")]
    data = {name: np.concatenate([part[name] for part in parts]) for name in ("audio", "label", "speaker")}
    voices = sorted(set(data["speaker"].tolist()))
    chain, scores, sure = chains.counter(1), [], []
    for number, voice in enumerate(voices):
        found, labels = spoken_strips.recognized(data, voice)
        rows = spoken_strips.draw(labels, chain, study.COUNT, study.LENGTH, np.random.RandomState(number))
        paths = study.readings(chain, found[rows])
        scores.append({name: float((path == labels[rows]).mean()) for name, path in paths.items()})
        sure.append(float(hmm.posterior_numpy(chain, found[rows]).max(-1).mean()))
        print(voice, scores[-1], flush=True)
    results = {
        "voices": voices,
        "sounds": len(data["label"]),
        "setting": {"count": study.COUNT, "length": study.LENGTH},
        "accuracy": {name: [score[name] for score in scores] for name in scores[0]},
        "sure": sure,
    }
    hashed = mm.records.fingerprint(spoken_strips.features(data["audio"][:100]), data["label"])
    seeds = list(range(len(voices)))
    path = mm.records.write(SLUG, results, seeds, time.perf_counter() - start, MODULES, hashed)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
