"""Speed of the course's own data code beside a well-known library: log-mel, image loading, byte-pair encoding.

python benchmarks/data.py

Course and library do the same work in turn, in one process, and the median of the repeats counts; where the results are
arrays they are compared first. Ends with exit code 1 where log-mel is slower than librosa or loading a picture has
less than 0.9 of the speed of Pillow. Byte-pair encoding has no such limit: it is Python that one can read, and a lesson
that needs speed takes the library `tokenizers`, which is written in Rust.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import mmcourse as mm
from mmcourse.data import audio, image, text
from mmcourse.data.text.byte_pair import PATTERN

REPEATS = 31
SOUNDS = {  # (B, samples), then rate, frame, hop, bands
    "log-mel, 256 sounds of 1 s at 8 kHz": ((256, 8000), (8000, 256, 128, 32)),
    "log-mel, 1 sound of 30 s at 16 kHz": ((1, 480_000), (16_000, 512, 160, 40)),
}
SIZES = (1000, 4000)  # tokens of the byte-pair vocabularies


def race(course: Callable, library: Callable, repeats: int = REPEATS) -> tuple[float, float]:
    """Median milliseconds of the two, which take turns."""
    times = {course: [], library: []}
    for function in times:
        function()
    for _ in range(repeats):
        for function, taken in times.items():
            start = time.perf_counter()
            function()
            taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[course]), statistics.median(times[library])


def log_mel(shape: tuple[int, int], settings: tuple) -> tuple[float, float]:
    """Waveforms to log-mel frames, beside librosa with the same window, filters and logarithm."""
    import librosa

    rate, frame, hop, bands = settings
    sounds = np.random.RandomState(0).uniform(-0.3, 0.3, shape).astype(np.float32)

    def course():
        return audio.log_mel(sounds, *settings)

    def library():
        power = librosa.feature.melspectrogram(
            y=sounds, sr=rate, n_fft=frame, hop_length=hop, n_mels=bands, htk=True, norm=None, center=False
        )
        return np.log1p(power)

    np.testing.assert_allclose(course(), library().transpose(0, 2, 1), atol=1e-4)
    return race(course, library)


def photographs(load: Callable[[Path], np.ndarray], library: Callable) -> tuple[float, float]:
    """Two JPEG files of scikit-learn, 640 by 427 pixels, to float32; `library` makes of a Pillow picture another."""
    import sklearn
    from PIL import Image

    folder = Path(sklearn.__file__).parent / "datasets" / "images"
    files = [folder / name for name in ("china.jpg", "flower.jpg")]

    def directly() -> list[np.ndarray]:
        return [np.asarray(library(Image.open(file).convert("RGB")), np.float32) / 255 for file in files]

    return race(lambda: [load(file) for file in files], directly)


def tokenizer(texts: list[str], size: int):
    """The library's byte-pair encoding with the course's rule for words."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    words = pre_tokenizers.Split(Regex(PATTERN), behavior="isolated")
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.pre_tokenizer = pre_tokenizers.Sequence([words, letters])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size - 4, min_frequency=2, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator(texts, trainer)
    return made


def byte_pairs(texts: list[str], size: int) -> dict[str, tuple[float, float]]:
    """Fitting and encoding; the course's cache of words starts empty each time."""
    fitted, made = text.BytePairVocabulary().fit(texts, size), tokenizer(texts, size)

    def encode():
        fresh = text.BytePairVocabulary._from_content(fitted._content())
        return [fresh.encode(one) for one in texts]

    fit = race(lambda: text.BytePairVocabulary().fit(texts, size), lambda: tokenizer(texts, size), repeats=5)
    return {"fit": fit, "encode": race(encode, lambda: made.encode_batch(texts), repeats=5)}


def main() -> None:
    """Print the table; exit 1 where a limit is missed."""
    rows = {name: (*log_mel(*task), 1.0) for name, task in SOUNDS.items()}
    square = (224, 224)
    rows["JPEG to array, `image.decode`"] = (*photographs(image.decode, lambda picture: picture), 0.9)
    small = photographs(lambda file: image.read(file, 224), lambda picture: picture.resize(square))
    rows["JPEG to 224 by 224, `image.read`"] = (*small, 0.9)
    floats = photographs(lambda file: image.resize(image.decode(file), square), lambda picture: picture.resize(square))
    rows["JPEG to 224 by 224, `decode`, then `resize` as float32"] = (*floats, None)
    texts = mm.load("python_manual", "train")["text"]
    for size in SIZES:
        for what, times in byte_pairs(texts, size).items():
            rows[f"byte pairs, {what}, {size:,} tokens"] = (*times, None)
    print("| task | course (ms) | library (ms) | speed of the course / library |\n| --- | --- | --- | --- |")
    for name, (course, library, _) in rows.items():
        print(f"| {name} | {course:.1f} | {library:.1f} | {library / course:.2f} |")
    missed = [name for name, (course, library, least) in rows.items() if least and library / course < least]
    sys.exit(f"too slow: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
