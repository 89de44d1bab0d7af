"""The study of *Hidden states*: what a chain adds to noisy digits, a secret chain found, and letters sorted by kind.

Run with `make studies STUDY=hidden-states`; nothing is fetched.
"""

import re
import time

import numpy as np

import mmcourse as mm
from mmcourse.data import chains
from mmcourse.data.text import END, START, CharacterVocabulary
from mmcourse.nn import hidden_markov as hmm
from mmcourse.nn.counting import NGrams

SLUG = "hidden-states"
SEEDS = [1, 2, 3, 4, 5]
COUNT, LENGTH, NOISE = 100, 20, 0.9  # strips, digits in each, standard deviation of the noise
LEVELS = [0.3, 0.6, 0.9, 1.2, 1.5]
FILM_NOISE = 1.2
AMOUNTS = [5, 10, 20, 50, 100]  # strips to learn a chain from
STEPS = 40  # of Baum and Welch, for the chain of a counter
LETTERS = " abcdefghijklmnopqrstuvwxyz"
STARTS, LETTER_STEPS = 15, 100
STATES, TEXT_STEPS, TEXT_SEEDS = [1, 2, 8, 32], 40, SEEDS[:3]
MODULES = ["data/chains.py", "nn/hidden_markov.py", "nn/counting.py", "data/manual.txt", "data/text/vocabulary.py"]


def readings(chain: chains.Chain, seen: np.ndarray) -> dict[str, np.ndarray]:
    """Digits (B, T), each picture alone, with what came before, with both sides, and the most probable path."""
    return {
        "chain alone": seen.argmax(-1),
        "chain before": hmm.forward_numpy(chain, seen)[0].argmax(-1),
        "chain both": hmm.posterior_numpy(chain, seen).argmax(-1),
        "chain path": hmm.viterbi_numpy(chain, seen)[0],
    }


def possible(chain: chains.Chain, paths: np.ndarray) -> np.ndarray:
    """(B,) whether all moves of a path have a probability above 0."""
    return (chain.move[paths[:, :-1], paths[:, 1:]] > 0).all(1)


def read(seed: int, noise: float) -> dict:
    """Share of digits and of whole strips read right by each reader, and what the model thinks of its own readings."""
    chain = chains.counter(1)
    pictures, digits = chains.strips(chain, COUNT, LENGTH, noise, np.random.RandomState(seed))
    seen = chains.likelihood(pictures, noise)
    found = readings(chain, seen)
    return {
        "right": {name: float((paths == digits).mean()) for name, paths in found.items()},
        "whole": {name: float((paths == digits).all(1).mean()) for name, paths in found.items()},
        "possible": {name: float(possible(chain, paths).mean()) for name, paths in found.items()},
        "sure": float(hmm.posterior_numpy(chain, seen).max(-1).mean()),
    }


def secret(seed: int, amount: int) -> dict:
    """A counter that goes up by 3, its chain learned from strips without labels: moves found, digits read right."""
    right = chains.counter(3)
    pictures, digits = chains.strips(right, COUNT, LENGTH, NOISE, np.random.RandomState(seed))
    seen = chains.likelihood(pictures, NOISE)
    chain = chains.Chain(np.full(10, 0.1), np.full((10, 10), 0.1))
    for _ in range(STEPS):
        chain, _, _ = hmm.chain_step(chain, seen[:amount])
    best = hmm.posterior_numpy(right, seen).argmax(-1)
    return {
        "moves": int((chain.move.argmax(1) == right.move.argmax(1)).sum()),
        "learned": float((hmm.posterior_numpy(chain, seen).argmax(-1) == digits).mean()),
        "told": float((best == digits).mean()),
        "alone": float((seen.argmax(-1) == digits).mean()),
    }


def two_counters() -> tuple[chains.Chain, chains.Chain]:
    """Strips of a counter by 1 or by 3: the chain of 20 states that drew them, and the best one of 10 states."""
    one, three = chains.counter(1), chains.counter(3)
    zeros = np.zeros((10, 10))
    full = chains.Chain(np.full(20, 0.05), np.block([[one.move, zeros], [zeros, three.move]]))
    return full, chains.Chain(one.start, (one.move + three.move) / 2)


def forgetting(seed: int) -> dict[str, float]:
    """Share of digits read right, where each strip is one of two counters, by a model with 10 and with 20 states."""
    full, short = two_counters()
    pictures, digits = chains.strips(full, COUNT, LENGTH, NOISE, np.random.RandomState(seed))
    seen = chains.likelihood(pictures, NOISE)
    both = hmm.posterior_numpy(full, np.tile(seen, 2)).reshape(COUNT, LENGTH, 2, 10).sum(2)
    return {
        "alone": float((seen.argmax(-1) == digits).mean()),
        "10 states": float((hmm.posterior_numpy(short, seen).argmax(-1) == digits).mean()),
        "20 states": float((both.argmax(-1) == digits).mean()),
    }


def copies(seed: int) -> dict[str, float]:
    """How sure a model is of a slow film, and how often right: five frames a digit, each with noise, or copies."""
    chain, noise = chains.counter(1), FILM_NOISE
    slow = chains.Chain(chain.start, 0.8 * np.eye(10) + 0.2 * chain.move)
    random = np.random.RandomState(seed)
    still, digits = chains.strips(chain, COUNT, LENGTH, 0, random)
    frames = np.repeat(still, 5, axis=1)
    fresh = frames + noise * random.standard_normal(frames.shape)
    same = np.repeat(still + noise * random.standard_normal(still.shape), 5, axis=1)
    found = {}
    for name, film in {"fresh": fresh, "copied": same}.items():
        posterior = hmm.posterior_numpy(slow, chains.likelihood(film, noise))
        found[f"{name}, sure"] = float(posterior.max(-1).mean())
        found[f"{name}, right"] = float((posterior.argmax(-1) == np.repeat(digits, 5, axis=1)).mean())
    return found


def letter_rows() -> np.ndarray:
    """(B, 100) numbers in LETTERS: the manual in small letters, whatever else as one space."""
    text = " ".join(mm.load("python_manual", "train")["text"]).lower()
    tokens = np.array([LETTERS.index(letter) for letter in re.sub("[^a-z]+", " ", text)])
    return tokens[: len(tokens) // 100 * 100].reshape(-1, 100)


def sort_letters(rows: np.ndarray, seed: int) -> dict:
    """Two states learned from a random start: bits a letter, and the letters of the state that has the e."""
    chain, emission = hmm.random_tables(2, len(LETTERS), np.random.RandomState(seed))
    bits = []
    for _ in range(LETTER_STEPS):
        chain, emission, total = hmm.baum_welch_step(chain, emission, rows)
        bits.append(-total / rows.size / np.log(2))
    favorite = emission.argmax(0)
    kind = "".join(letter for letter, state in zip(LETTERS, favorite, strict=True) if state == favorite[5])
    return {"bits": [round(value, 4) for value in bits], "with e": kind}


def bits_of(chain: chains.Chain, emission: np.ndarray, rows: list[list[int]]) -> float:
    """Mean bits of a token after START, in rows START … END; each token keeps at least one chance in 100,000."""
    mask = np.arange(max(map(len, rows))) < np.array([len(row) for row in rows])[:, None]
    tokens = np.zeros(mask.shape, int)
    tokens[mask] = np.concatenate(rows)
    emission = (1 - 1e-5) * emission + 1e-5 / emission.shape[1]
    seen = hmm.seen_of(emission, tokens, mask)
    whole, first = hmm.forward_numpy(chain, seen)[1], hmm.forward_numpy(chain, seen[:, :1])[1]
    return float(-(whole - first).sum() / np.log(2) / (mask.sum() - len(rows)))


def text_bits() -> dict:
    """Bits a character of the manual's test sentences: counting, and hidden states by number and seed."""
    texts = {split: list(mm.load("python_manual", split)["text"]) for split in ("train", "test")}
    vocabulary = CharacterVocabulary().fit(texts["train"], 1000)
    rows = {split: [[START, *vocabulary.encode(text), END] for text in part] for split, part in texts.items()}
    stream = np.concatenate(rows["train"])
    pieces = stream[: len(stream) // 100 * 100].reshape(-1, 100)
    found = {}
    for states in STATES:
        found[str(states)] = []
        for seed in TEXT_SEEDS:
            chain, emission = hmm.random_tables(states, len(vocabulary), np.random.RandomState(seed))
            for _ in range(TEXT_STEPS if states > 1 else 1):
                chain, emission, _ = hmm.baum_welch_step(chain, emission, pieces)
            found[str(states)].append(bits_of(chain, emission, rows["test"]))
        print(states, found[str(states)], flush=True)
    counting = {str(n): NGrams(n, len(vocabulary)).fit(rows["train"]).bits(rows["test"]) for n in (1, 2, 3)}
    return {"hidden": found, "counting": counting, "characters": len(vocabulary)}


def gather(runs: list[dict], name: str) -> dict[str, list]:
    """The values of one table of the runs, by reader: {reader: [run 1, run 2, …]}."""
    return {reader: [run[name][reader] for run in runs] for reader in runs[0][name]}


def main() -> None:
    """Run every part on every seed and write the record."""
    start = time.perf_counter()
    levels = {}
    for noise in LEVELS:
        runs = [read(seed, noise) for seed in SEEDS]
        levels[str(noise)] = {name: gather(runs, name) for name in ("right", "whole", "possible")}
        levels[str(noise)]["sure"] = [run["sure"] for run in runs]
        print(noise, {name: np.mean(v) for name, v in levels[str(noise)]["right"].items()}, flush=True)
    found = {amount: [secret(seed, amount) for seed in SEEDS] for amount in AMOUNTS}
    forgot, films = ([part(seed) for seed in SEEDS] for part in (forgetting, copies))
    rows = letter_rows()
    results = {
        "setting": {"count": COUNT, "length": LENGTH, "noise": NOISE, "steps": STEPS, "letter steps": LETTER_STEPS},
        "levels": levels,
        "secret": {str(a): {key: [run[key] for run in runs] for key in runs[0]} for a, runs in found.items()},
        "forgetting": {name: [run[name] for run in forgot] for name in forgot[0]},
        "copies": {name: [run[name] for run in films] for name in films[0]},
        "letters": [sort_letters(rows, seed) for seed in range(1, STARTS + 1)],
        "text": text_bits(),
    }
    pictures, digits = chains.strips(chains.counter(1), COUNT, LENGTH, NOISE, np.random.RandomState(SEEDS[0]))
    data = mm.records.fingerprint(pictures, digits, rows)
    path = mm.records.write(SLUG, results, SEEDS, time.perf_counter() - start, MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
