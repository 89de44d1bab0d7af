"""Sphinx extension: formulas that are drawn without a network, also from a page opened from disk.

The package `sphinx-mathjax-offline` copies MathJax into the book. Its own choice of script loads fonts, which some
browsers refuse to a page from disk, so the one that draws SVG is used, the variant that carries every TeX package.
"""

from sphinx.application import Sphinx
from sphinx.config import Config

MATHJAX = "mathjax/tex-svg-full.js"


def choose_script(app: Sphinx, config: Config) -> None:
    """Point Sphinx at the script; it has to happen after the package has set its own."""
    config.mathjax_path = MATHJAX


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.setup_extension("sphinx-mathjax-offline")
    app.connect("config-inited", choose_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
