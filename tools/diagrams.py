"""Draw every Mermaid source in `book/figures` as the SVG beside it, where that SVG is missing or stale.

Run by a person who has changed a diagram: `make diagrams`. It needs Node.js (for `npx`) and a Chromium or Chrome; the
first run fetches Mermaid's command line. The book itself needs neither: it shows the committed SVG. The SVG names the
hash of all it is made from, and a test compares that hash.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FIGURES = Path(__file__).resolve().parents[1] / "book" / "figures"
MERMAID = "@mermaid-js/mermaid-cli@11.17.0"
FONT = "Arial, Helvetica, sans-serif"
CONFIG = {
    "theme": "neutral",
    "htmlLabels": False,  # real SVG text: an HTML label inside an SVG is not drawn by an <img>
    "fontFamily": FONT,
    "themeVariables": {"fontFamily": FONT, "fontSize": "18px"},
    "flowchart": {"htmlLabels": False, "useMaxWidth": False, "nodeSpacing": 24, "rankSpacing": 36},
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def fingerprint(source: str) -> str:
    """Hash (SHA-256, hexadecimal) of a Mermaid source with the configuration and version that draw it."""
    return hashlib.sha256(json.dumps([source, CONFIG, MERMAID]).encode()).hexdigest()


def is_fresh(source: Path) -> bool:
    """Whether the SVG beside `source` exists and is made from it."""
    svg = source.with_suffix(".svg")
    return svg.exists() and fingerprint(source.read_text(encoding="utf-8")) in svg.read_text(encoding="utf-8")


def draw(source: Path, browser: str) -> None:
    """Write the SVG of `source` beside it. Raises CalledProcessError where Mermaid refuses the source."""
    with tempfile.TemporaryDirectory() as folder:
        config, puppeteer, svg = (Path(folder) / name for name in ("config.json", "puppeteer.json", "out.svg"))
        config.write_text(json.dumps(CONFIG), encoding="utf-8")
        puppeteer.write_text(json.dumps({"executablePath": browser, "args": ["--no-sandbox"]}), encoding="utf-8")
        command = [shutil.which("npx"), "--yes", MERMAID, "--input", source, "--output", svg, "--configFile", config]
        command += ["--puppeteerConfigFile", puppeteer, "--backgroundColor", "transparent", "--quiet"]
        environment = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1", "PUPPETEER_EXECUTABLE_PATH": browser}
        subprocess.run(command, check=True, env=environment)
        drawing = svg.read_text(encoding="utf-8").strip()
    text = source.read_text(encoding="utf-8")
    note = f"<!-- made by tools/diagrams.py from {source.name}, {fingerprint(text)} -->"
    drawing = re.sub(r"(<svg[^>]*>)", lambda start: start.group(1) + note, drawing, count=1)
    source.with_suffix(".svg").write_text(drawing + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Draw what is stale; say so for each diagram."""
    stale = [source for source in sorted(FIGURES.glob("*.mmd")) if not is_fresh(source)]
    if not stale:
        print("Every diagram is made from its source.")
        return
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or shutil.which("npx") is None:
        sys.exit(f"To draw {', '.join(s.name for s in stale)}: install Node.js (npx) and Chromium or Chrome.")
    for source in stale:
        draw(source, browser)
        print(f"drawn: {source.with_suffix('.svg').name}")


if __name__ == "__main__":
    main()
