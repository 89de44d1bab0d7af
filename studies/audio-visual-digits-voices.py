"""Leave one speaker out, every voice in turn: the study of *Audio-visual digits* with a voice that was never heard.

Each of the six voices is alone in a test: of models that met it in training, and of models that did not. Experts of
picture and sound, fused at inference, against their concatenation, trained together. Five seeds.
Run with `make studies STUDY=audio-visual-digits-voices` (about seven minutes on two cores).
"""

import importlib
import time

import mmcourse as mm
from mmcourse.nn import fusion

SLUG = "audio-visual-digits-voices"


def trained(study, seed: int, **choice) -> tuple:
    """Experts of picture and sound, and their concatenation, trained on the speakers of `choice`."""
    data = study.training_set(seed, **choice)
    apart = study.train_experts(study.PAIR, *data, seed)
    return apart, study.train_joint(fusion.Concatenate, study.PAIR, data, seed)


def tested(study, models: tuple, inputs: dict, labels) -> dict[str, float]:
    """Accuracy of five arms on one set."""
    apart, joint = models
    told = study.probabilities(apart, inputs)
    rows = told | study.fused(told, study.PAIR)
    rows["concatenate"] = study.probabilities(joint, study.with_present(inputs, study.PAIR))
    return {arm: study.scores(chances, labels)["accuracy"] for arm, chances in rows.items()}


def every_voice(study, spoken: str, voices: list[str]) -> dict:
    """{"heard" or "new": {voice: {arm: a number a seed}}}: each voice met in training, and held out in turn."""
    fixed = {"spoken": spoken, "noise": study.NOISE}
    sets = {voice: study.fixed_set("test", study.TEST, speakers=[voice], **fixed) for voice in voices}
    runs = {"heard": {voice: [] for voice in voices}, "new": {voice: [] for voice in voices}}
    for seed in study.SEEDS:
        all_voices = trained(study, seed, spoken=spoken)
        for voice in voices:
            others = [name for name in voices if name != voice]
            runs["heard"][voice].append(tested(study, all_voices, *sets[voice]))
            runs["new"][voice].append(tested(study, trained(study, seed, spoken=spoken, speakers=others), *sets[voice]))
        print(seed, {voice: rows[-1]["audio"] for voice, rows in runs["new"].items()}, flush=True)
    return {key: {voice: study.gather(rows) for voice, rows in found.items()} for key, found in runs.items()}


def main() -> None:
    """Hold out every voice on every seed and write the record."""
    study = importlib.import_module("audio-visual-digits")
    start = time.perf_counter()
    results = {"noise": study.NOISE, "test_count": study.TEST}
    results |= every_voice(study, "spoken_digits", mm.data.speech.voices())
    test = study.fixed_set("test", study.TEST, study.NOISE)
    data = mm.records.fingerprint(*test[0].values(), test[1])
    path = mm.records.write(SLUG, results, study.SEEDS, time.perf_counter() - start, study.MODULES, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
