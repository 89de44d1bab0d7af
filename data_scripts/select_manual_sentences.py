"""Select the sentences of Python's manual that several Python versions share: the list `mmcourse/data/manual.txt`.

    .venv/bin/python data_scripts/select_manual_sentences.py PYTHON PYTHON ... --out mmcourse/data/manual.txt

Each PYTHON is the interpreter of a version that the course supports. A line of the list is a split, a topic and the
hash of a sentence. Topics are kept whole: in the order of the hash of their names they fill the test part to a tenth of
the sentences, then the validation part, and the rest is for training; a topic that would overfill a part by half is
for training too. The text itself is not copied: `mm.load("python_manual")` reads it from the Python that runs.

License of the manual: Python Software Foundation License Version 2.
"""

import argparse
import hashlib
import json
import os
import subprocess
from collections import Counter
from pathlib import Path

from mmcourse.data import manual

_PROGRAM = "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['found']()))"


def found_by(python: str) -> dict[str, list[str]]:
    """Digest -> [topic, sentence] in the manual of another Python. Raises ValueError where that does not run."""
    call = [python, "-c", _PROGRAM, manual.__file__]
    try:
        answer = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        hint = "name a Python with its whole standard library"
        raise ValueError(f"{python} does not give its manual ({error}): {hint}.") from error
    return json.loads(answer.stdout)


def splits(topics: Counter) -> dict[str, str]:
    """Topic -> split, from the number of sentences of each topic."""
    share = sum(topics.values()) / 10
    chosen, filled = dict.fromkeys(topics, "train"), Counter()
    for topic in sorted(topics, key=lambda name: hashlib.sha256(name.encode()).hexdigest()):
        part = "test" if filled["test"] < share else "validation"
        if filled[part] < share and filled[part] + topics[topic] <= 1.5 * share:
            chosen[topic] = part
            filled[part] += topics[topic]
    return chosen


def select(manuals: list[dict]) -> str:
    """The list: what all manuals have, with the topic and in the order of the first."""
    common = [(value[0], key) for key, value in manuals[0].items() if all(key in other for other in manuals)]
    if not common:
        raise ValueError("These manuals have no sentence in common.")
    part = splits(Counter(topic for topic, _ in common))
    return "".join(f"{part[topic]} {topic} {key}\n" for topic, key in common)


def main(arguments: list[str] | None = None) -> None:
    """Ask each Python for its manual and write the list, in one step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", nargs="+", help="interpreters of the versions that shall share the text")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    content = select([found_by(python) for python in options.python])
    temporary = options.out.with_suffix(".part")
    temporary.write_text(content, encoding="utf-8", newline="\n")
    os.replace(temporary, options.out)
    parts = Counter(line.split()[0] for line in content.splitlines())
    print(f"{options.out}: {parts.total():,} sentences", dict(parts))


if __name__ == "__main__":
    main()
