#!/bin/sh
# Makes .venv and installs the course into it; ends at once when nothing has changed since the last time.
# PYTHON=/path/to/python chooses the interpreter.
set -u
cd "$(dirname "$0")/.." || exit 1

supported="3.13 3.12 3.11"
venv_python=.venv/bin/python
stamp=.venv/.installed # when all is well: place, Python version, checksums of what is installed from

version_of() {
    "$1" -E -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null
}

is_supported() {
    for version in $supported; do
        case "$1" in "$version".*) return 0 ;; esac
    done
    return 1
}

identity() {
    pwd -P
    version_of "$venv_python"
    cksum pyproject.toml constraints.txt
}

is_chosen() { # the interpreter of .venv is the one that PYTHON asks for, or PYTHON does not ask
    [ -z "${PYTHON:-}" ] || [ "$(version_of "$PYTHON")" = "$(version_of "$venv_python")" ]
}

is_reusable() { # a working .venv of a supported Python, made here and to the end (or by hand: no stamp)
    place=$(head -n 1 "$stamp" 2>/dev/null)
    { [ -z "$place" ] || [ "$place" = "$(pwd -P)" ]; } &&
        is_supported "$(version_of "$venv_python")" && is_chosen &&
        "$venv_python" -m pip --version >/dev/null 2>&1
}

find_python() {
    rejected=""
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3 python; fi
    for candidate in "$@"; do
        found=$(version_of "$candidate")
        if [ -z "$found" ]; then
            reason=$("$candidate" -c '' 2>&1 | head -n 1)
            [ -z "${PYTHON:-}" ] || rejected="; $candidate does not run ($reason)"
        elif ! is_supported "$found"; then
            rejected="$rejected; found $found ($candidate)"
        elif ! "$candidate" -E -c 'import ensurepip, venv' 2>/dev/null; then
            rejected="$rejected; found $found ($candidate) without the modules venv and ensurepip (Debian: python3-venv)"
        else
            echo "$candidate"
            return 0
        fi
    done
    echo "Python 3.11, 3.12 or 3.13 is needed${rejected:-; found none}. Choose one: make PYTHON=/path/to/python" >&2
    return 1
}

if [ -f "$stamp" ] && [ "$(identity)" = "$(cat "$stamp")" ] && is_chosen; then
    exit 0
fi
if is_reusable; then
    echo "Bringing .venv up to date"
    detail=--quiet
else
    python=$(find_python) || exit 1
    echo "Making .venv with $python ($(version_of "$python")): some minutes, 3.5 GB"
    rm -rf .venv/bin # first, so that an interrupted removal is not taken for a working .venv
    "$python" -m venv --clear .venv || exit 1
    detail=--progress-bar=on
fi
echo unfinished >"$stamp" # an interruption from here on leaves this word, and the next call starts anew
if ! "$venv_python" -m pip install "$detail" -c constraints.txt -e ".[dev]"; then
    rm "$stamp"
    echo "The installation failed, see above; the same command takes it up again." >&2
    exit 1
fi
identity >"$stamp"
