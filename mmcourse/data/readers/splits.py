"""The rule for datasets without an official split."""

import hashlib


def split_of(key: str) -> str:
    """The split of everything that shares `key`, a sentence or the name of a picture: 80 to 10 to 10 by its SHA-256.

    "validation" where the hash modulo 10 is 8, "test" where it is 9, else "train"; the same on every machine.
    """
    return {8: "validation", 9: "test"}.get(int(hashlib.sha256(key.encode()).hexdigest(), 16) % 10, "train")
