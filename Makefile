# The commands of the project. `make` alone lists them.
# GNU make 3.81 (macOS) and later. PYTHON=/path/to/python chooses the interpreter for .venv.

PY := .venv/bin/python

# The variables of another Python installation must not leak into .venv.
unexport PYTHONHOME PYTHONPATH

.PHONY: help install book test lab run studies equations diagrams animations colab test-colab release clean
.DEFAULT_GOAL := help

help: ## list the commands
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)$$/\1|\2/p' Makefile | awk -F'|' '{ printf "  %-10s %s\n", $$1, $$2 }'

install: ## make .venv with everything in it (every command below does so itself)
	@sh tools/install.sh

book: install ## build the book as HTML
	@rm -rf _build/.doctrees
	@.venv/bin/jupyter-book build . -W --keep-going
	@$(PY) -c "from pathlib import Path; print('The book:', Path('_build/html/index.html').resolve().as_uri())"

test: install ## check everything and print a report
	@$(PY) -m tools.run_tests

lab: install ## open JupyterLab on the lessons
	@$(PY) -m jupyterlab book

run: install ## execute the lessons in place (LESSON=slug: one; REAL=1: with real data)
	@$(PY) -m tools.run_lessons $(if $(LESSON),--lesson "$(LESSON)") $(if $(REAL),--real)
	@$(PY) tools/readme_picture.py

studies: install ## repeat the studies over seeds (STUDY=slug: one)
	@for study in $(if $(STUDY),"studies/$(STUDY).py",studies/*.py); do \
	    if [ ! -f "$$study" ]; then echo "There is no $$study. Studies: $$(ls studies | sed 's/\.py//' | tr '\n' ' ')"; exit 1; fi; \
	    echo "$$study"; $(PY) "$$study" || exit 1; \
	done

equations: install ## measure every equation on every backend, for the page of the book
	@$(PY) -m tools.equations

diagrams: install ## draw the diagrams of the book anew
	@$(PY) tools/diagrams.py

animations: install ## draw the animations of the book anew, and their stills
	@$(PY) -m tools.animations

colab: install ## make the learner copies in colab/ from the lessons
	@$(PY) -m tools.colab

test-colab: install ## run learner copies with Colab's versions, others each day (ALL=1: all; LESSON=slug: one)
	@$(PY) -m tools.run_colab $(if $(ALL),--all) $(if $(LESSON),--lesson "$(LESSON)") $(if $(NUMBER),--number "$(NUMBER)")

release: install ## make one zip of book, learner copies and wheel in _build/release
	@$(PY) -m tools.release

clean: ## remove what the commands made, except the installation (.venv)
	@rm -rf _build .pytest_cache .ruff_cache .jupyter_cache
	@find . -path ./.venv -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
	@echo "The environment stays: remove .venv yourself to install anew."
