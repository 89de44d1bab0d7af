"""The studies of *Audio-visual digits* with people: the recordings of the Free Spoken Digit Dataset 1.0.9 (12 MB).

Each of the five speakers met in training, and held out in turn; picture and sound, the noise as in the other studies.
The recordings come from MMCOURSE_MIRROR, the cache or the internet. Five seeds.
Run with `make studies STUDY=audio-visual-digits-real` (about six minutes on two cores).
"""

import importlib
import time

import mmcourse as mm

SLUG = "audio-visual-digits-real"


def main() -> None:
    """Every speaker, heard in training and held out, on every seed; write the record."""
    study = importlib.import_module("audio-visual-digits")
    voices = importlib.import_module("audio-visual-digits-voices")
    start = time.perf_counter()
    speakers = sorted(set(mm.load("fsdd", "test")["speaker"]))
    test = study.fixed_set("test", study.TEST, study.NOISE, spoken="fsdd")
    results = {"noise": study.NOISE, "test_count": study.TEST} | voices.every_voice(study, "fsdd", speakers)
    data = mm.records.fingerprint(*test[0].values(), test[1])
    modules = [*study.MODULES, "data/readers/fsdd.py"]
    path = mm.records.write(SLUG, results, study.SEEDS, time.perf_counter() - start, modules, data)
    print(f"{path.name} written")


if __name__ == "__main__":
    mm.setup()
    main()
