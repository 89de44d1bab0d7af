"""The words inside figures, by key, from `labels.toml`."""

import tomllib
from importlib.resources import files

LABELS: dict[str, str] = tomllib.loads(files("mmcourse").joinpath("labels.toml").read_text(encoding="utf-8"))
