"""The workflow on GitHub: it calls targets that exist, may do no more than it must, and knows no secret or address."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / ".github" / "workflows" / "course.yml").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(TEXT)
JOBS = WORKFLOW["jobs"]
EVENTS = WORKFLOW[True]  # `on` is the word for true in YAML 1.1
STEPS = [step for job in JOBS.values() for step in job["steps"]]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

MAKE = re.compile(r"make ([a-z-]+)( [A-Z]+=\w+)*")
ZIP = r"mmcourse-course-\$\{GITHUB_REF_NAME#v\}\.zip"
RELEASE = re.compile(rf'gh release create "\$GITHUB_REF_NAME"( "{ZIP}(\.sha256)?"| --[a-z-]+)+')
ACTION = re.compile(r"actions/[a-z-]+@v\d+")
SECRET = re.compile(r"\bsecrets\b(?!\.GITHUB_TOKEN\b)", re.IGNORECASE)
ADDRESS = re.compile(r"://|\bgithub\.(?:com|io)\b|OWNER/")
WRITES = {"publish": {"pages": "write", "id-token": "write"}, "release": {"contents": "write"}}


def is_allowed(command: str) -> bool:
    """Whether a step may run this: a target of the Makefile, or what makes the release."""
    target = MAKE.fullmatch(command)
    return target[1] in TARGETS if target else RELEASE.fullmatch(command) is not None


def test_steps_call_targets_that_exist():
    commands = [step["run"].strip() for step in STEPS if "run" in step]
    assert "make test" in commands
    assert any(RELEASE.fullmatch(command) for command in commands)
    assert [command for command in commands if not is_allowed(command)] == []


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("make test", True),
        ("make nothing", False),
        ("make test && curl x", False),
        ("python -m tools.release", False),
        ("sudo apt-get install --yes chromium", False),
        ('gh release create "$GITHUB_REF_NAME" "mmcourse-course-${GITHUB_REF_NAME#v}.zip" --verify-tag', True),
        ('gh release create "$GITHUB_REF_NAME" "mmcourse-course-${GITHUB_REF_NAME#v}.zip"; rm b', False),
        ('gh release create "$GITHUB_REF_NAME" "$(curl x)"', False),
        ("gh release delete v1", False),
    ],
)
def test_commands_are_told_apart(command, allowed):
    assert is_allowed(command) is allowed


def test_events():
    assert set(EVENTS) == {"push", "pull_request", "schedule", "workflow_dispatch"}
    assert EVENTS["push"] == {"branches": ["main"], "tags": ["v*"]}


def test_weekly_run_does_everything():
    assert [step["run"] for step in JOBS["full"]["steps"] if "run" in step] == [
        "make run",
        "make test",
        "make test-colab ALL=1",
    ]
    assert "schedule" in JOBS["full"]["if"]
    assert "workflow_dispatch" in JOBS["full"]["if"]


def test_every_supported_python_is_tested():
    install = (ROOT / "tools" / "install.sh").read_text(encoding="utf-8")
    supported = re.search(r'^supported="(.+)"$', install, re.MULTILINE)[1].split()
    assert set(re.findall(r'"(3\.\d+)"', TEXT)) == set(supported)


def test_only_tested_work_is_published():
    assert JOBS["publish"]["needs"] == JOBS["release"]["needs"] == "test"
    assert "github.ref == 'refs/heads/main'" in JOBS["publish"]["if"]
    assert "github.ref_type == 'tag'" in JOBS["release"]["if"]
    for name in WRITES:
        assert "github.event_name == 'push'" in JOBS[name]["if"]
    assert {"path": "_build/html"} in [step.get("with") for step in JOBS["test"]["steps"]]


def test_permissions_are_the_least():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job} == WRITES
    for name in WRITES:  # a job that may write runs nothing of the repository
        assert not any(step.get("run", "").startswith("make") for step in JOBS[name]["steps"])
        assert not any("checkout" in step.get("uses", "") for step in JOBS[name]["steps"])


def test_actions_are_official_and_pinned():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [action for action in used if not ACTION.fullmatch(action)] == []


def test_no_secret_and_no_address():
    assert SECRET.findall(TEXT) == []
    assert ADDRESS.findall(TEXT) == []


@pytest.mark.parametrize("text", ["secrets.PYPI", "https://x.org", "course.github.io", "OWNER/course"])
def test_secrets_and_addresses_are_recognized(text):
    assert SECRET.search(text) or ADDRESS.search(text)


def test_runs_end():
    assert WORKFLOW["concurrency"]["group"]
    assert {name: job["timeout-minutes"] <= 360 for name, job in JOBS.items()} == dict.fromkeys(JOBS, True)
    assert len(TEXT.splitlines()) <= 90
