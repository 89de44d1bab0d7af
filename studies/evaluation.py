"""Scores of generated text against the truth: the study of the lesson *Evaluate what a model writes*.

First the scores alone, on 400 scenes of level 2 a seed: a true caption against two false ones, with one to five
references. Then captioners of level 1, at 16 pixels: one that sees, asked at six points of its training, and one
trained on black pictures. Scores of their captions with both true captions as references, and with one; the objects
that they name and that are not there; whether the probabilities that they give to sentences tell true ones from false
ones, by kind of falsehood. Last, every seed's captioner judges the false captions of all: does a judge prefer its own?
Five seeds; a seed changes scenes, captions, training pairs, first weights and the order of the batches. Run with
`make studies STUDY=evaluation`.
"""

import time

import keras
import numpy as np

import mmcourse as mm
from mmcourse import caption_trial, judging, metrics
from mmcourse.data import gallery, world

SLUG = "evaluation"
MODULES = ["caption_trial.py", "data/gallery.py", "decode/searching.py", "judging.py", "metrics/edits.py"]
MODULES += ["metrics/hallucination.py", "metrics/overlap.py", "nn/captioners.py", "saying.py", "train.py"]
SEEDS = [1, 2, 3, 4, 5]  # the lesson itself runs seed 0
SCENES, PAIRS, TEST, DIM, RATE = 400, 16000, 1000, 128, 3e-3
POINTS = (50, 100, 200, 400, 600, 800)  # steps of the captioner; the last one ends the training
BLACK = 200


def build(side: int, steps: int):
    """A captioner for pictures of a side, compiled."""
    from mmcourse.nn import captioners, encoders

    encoder = encoders.grid_encoder((side, side, 3))
    model = captioners.captioner(encoder, len(gallery.vocabulary()), gallery.LENGTH - 1, DIM, "gru with picture")
    return mm.train.compile_captioner(model, steps, RATE)


def said_by(model, images: np.ndarray) -> list[str]:
    """The greedy captions."""
    return [gallery.vocabulary().decode(row) for row in mm.decode.greedy(model, {"image": images})]


def scored(scenes: list, said: list[str], drawn: list[str]) -> dict:
    """Truth and scores of captions, and how far each score of a caption alone tells the true from the false ones.

    References are both true captions of a scene, or the one that was drawn.
    """
    both, true = [mm.saying.true_captions(scene) for scene in scenes], truths(scenes, said)
    found = {"true": float(true.mean()), "CHAIR": metrics.chair(scenes, said)}
    for name, texts in (("two", both), ("one", [[caption] for caption in drawn])):
        score = {"BLEU-4": metrics.bleu(texts, said), "ROUGE-L": metrics.rouge_l(texts, said)}
        found[name] = score | {"CIDEr-D": metrics.cider(texts, said)}
        each = {kind: caption_trial.score_each(kind, texts, said) for kind in caption_trial.SCORES}
        mixed = true.any() and not true.all()
        found[f"over false, {name}"] = {
            kind: caption_trial.chance_above(values[true], values[~true]) if mixed else 0.5
            for kind, values in each.items()
        }
    return found


def truths(scenes: list, said: list[str]) -> np.ndarray:
    """(n,) bool: is each caption true?"""
    return np.array([world.is_true(*pair) for pair in zip(scenes, said, strict=True)])


def told(model, images: np.ndarray, probe) -> dict[str, float]:
    """Share of scenes whose true caption is likelier than the one made false, by kind."""
    score = judging.log_likelihood(model)
    true = probe.test.inputs["text"]
    return {kind: judging.told_apart(score, images, true, false) for kind, false in probe.false.items()}


def asked(scenes: list, said: list[str]) -> dict:
    """Scores of "is there a red ring?" by negatives and answerer: the caption names it, or has both words anywhere."""
    found = {}
    for negatives in metrics.hallucination.NEGATIVES:
        nouns, there = metrics.existence_questions(scenes, negatives)
        texts = np.repeat(said, 2)
        named = [noun in metrics.named_objects(text) for noun, text in zip(nouns, texts, strict=True)]
        words = [{noun.color, noun.shape} <= {*text.split()} for noun, text in zip(nouns, texts, strict=True)]
        answerers = {"captioner": named, "two words": words}
        found[negatives] = {name: metrics.probing(there, np.array(given)) for name, given in answerers.items()}
    return found


def own_words(models: list, texts: list[list[str]], test) -> dict[str, list[float]]:
    """For each judge: of the false captions of its own, and of the other models, the share it finds likelier than true.

    The rival is the likelier of the two true captions.
    """
    images = test.inputs["image"]
    both = np.array([mm.saying.true_captions(scene) for scene in test.scenes])
    table = np.zeros((len(models), len(models)))
    for judge, model in enumerate(models):
        score = judging.log_likelihood(model)
        best = np.maximum(*(score(images, gallery.tokens(list(column))) for column in both.T))
        for author, said in enumerate(texts):
            false = ~truths(test.scenes, said)
            table[judge, author] = np.mean(score(images, gallery.tokens(said))[false] > best[false])
    mine = np.eye(len(models), dtype=bool)
    return {"own": table[mine].tolist(), "others": (table.sum(1, where=~mine) / (len(models) - 1)).tolist()}


def learn(probe, seed: int) -> tuple[dict, object, list[str]]:
    """Train both captioners of a seed; what they say is worth, and the one that sees with its captions."""
    pairs, test, run = gallery.training(PAIRS, seed), probe.test, {}
    tokens = pairs.inputs["text"]
    inputs, labels = {"image": pairs.inputs["image"], "tokens": tokens[:, :-1]}, tokens[:, 1:]
    mm.seed(seed)
    model, done, points = build(16, POINTS[-1]), 0, []
    for stop in POINTS:
        mm.train.fit(model, inputs, labels, stop - done, seed=10 * seed + len(points))
        said, done = said_by(model, test.inputs["image"]), stop
        points.append(scored(test.scenes, said, test.captions))
    run["points"] = mm.records.gather(points)
    run["told apart"] = told(model, test.inputs["image"], probe)
    run["asked"] = asked(test.scenes, said)
    mm.seed(seed)
    dark, blind = np.zeros((PAIRS, 4, 4, 3), np.float32), build(4, BLACK)
    mm.train.fit(blind, inputs | {"image": dark}, labels, BLACK, seed=seed)
    dark = dark[:TEST]
    run["black"] = scored(test.scenes, said_by(blind, dark), test.captions)
    drawn = mm.decode.sample(blind, {"image": dark}, seed=seed)
    drawn = [gallery.vocabulary().decode(row) for row in drawn]
    run["black, drawn"] = scored(test.scenes, drawn, test.captions)
    run["black told apart"] = told(blind, dark, probe)
    return run, model, said


def main() -> None:
    """Try the scores, train the captioners of every seed, and write the record."""
    start, probe = time.perf_counter(), mm.composition.probe(TEST)
    runs, models, texts = [], [], []
    for seed in SEEDS:
        trial = caption_trial.draw_trial(SCENES, seed)
        run = {"scores": {str(n): caption_trial.trial_result(trial, n) for n in range(1, 6)}}
        found, model, said = learn(probe, seed)
        runs.append(run | found)
        models.append(model)
        texts.append(said)
        print(seed, found["points"]["true"], found["black"]["two"], f"{time.perf_counter() - start:.0f} s", flush=True)
    results = mm.records.gather(runs) | {"preference": own_words(models, texts, probe.test)}
    results |= {"steps": list(POINTS), "scenes": SCENES, "test_count": TEST}
    data = mm.records.fingerprint(probe.test.inputs["image"], *probe.false.values())
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written, {keras.backend.backend()}")


if __name__ == "__main__":
    mm.setup()
    main()
