"""How well does a person do? Scores of human captions of photographs: for *On real data* of the lesson on evaluation.

The photographs that lie in the folder by-hand of Flickr8k (`python -m mmcourse.data info flickr8k` prints it), here a
sample of 1,000 in the form of Kaggle's edition, all splits together; only their five captions each are read, in small
letters and without marks. In turn each of the five is the candidate and the others are its references: what a person
gets. Beside it the same place of another photograph's captions, which is false but human, and one sentence for all
photographs: of the first captions of 200 of them the one with the highest CIDEr-D over these; it is scored on the
others. Nothing is trained; instead of a seed, the place of the candidate changes. Run with
`make studies STUDY=evaluation-real`.
"""

import re
import time

import numpy as np

import mmcourse as mm
from mmcourse import caption_trial, metrics

SLUG = "evaluation-real"
MODULES = ["caption_trial.py", "data/readers/flickr8k.py", "metrics/edits.py", "metrics/overlap.py"]
PLACES = [0, 1, 2, 3, 4]
SEARCHED = 200  # photographs, the first ones, among whose captions the one for all is looked for


def plain(caption: str) -> str:
    """Small letters, words of letters and digits alone."""
    return " ".join(re.findall(r"[a-z0-9]+", caption.lower()))


def scores(references: list[list[str]], said: list[str]) -> dict[str, float]:
    """All scores of the captions of all photographs, each a number for the corpus."""
    return {
        "exact match": float(np.mean([text in texts for texts, text in zip(references, said, strict=True)])),
        "BLEU-4": metrics.bleu(references, said),
        "ROUGE-L": metrics.rouge_l(references, said),
        "CIDEr-D": metrics.cider(references, said),
    }


def above(references: list[list[str]], said: list[str], other: list[str]) -> dict[str, float]:
    """For each score the chance that a caption of the photograph is above one of another photograph."""
    found = {}
    for name in caption_trial.SCORES:
        here, there = (caption_trial.score_each(name, references, texts) for texts in (said, other))
        found[name] = caption_trial.chance_above(here, there)
    return found


def main() -> None:
    """Score people against people and write the record."""
    start = time.perf_counter()
    parts = {split: mm.load("flickr8k", split)["captions"] for split in ("train", "validation", "test")}
    parts = {split: [[plain(text) for text in five] for five in rows] for split, rows in parts.items()}
    rows = [five for part in parts.values() for five in part]
    known = parts["train"][:SEARCHED]
    tried = [metrics.cider(known, [five[0]] * len(known)) for five in known]
    everywhere = known[int(np.argmax(tried))][0]
    runs = []
    for place in PLACES:
        said = [five[place] for five in rows]
        references = [[text for number, text in enumerate(five) if number != place] for five in rows]
        other = said[1:] + said[:1]
        run = {"person": scores(references, said), "other photograph": scores(references, other)}
        run["one sentence"] = scores(references[SEARCHED:], [everywhere] * (len(rows) - SEARCHED))
        run["person, one reference"] = scores([texts[:1] for texts in references], said)
        run["above"] = {"4": above(references, said, other), "1": above([t[:1] for t in references], said, other)}
        runs.append(run)
        print(place, run, f"{time.perf_counter() - start:.0f} s", flush=True)
    results = mm.records.gather(runs) | {"photographs": len(rows)}
    results["words"] = float(np.mean([len(text.split()) for five in rows for text in five]))
    results["one sentence has"] = len(everywhere.split())
    letters = np.frombuffer(" ".join(text for five in rows for text in five).encode(), np.uint8)
    path = mm.records.write(
        SLUG, results, PLACES, time.perf_counter() - start, MODULES, mm.records.fingerprint(letters)
    )
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
