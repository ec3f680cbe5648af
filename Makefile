# make demo, make test: the two commands. Everything else is what they are made of.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test check bench lock

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: install
	$(BIN)/circlebot demo

test: install
	$(BIN)/python -m pytest -n 2

check: install
	$(BIN)/ruff check bot migrations tests
	$(BIN)/ruff format --check bot migrations tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest tests/test_conventions.py

# A new lock after pyproject.toml has changed; it names versions and hashes, never where they come from.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-emit-index-url --no-header \
		--quiet pyproject.toml -o requirements.lock
