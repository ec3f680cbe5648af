# make demo, make test: the two commands. While you work: make quick, make golden, make check.
PYTHON ?= python3
PORT ?= 3000
BIN := .venv/bin
PYTEST = $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# Without compiled bytecode every process compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install production dist demo drill test slow quick golden check lint catalogue screenshots dashboard pythons \
	deploy-tools secrets bench soak lock site

install: .venv/.installed

.venv/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "circlebot needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# What runs, and nothing that only developers need; with `EXTRAS="pictures postgresql"` also what those bring.
# `BIN=/opt/circlebot/bin`: there, and not in .venv.
EXTRAS ?=
production:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "circlebot needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(patsubst %/bin,%,$(BIN))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock -r requirements-build.lock $(EXTRAS:%=-r requirements-%.lock)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation .

# A release: sdist, wheel, what it needs (CycloneDX) and checksums; the same tree gives the same bytes.
dist: install
	rm -rf dist
	$(BIN)/python .ci/make_dist.py dist

demo: install
	@$(BIN)/python -m bot demo --port $(PORT)

# Beside it: the bot is killed, Slack and CircleCI fail, its database is lost and restored. What is lost is counted.
drill: install
	@$(BIN)/python -m bot drill --port $(PORT)

# More processes than the two cores of a small machine, since some wait; each collects all tests, 9 s of CPU.
# To collect rewrites every assertion: in a new checkout one process does it first, and all find it done.
test: install
	@test -d tests/__pycache__ || $(BIN)/python -m pytest --collect-only -q >/dev/null
	$(PYTEST) -m "not slow"

# Pictures of every page, processes that are killed for the runbook, worlds made by chance: what takes long.
slow: install
	$(PYTEST) -m slow

# Seeds of the simulation (tests/simulation), from FIRST on: a line every ten seconds says how far it is, a seed that
# fails is named at once and told as short as it can be, Ctrl-C ends it. With TABLE=--table each safeguard is taken away
# too; with UPDATE_GOLDEN=1 docs/delivery.md gets the table.
SEEDS ?= 100000
FIRST ?= 0
simulate: install
	PYTHONHASHSEED=0 $(BIN)/python -m tests.simulation.campaign --seeds $(SEEDS) --first $(FIRST) $(TABLE)

# The tests of what this branch changes: seconds. `make test` before it lands.
quick: install
	@tests=$$($(BIN)/python -m tests.changed) && test -z "$$tests" || $(BIN)/python -m pytest -n 2 --dist loadfile $$tests

# Tests that compare a generated file with what the code makes now; with UPDATE_GOLDEN=1 they write it.
GENERATED = $(shell grep -rlE 'UPDATE_GOLDEN|golden: ' tests --include='test_*.py')
HOUSE = tests/test_conventions.py tests/test_names.py tests/test_settings.py tests/blocks/test_slack_design.py \
	$(wildcard tests/test_*page*.py)

# Block Kit under tests/golden, manifest.yml, and every table in README and docs that is made from code.
# The commands' table comes first: pages are made from it.
golden: install
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/commands/test_command_table.py
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -n 2 --dist loadfile $(GENERATED)
	@git status --short -- tests/golden tests/rules bot/commands/table.json manifest.yml README.md docs

check: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile $(HOUSE) $(GENERATED)

# All of `check` that is no test: CI runs this, and then every test once.
lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python .ci/scan_secrets.py
	$(BIN)/python .ci/audit_dependencies.py
	-@$(MAKE) --silent $(SITE)/.installed
	@test ! -e $(SITE)/.installed && echo "docs/: what builds the site cannot be installed: its links are not checked" \
		|| $(SITE)/bin/python .ci/make_site.py build/site-check

# Every sentence of bot/ in each language: what is new has an empty `msgstr`, what nobody says any more is gone.
# A new language begins as an empty file of its name (bot/language/fr.po) and a row in bot/language/spoken.py.
catalogue: install
	@mkdir -p build
	$(BIN)/pybabel -q extract --no-wrap --sort-by-file --add-location=file -o build/circlebot.pot bot
	for file in bot/language/*.po; do $(BIN)/pybabel -q update --no-wrap --omit-header --no-fuzzy-matching \
		--ignore-obsolete -i build/circlebot.pot -o $$file -l $$(basename $$file .po); done

# The moments that people meet most, on desktop and phone and in the dark: build/gallery/index.html.
screenshots: install
	$(BIN)/python -m tests.journeys.gallery

# A picture of the dashboard, of a real run of three minutes; Debian's prometheus answers its queries.
dashboard: install
	$(BIN)/python -m bench.dashboard_picture docs/dashboard.png

# The picture of the README: look at it before it is committed.
moving-picture: install
	$(BIN)/python -m tests.journeys.moving_picture

# docs/ as a site, with the pictures that `screenshots` takes: build/site/html. What builds it has a folder of its own.
SITE := build/site-tools
site: screenshots $(SITE)/.installed
	$(SITE)/bin/python .ci/make_site.py build/site --pictures build/gallery

$(SITE)/.installed: docs/site.lock
	$(PYTHON) -m venv $(SITE)
	$(SITE)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r docs/site.lock
	touch $@

# What is installed, with every Python from 3.11 to 3.14 that is on this machine.
pythons: install
	.ci/pythons

# Helm, Kubernetes' schemas and hadolint, for tests/deploy: 440 MB in a folder of their own. Without them its tests skip.
deploy-tools: build/deploy-tools/.installed

build/deploy-tools/.installed: deploy/tools.lock
	$(PYTHON) -m venv build/deploy-tools
	build/deploy-tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r deploy/tools.lock
	touch $@

# What reads like a secret and is none: read the diff before it is committed.
secrets: install
	$(BIN)/python .ci/scan_secrets.py --write

# The peers stand in a folder of their own: one of them brings a package `tests`, which would hide ours.
bench: install
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --upgrade \
		--target build/peers -r bench/requirements.lock
	$(BIN)/python -m bench

# Two workers on PostgreSQL with all that can fail, in the end a picture: build/soak/. `DATABASE=sqlite`: one on SQLite.
MINUTES ?= 60
DATABASE ?= postgresql
soak: install
	$(BIN)/python -m bench.soak --minutes $(MINUTES) --database $(DATABASE)

# The locks name versions and hashes and no index: `uv` is not needed for anything else. All pins are those of the
# developers' lock. That of an extra, and that of what builds the package, is installed beside requirements.lock.
PIN := uv pip compile --generate-hashes --no-header --quiet --python-version 3.11 --universal \
	--no-emit-index-url
lock:
	$(PIN) pyproject.toml --all-extras -o requirements-dev.lock
	$(PIN) pyproject.toml -c requirements-dev.lock -o requirements.lock
	for extra in build pictures postgresql tracing; do $(PYTHON) .ci/list_requirements.py $$extra | \
		$(PIN) - -c requirements-dev.lock -o requirements-$$extra.lock; done
	$(PIN) bench/requirements.in -o bench/requirements.lock
	$(PIN) deploy/tools.in -o deploy/tools.lock
	$(PIN) docs/site.in -o docs/site.lock
