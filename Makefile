# make demo, make test: the two commands. Everything else is what they are made of.
PYTHON ?= python3
PORT ?= 3000
BIN := .venv/bin

# Without compiled bytecode every process compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install production demo test check secrets bench lock

install: .venv/.installed

.venv/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "circlebot needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# What runs, and nothing that only developers need.
production:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "circlebot needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation .

demo: install
	@$(BIN)/python -m bot demo --port $(PORT)

# More processes than the two cores of a small machine: the suite waits more than it works.
# To collect rewrites every assertion: one process does it first, and all find it done.
test: install
	@$(BIN)/python -m pytest --collect-only -q >/dev/null
	$(BIN)/python -m pytest -n 6 --dist loadfile --no-loadscope-reorder

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest tests/test_conventions.py
	$(BIN)/python .ci/scan_secrets.py
	$(BIN)/python .ci/audit_dependencies.py

# What reads like a secret and is none: read the diff before it is committed.
secrets: install
	$(BIN)/python .ci/scan_secrets.py --write

# The peers stand in a folder of their own: one of them brings a package `tests`, which would hide ours.
bench: install
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --upgrade \
		--target build/peers -r bench/requirements.lock
	$(BIN)/python -m bench

# The locks name versions and hashes and no index: `uv` is not needed for anything else. Production's pins are those of
# everybody, without what only developers need.
lock:
	uv pip compile pyproject.toml --extra install --extra dev --generate-hashes --no-header --quiet \
		--python-version 3.11 --universal --no-emit-index-url -o requirements-dev.lock
	uv pip compile pyproject.toml --extra install --constraint requirements-dev.lock --generate-hashes --no-header \
		--quiet --python-version 3.11 --universal --no-emit-index-url -o requirements.lock
	uv pip compile bench/requirements.in --generate-hashes --no-header --quiet --python-version 3.11 \
		--universal --no-emit-index-url -o bench/requirements.lock
