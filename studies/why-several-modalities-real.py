"""How many bits do words, voice and face tell about an opinion? The study of *Why several modalities* on real data.

CMU-MOSI (from MMCOURSE_MIRROR, the cache or the internet), features scaled as in `fusion-real`: is the opinion
positive? A linear classifier; a seed draws the nine tenths of the training utterances that it learns from. Run with
`make studies STUDY=why-several-modalities-real` (seconds).
"""

import importlib
import time

import numpy as np
from sklearn.linear_model import LogisticRegression

import mmcourse as mm

SLUG = "why-several-modalities-real"
MODULES = ["data/readers/cmu_mosi.py"]
SEEDS = [1, 2, 3, 4, 5]
STRICT = 0.01  # scikit-learn's C: small weights, the same for all arms
ARMS = {"text": ["text"], "audio": ["audio"], "image": ["image"], "all": ["audio", "image", "text"]}


def told(names: list[str], parts: dict, rows: np.ndarray) -> tuple[float, float]:
    """Bits about the answer, and accuracy, on the test; bits below 0 are worse than the shares of the training."""
    (x, y), (test, truth) = parts["train"], parts["test"]
    model = LogisticRegression(C=STRICT, max_iter=500).fit(np.hstack([x[name] for name in names])[rows], y[rows])
    chance = model.predict_proba(np.hstack([test[name] for name in names]))[:, 1]
    alone = np.mean(y[rows])
    gain = np.where(truth == 1, chance / alone, (1 - chance) / (1 - alone))
    return float(np.log2(gain).mean()), float(np.mean((chance > 0.5) == truth))


def main() -> None:
    """Fit every arm on every seed and write the record."""
    start = time.perf_counter()
    parts = importlib.import_module("fusion-real").utterances()
    results = {"bits": {arm: [] for arm in ARMS}, "accuracy": {arm: [] for arm in ARMS}}
    count = len(parts["train"][1])
    for seed in SEEDS:
        rows = np.random.RandomState(seed).permutation(count)[: count * 9 // 10]
        for arm, names in ARMS.items():
            bits, accuracy = told(names, parts, rows)
            results["bits"][arm].append(bits)
            results["accuracy"][arm].append(accuracy)
    print(results)
    test, truth = parts["test"]
    results |= {"train_count": count, "test_count": len(truth)}
    data = mm.records.fingerprint(*(test[name] for name in sorted(test)), truth)
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
