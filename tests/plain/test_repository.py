"""The repository as a whole: versions that agree, no address of one machine, the style limits of the architecture."""

import ast
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = {"linux": "posix", "darwin": "posix", "win32": "nt"}
NAMED_PACKAGES = ["jupyter-book", "jupyterlab", "tensorflow", "matplotlib", "numpy", "nbval"]

ABSOLUTE_PATH = re.compile(r"(?<![\w.-])/(?:home|root|work|Users)/\w|\b[A-Z]:\\+(?:Users|Windows)")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|anaconda|test\.pypi)\.(?:org|com)\b")

ARGUMENTS = 6
FUNCTION_LINES = 40
FILE_LINES = 250
OTHER_FRAMEWORKS = {"tensorflow", "jax", "torch"}
NOT_NEUTRAL = {"Lambda", "TextVectorization", "train_step"}
CHECKING_CALL = re.compile(r"assert.*|raises|warns|to_.*")


def modules(*folders):
    """Path and syntax tree of each Python file below folders of the project."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def called_name(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def environment(python, system):
    names = {"python_version": python, "python_full_version": f"{python}.7", "sys_platform": system}
    return {**default_environment(), **names, "os_name": SYSTEMS[system], "implementation_name": "cpython"}


def flat_requirements(extra):
    """The requirements of the package and of one extra, with its own extras resolved."""
    texts = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"][extra]]
    found = []
    for requirement in map(Requirement, texts):
        if requirement.name == PROJECT["name"]:
            found += [inner for name in sorted(requirement.extras) for inner in flat_requirements(name)]
        else:
            found.append(requirement)
    return found


def constraints(python, system):
    """Name and version of each line of constraints.txt that applies."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    given = [Requirement(line) for line in lines if line and not line.startswith("#")]
    env = environment(python, system)
    return [(line.name, str(line.specifier)) for line in given if line.marker is None or line.marker.evaluate(env)]


def text_files():
    """Names and texts of the files of the project: those that git knows or would add."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("git or the repository of git is missing: no list of the project's own files")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    contents = {path: path.read_bytes() for path in paths if path.is_file()}
    return [
        (path.relative_to(ROOT).as_posix(), content.decode("utf-8"))
        for path, content in contents.items()
        if b"\0" not in content[:8192]
    ]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_satisfy_every_requirement(python, system):
    pinned = constraints(python, system)
    versions = dict(pinned)
    assert len(versions) == len(pinned), "a package is pinned twice for one version of Python"
    wrong = [
        str(requirement)
        for requirement in flat_requirements("dev")
        if requirement.name not in versions
        or not requirement.specifier.contains(versions[requirement.name].removeprefix("=="))
    ]
    assert wrong == []


def test_constraints_are_plain_pins():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9.-]+==[^\s;@/]+( ; [^@/]+)?|#[^/]*", line)] == []


def test_conda_environment_agrees():
    environment_file = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = environment_file["dependencies"]
    assert environment_file["name"] == PROJECT["name"]
    assert python == "python=3.12"
    assert python.removeprefix("python=") in SpecifierSet(PROJECT["requires-python"])
    assert pip == "pip"
    assert packages["pip"] == ["-c constraints.txt", *NAMED_PACKAGES, "-e .[dev]"]
    assert set(NAMED_PACKAGES) <= {requirement.name for requirement in flat_requirements("dev")}


def test_supported_versions_of_python_agree():
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{minor}" for minor in range(8, 14) if f"3.{minor}" in allowed] == list(PYTHONS)
    script = (ROOT / "tools" / "install.sh").read_text(encoding="utf-8")
    assert set(re.search(r'^supported="(.+)"$', script, re.MULTILINE)[1].split()) == set(PYTHONS)
    assert "Python 3.11, 3.12 or 3.13 is needed" in script


def test_citation_agrees():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]


def test_package_version_agrees():
    import mmcourse

    assert mmcourse.__version__ == PROJECT["version"]


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{name}: {match[0]}"
        for name, text in text_files()
        for pattern in (ABSOLUTE_PATH, REGISTRY)
        for match in pattern.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("see /" + "home/ann/x", True), ("C:\\" + "Users\\ann", True), ("https://example.org/home/x", False)],
)
def test_absolute_paths_are_recognized(text, found):
    assert bool(ABSOLUTE_PATH.search(text)) is found


def test_functions_are_small():
    found = []
    for name, tree in modules("mmcourse", "tools", "data_scripts", "studies"):
        for node in functions(tree):
            arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            count = sum(argument.arg not in ("self", "cls") for argument in arguments)
            lines = node.end_lineno - node.lineno + 1
            if count > ARGUMENTS or lines > FUNCTION_LINES:
                found.append(f"{name}: {node.name} has {count} arguments and {lines} lines")
    assert found == []


def test_files_are_small():
    folders = ("mmcourse", "tools", "data_scripts", "studies", "tests")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == {}


def test_public_functions_have_docstrings():
    found = []
    for name, tree in modules("mmcourse"):
        definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        public = [node for node in definitions if not node.name.startswith("_")]
        found += [f"{name}: {node.name}" for node in [tree, *public] if not ast.get_docstring(node)]
    assert found == []


def test_package_uses_keras_only():
    found = []
    for name, tree in modules("mmcourse"):
        for node in ast.walk(tree):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            used = {part.partition(".")[0] for part in imported} & OTHER_FRAMEWORKS
            used |= {getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))} & NOT_NEUTRAL
            found += [f"{name}: {word}" for word in sorted(used)]
    assert found == []


def asserts(function, helpers=frozenset()):
    """Whether a function asserts something itself, or calls a helper that does."""
    nodes = list(ast.walk(function))
    calls = {called_name(node) for node in nodes if isinstance(node, ast.Call)}
    checks = any(map(CHECKING_CALL.fullmatch, calls)) or not calls.isdisjoint(helpers)
    return checks or any(isinstance(node, ast.Assert) for node in nodes)


def test_every_test_asserts():
    written = [(name, node) for name, tree in modules("tests") for node in functions(tree)]
    helpers = {node.name for _, node in written if not node.name.startswith("test_") and asserts(node)}
    tests = [(name, node) for name, node in written if node.name.startswith("test_")]
    assert [f"{name}: {node.name}" for name, node in tests if not asserts(node, helpers)] == []


def test_no_comparison_stands_alone():
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules("mmcourse", "tools", "data_scripts", "studies", "tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def test_a():\n    1 == 2", False),
        ("def test_a():\n    assert 1", True),
        ("def test_a():\n    with pytest.raises(ValueError):\n        f()", True),
        ("def test_a():\n    np.testing.assert_allclose(1, 1)", True),
        ("def test_a():\n    refuses(1)", True),
        ("def test_a():\n    accepts(1)", False),
    ],
)
def test_assertions_are_recognized(source, expected):
    assert asserts(ast.parse(source).body[0], {"refuses"}) is expected
