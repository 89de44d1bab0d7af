"""From MyST to plain Markdown: each construction that lessons use, and a clear error for any other."""

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from PIL import Image

from tools import citations
from tools.colab_markdown import convert
from tools.colab_page import Page

BIBLIOGRAPHY = r"""
@misc{one, author = {van der Berg, Ann}, title = {On One}, year = {2001},
      howpublished = {Data, \url{https://x.org/a_b}}}
@misc{two, author = {Po, Bo and {The Group}}, title = {On {TWO} (2)}, year = {2002}}
@misc{many, author = {Li, Fei and Ito, Jun and Fox, Al}, title = {On $n$}, year = {2003}}
@misc{open, author = {Kay, Lu and others}, title = {On}, year = {2004}}
@misc{undated, author = {Kay, Lu}, title = {On}}
@misc{nobodys, title = {On}, year = {2005}}
"""


@pytest.fixture
def page(tmp_path):
    bibliography = tmp_path / "references.bib"
    bibliography.write_text(BIBLIOGRAPHY, encoding="utf-8")
    (tmp_path / "other.md").write_text("(label)=\n# Another page\n\n# Not this\n", encoding="utf-8")
    nbformat.write(new_notebook(cells=[new_markdown_cell("# A *toy*")]), tmp_path / "toy-two.ipynb")
    (tmp_path / "more").mkdir()
    for size, name in enumerate(["dots.png", "more/dots.png", "more/Dots.gif"], start=2):
        Image.new("RGB", (size, 2)).save(tmp_path / name)
    lessons = [tmp_path / "toy.ipynb", tmp_path / "toy-two.ipynb"]
    return Page(lessons[0], lessons, citations.read(bibliography))


def plain(page, text):
    return convert(page, "words", text)


@pytest.mark.parametrize(
    ("myst", "expected"),
    [
        ("# T\n\nA *b* `c`, $a_b$ and [x](https://x.org).\n\n1. d\n   - e", None),
        ("| a | b |\n| --- | --- |\n| `x` | $y$ |\n\n> quoted\n\n---\n\n    code", None),
        ("```python\n{term}`x`\n:::{note}\n```", None),
        ("`` {term}`x` `` and {term}`x`", "`` {term}`x` `` and x"),
        ("$$\na\n$$", None),
        ("{term}`gate` and {term}`gates\n<gate>`", "gate and gates"),
        ("| {term}`a` | {term}`b` |\n| --- | --- |\n| {term}`c <d>` | e |", "| a | b |\n| --- | --- |\n| c | e |"),
        ("- one {term}`a`\n  {term}`b`\n- two", "- one a\n  b\n- two"),
        ("{doc}`other`, {doc}`here <other>`, {doc}`toy-two`", "*Another page* (in the book), here, *A *toy**"),
        ("{ref}`here <self-test>`, [there](other.md), [`up`](#up)", "here, there, `up`"),
        ("{numref}`fig-toy-big-dots`", "Figure “big dots”"),
        ("{numref}`fig-toy-two-big-dots`", "Figure “big dots” of *A *toy**"),
        ("By {eq}`eq-toy-two-sum` and {eq}`eq-toy-sum`.", "By (sum) of *A *toy** and (sum)."),
        ("{numref}`Picture {number} <fig-toy-two-dots>`", "Picture “dots” of *A *toy**"),
        ("{ref}`the sum there <eq-toy-two-sum>`", "the sum there"),
        ("{numref}`Picture %s <fig-toy-dots>` and {ref}`tab-toy-sums`", "Picture “dots” and Table “sums”"),
        (
            "$$\na = b\n$$ (eq-toy-sum-rule)\n\nBy {eq}`eq-toy-sum-rule`.",
            "$$\na = b\n\\tag{sum rule}\n$$\n\nBy (sum rule).",
        ),
        ("```{math}\n:label: eq-toy-x\nx\n```", "$$\nx\n\\tag{x}\n$$"),
        ("```{math}\n:name: eq-toy-x\nx\n```", "$$\nx\n\\tag{x}\n$$"),
        ("```{math}\n  :name: eq-toy-x\nx\n```", "$$\nx\n\\tag{x}\n$$"),
        ("- a\n\n  $$\n  b\n  $$\n- c", None),
        (":::{note}\n$$\na &= b \\\\\nc\n$$ (eq-toy-x)\n:::", "> **Note**\n>\n> $$ a &= b \\\\ c \\tag{x} $$"),
        (":::{tip}\n- a\n\n  $$\n  b\n  c\n  $$\n- d\n:::", "> **Tip**\n>\n> - a\n>\n>   $$ b c $$\n> - d"),
        (":::{tip}\na $b\n= c$\n:::", "> **Tip**\n>\n> a $b = c$"),
        ("> $$ a $$", None),
        ("| $\\Vert x \\Vert$ | `a\\|b` {term}`c` |\n| - | - |", "| $\\Vert x \\Vert$ | `a\\|b` c |\n| - | - |"),
        ("a {math}`x^2`", "a $x^2$"),
        ("(up)=\n## Up\n% a comment\n\n+++\n\nend", "## Up\nend"),
        (":::{note}\nA {term}`b`.\n\n$x$\n:::", "> **Note**\n>\n> A b.\n>\n> $x$"),
        (":::{admonition} A `b`\n:class: tip\nc\n:::", "> **A `b`**\n>\n> c"),
        ("1. a\n\n   :::{tip}\n   b\n   :::\n2. c", "1. a\n\n   > **Tip**\n   >\n   > b\n2. c"),
        (":::{dropdown} Why < {term}`x`?\na\n:::", "<details>\n<summary>Why &lt; x?</summary>\n\na\n\n</details>"),
        (
            ":::{dropdown} Which `x<resolution` {term}`is it`?\na\n:::",
            "<details>\n<summary>Which <code>x&lt;resolution</code> is it?</summary>\n\na\n\n</details>",
        ),
        (
            ":::{admonition} A\n:class: dropdown, tip\nb\n:::",
            "<details>\n<summary>A</summary>\n\nb\n\n</details>",
        ),
        (
            "::::{dropdown} A\n:::{note}\nb\n:::\n::::",
            "<details>\n<summary>A</summary>\n\n> **Note**\n>\n> b\n\n</details>",
        ),
        ("a\n\n:::{dropdown} Solution of 1\n```python\nx\n```\nb\n:::\n\n## c", "a\n\n## c"),
        (":::{table} Sums\n:name: tab-toy-sums\n\n| a |\n| - |\n:::", "**Table “sums”.** Sums\n\n| a |\n| - |"),
        ("```{code-block} python\na\n```", "```python\na\n```"),
    ],
)
def test_conversion(page, myst, expected):
    assert plain(page, myst) == (myst if expected is None else expected)


@pytest.mark.parametrize(
    "opening",
    [
        "{dropdown} Another solution, shorter",
        "{dropdown} The solution",
        "{dropdown} Show the solution of exercise 1",
        "{dropdown} Hint and solution",
        "{dropdown} **Solution**",
        "{dropdown} _SOLUTIONS_",
        "{dropdown} See the solution\n:open:",
        "{admonition} Solution\n:class: dropdown",
        "{admonition} Solution to exercise 2\n:class: dropdown, tip",
        "{admonition} Solution\n:class: tip",
        "{admonition} A solution",
    ],
)
@pytest.mark.parametrize("fence", [":::", "```"])
def test_solution_is_left_out(page, opening, fence):
    assert plain(page, f"a\n\n{fence}{opening}\nsecret\n{fence}\n\nb") == "a\n\nb"


def test_animation_goes_into_the_copy_without_its_still(page):
    text = plain(
        page,
        "````{figure} more/Dots.gif\n:class: screen-only\n:alt: It moves.\n\nA caption.\n\n"
        "```{image} dots.png\n:class: print-only\n:alt: It stands.\n```\n````\n\nEnd.",
    )
    assert "data:image/gif;base64," in text
    assert "It stands" not in text
    assert "image/png" not in text
    assert text.startswith("![It moves.][dots]\n\n**Figure.** A caption.\n\nEnd.")


def test_picture_goes_into_the_copy(page):
    shown = plain(
        page, "```{figure} dots.png\n:name: fig-toy-dots\n:alt: Dots [two].\n\nSome {term}`dots`.\n```\n\nEnd."
    )
    body, _, definition = shown.rpartition("\n\n")
    assert body == "![Dots \\[two\\].][dots]\n\n**Figure “dots”.** Some dots.\n\nEnd."
    assert definition.startswith("[dots]: data:image/png;base64,")
    assert plain(page, "a ![b](dots.png) c").startswith("a ![b][dots] c\n\n[dots]: data:")
    assert plain(page, "no picture") == "no picture"


@pytest.mark.parametrize(
    ("myst", "message"),
    [
        (":::{tab-set}\na\n:::", r"unknown directive \{tab-set\}"),
        ("a {abbr}`b`", r"unknown role \{abbr\}"),
        (":::{note}\na {kbd}`b`\n:::", r"unknown role \{kbd\}"),
        (":::{note}\n:margin: 2\na\n:::", r"directive \{note\}: a copy does not know its options margin"),
        ("> :::{note}\n> a\n> :::", "stands in a quotation"),
        ("{{ where_to_report }}", "substitution"),
        ("a <b>c</b>", "html_inline"),
        ("<div>\na\n</div>", "html_block"),
        ("\\begin{align}\na\n\\end{align}", "amsmath"),
        ("- [ ] task", "html_inline"),
        ("term\n: definition", "dl_open"),
        ("{ref}`self-test`", "the label 'self-test' is not fig-, tab- or eq-<slug>-<name>"),
        ("[](eq-toy-x)", r"the link \[\]\(eq-toy-x\) has no words: write \{numref\}, \{eq\} or \{doc\}"),
        ("[](#fig-toy-x)", "has no words"),
        ("[](other.md) and [here](other.md)", "has no words"),
        ("{numref}`{name} <fig-toy-x>`", r"a copy does not know \{name\}"),
        ("> $$\n> a\n> $$", "stands in a quotation.* or write a formula on one line"),
        (":::{note}\n$$\na % why\nb\n$$\n:::", r"a formula in a box can have no comment \(%\)"),
        ("| $\\|x\\|$ | norm |\n| - | - |", r"write \\Vert or \\mid instead of \\\| in a table"),
        (":::{dropdown} Why $x$?\na\n:::", "the title of a closed box can hold words and code only"),
        (":::{dropdown} *Why?*\na\n:::", "words and code only"),
        (":::{dropdown}\na\n:::", r"directive \{dropdown\} has no title"),
        (":::{admonition}\n:class: tip\na\n:::", r"directive \{admonition\} has no title"),
        (":::{note} Solution of 1\na\n:::", r"a solution stands in a \{dropdown\}"),
        (":::{solution} x\ny\n:::", r"unknown directive \{solution\}"),
        ("![a](dots.png) ![b](more/dots.png)", "two pictures are called 'dots'"),
        ("![a](dots.png) ![b](more/Dots.gif)", "two pictures are called 'dots'"),
        ("{cite:t}`undated`", "'undated' has no year"),
        ("{cite:p}`nobodys`", "'nobodys' has no author"),
        ("{eq}`eq-other-sum`", "the label 'eq-other-sum' is not"),
        ("{doc}`nowhere`", "there is no page 'nowhere'"),
        ("{cite:p}`nobody`", "'nobody' is no key of the bibliography"),
        ("![a](https://x.org/a.png)", r"the picture https://x\.org/a\.png lies elsewhere"),
        ("```{figure} gone.png\n```", r"there is no picture gone\.png"),
    ],
)
def test_what_a_copy_cannot_show_is_refused(page, myst, message):
    with pytest.raises(ValueError, match=f"lesson toy, cell 'words': .*{message}"):
        plain(page, myst)


def test_citations(page):
    text = "{cite:p}`one`; {cite:p}`two, many`; {cite:t}`open` and {cite:t}`two`"
    assert plain(page, text) == (
        "(van der Berg, 2001); (Po and The Group, 2002; Li et al., 2003); Kay et al. (2004) and Po and The Group (2002)"
    )
    assert page.cited == {"one", "two", "many", "open"}


def test_list_of_references(page):
    works = citations.listing(page.bibliography, ["two", "one"]).split("\n")
    assert works == [
        "- Bo Po and The Group. On TWO (2). 2002.",
        "- Ann van der Berg. On one. Data, https://x.org/a_b, 2001.",
    ]
