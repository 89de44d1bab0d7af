"""Make the speech bank: ten digits and the words of the picture world, spoken by six voices of eSpeak NG.

Run by a person, once, when a word or voice is added (needs the program `espeak-ng`; Debian package of that name):

    .venv/bin/python data_scripts/make_speech_bank.py

It writes `mmcourse/data/bank/<voice>.ogg` (one Vorbis file a voice, 8 kHz, mono) and `mmcourse/data/bank/index.json`,
which says where each clip stands. A digit is spoken ten times a voice at different speeds and pitches, any other word
once. The same version of eSpeak NG gives the same sounds again.

Licence: eSpeak NG is free software under the GPL 3; that licence covers the program, not what it says.
The bank is our own work and is published under CC BY 4.0.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

BANK = Path(__file__).parents[1] / "mmcourse" / "data" / "bank"
RATE = 8000
PAUSE = 0.02  # seconds of silence between two clips
TAKES = 10  # takes of a digit; every other word has one
LIMIT = 1_000_000  # bytes of the whole bank

VOICES = {
    "anna": "en-us+f3",
    "ben": "en-gb+m3",
    "clara": "en-gb-x-rp+f4",
    "david": "en-gb-scotland+m7",
    "emily": "en-029+f2",
    "frank": "en-us+m1",
}
DIGITS = "zero one two three four five six seven eight nine".split()
WORLD = """
a an and are as at background black blue bottom brown center circle circles color corner cross crosses cyan dark
diamond diamonds far fewer gray green heart hearts how in is it large left light many middle more next no not object
objects of on orange picture pink purple red right ring rings same shape size small square squares star stars than the
there to top triangle triangles under above below what which white with yellow yes
""".split()


def synthesize(text: str, voice: str, speed: int, pitch: int) -> np.ndarray:
    """One clip (samples,) float32 at 8 kHz, silence trimmed, at a common loudness; speed in words a minute."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", path, text], check=True)
        sound, rate = soundfile.read(path)
    sound = resample_poly(sound, RATE, rate)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    sound = sound[loud[0] : loud[-1] + 1]
    fade = np.linspace(0, 1, 40)  # 5 ms, so that no clip starts or ends with a click
    sound[:40] *= fade
    sound[-40:] *= fade[::-1]
    sound *= 0.12 / np.sqrt(np.mean(sound**2))
    return (sound / max(1, np.abs(sound).max() / 0.98)).astype(np.float32)


def clips(voice: str):
    """Yield (word, take, sound): take 0 at ordinary speed and pitch, the others drawn from fixed random numbers."""
    random = np.random.RandomState(sorted(VOICES).index(voice))
    for word in DIGITS:
        for take in range(TAKES):
            speed, pitch = (150, 50) if take == 0 else (int(random.randint(110, 210)), int(random.randint(20, 80)))
            yield word, take, synthesize(word, VOICES[voice], speed, pitch)
    for word in sorted(WORLD):
        yield word, 0, synthesize(word, VOICES[voice], 150, 50)


def write_voice(voice: str, folder: Path) -> list:
    """Write `<voice>.ogg` and return its index: [word, take, start, length] in samples for each clip."""
    index, position, pause = [], 0, np.zeros(int(PAUSE * RATE), np.float32)
    with soundfile.SoundFile(
        folder / f"{voice}.ogg", "w", RATE, 1, format="OGG", subtype="VORBIS", compression_level=1.0
    ) as file:
        file.write(pause)
        position += len(pause)
        for word, take, sound in clips(voice):  # clip by clip: libsndfile crashes on minutes of Vorbis in one call
            file.write(sound)
            file.write(pause)
            index.append([word, take, position, len(sound)])
            position += len(sound) + len(pause)
    return index


def main() -> None:
    """Write the bank next to the old one and put it in place only when it is complete and small enough."""
    if shutil.which("espeak-ng") is None:
        sys.exit("This script needs the program espeak-ng (Debian: apt-get install espeak-ng).")
    version = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout.split()[3]
    with tempfile.TemporaryDirectory(dir=BANK.parent) as folder:
        new = Path(folder) / "bank"
        new.mkdir()
        index = {
            "license": "CC BY 4.0; the mmcourse authors",
            "recipe": f"data_scripts/make_speech_bank.py with eSpeak NG {version}",
            "rate": RATE,
            "voices": VOICES,
            "digits": DIGITS,
            "words": sorted(WORLD),
            "takes": TAKES,
            "clips": {voice: write_voice(voice, new) for voice in sorted(VOICES)},
        }
        (new / "index.json").write_text(json.dumps(index, separators=(",", ":")) + "\n")
        size = sum(path.stat().st_size for path in new.iterdir())
        if size > LIMIT:
            sys.exit(f"The bank has {size:,} bytes, the limit is {LIMIT:,}: remove takes or words, or compress more.")
        shutil.rmtree(BANK, ignore_errors=True)
        shutil.move(new, BANK)
    print(f"{sum(map(len, index['clips'].values()))} clips, {size:,} bytes, {len(VOICES)} voices")


if __name__ == "__main__":
    main()
