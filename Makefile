# Everything runs from ./.venv, which `make setup` makes from the lock. Needed beforehand: Python 3.11-3.13 and make.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv/bin
WORKERS ?= 4
# The suite kills programs, not machines, so its files may lie in memory, where no test waits for a slow disk.
SCRATCH := $(shell grep -s ' /dev/shm ' /proc/mounts | grep -qv noexec && \
	df -Pk /dev/shm | awk 'NR == 2 && $$4 > 4000000 { print "TMPDIR=/dev/shm" }')
ifndef PYTHON
PYTHON := $(shell for name in .venv/bin/python python3.13 python3.12 python3.11 python3 python; do \
	if $$name -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	then echo $$name; break; fi; done)
endif

.PHONY: help setup run test lint types imports pytest test-long bench browser docs pictures lock clean

help:  ## this list
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z-]*\):.*  ## /  \1\t/p' Makefile | expand -t 14

setup:  ## make ./.venv with everything in it (quick and offline when nothing changed)
	@if [ -z "$(PYTHON)" ]; then \
	echo "setup: no Python 3.11, 3.12 or 3.13 that can make virtual environments was found."; \
	echo "       Debian, Ubuntu: apt-get install python3 python3-venv. macOS: brew install python@3.12."; \
	echo "       Or name one: make setup PYTHON=/path/to/python3.12"; exit 1; fi
	@"$(PYTHON)" scripts/bootstrap.py

run: setup  ## start Debrief; without tokens it is the sandbox, and the address of its page is printed
	@$(VENV)/debrief run

test: lint types imports pytest  ## everything that must hold before a change goes in

lint: setup
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .

types: setup
	$(VENV)/mypy launcher/debrief bot adapters storage tests scripts $(wildcard bench)

imports: setup
	$(VENV)/lint-imports

pytest: setup
	@$(VENV)/python scripts/browser.py --find | grep -q . || $(VENV)/python scripts/browser.py
	$(SCRATCH) $(VENV)/pytest -n $(WORKERS) --dist loadgroup

test-long: setup  ## sweeps, soaks and mutants (long)
	$(VENV)/pytest -m long --durations=10

bench: setup  ## print each measured figure beside its goal
	$(VENV)/python -m bench

browser: setup  ## find a Chromium for the browser tests, or install one where that is possible
	@$(VENV)/python scripts/browser.py

docs: setup  ## write the generated parts of the documentation anew
	$(VENV)/python -m scripts.docs

pictures: setup  ## make the documentation's pictures from the sandbox
	$(VENV)/python -m scripts.pictures

lock: setup  ## resolve the dependencies anew and write both lock files
	$(VENV)/uv pip compile --no-config --upgrade --quiet --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--group dev pyproject.toml --output-file requirements.lock
	$(VENV)/uv pip compile --no-config --quiet --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--constraints requirements.lock --no-annotate pyproject.toml --output-file requirements-run.lock

clean:  ## remove what is made, the environment too; data/ stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
