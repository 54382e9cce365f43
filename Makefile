# Two commands: `make up` serves the site, `make test` runs every test. Nothing outside this folder is written.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export npm_config_cache := $(CURDIR)/.cache/npm
export XDG_CACHE_HOME := $(CURDIR)/.cache
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export KVARTER_HOME ?= $(CURDIR)/var

INSTALL := $(BIN)/python -m pip install --quiet --require-hashes

.PHONY: up setup test test-postgres lint types imports bench screenshot messages lock wheel clean

up: setup
	@PORT=$(PORT) $(BIN)/kvarter up

setup: .venv/installed node_modules/installed

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: requirements/run.txt requirements/build.txt pyproject.toml tools/build_hook.py src/kvarter/locale/en/LC_MESSAGES/django.po src/kvarter/locale/ar/LC_MESSAGES/django.po | .venv/bin/python
	$(INSTALL) -r requirements/run.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@

node_modules/installed: package-lock.json
	npm ci --omit=dev --ignore-scripts --no-update-notifier
	@touch $@

node_modules/installed-dev: package-lock.json
	npm ci --ignore-scripts --no-update-notifier
	@touch $@ node_modules/installed

# Everything quick in parallel first, then what is marked slow.
test: .venv/installed-dev node_modules/installed-dev
	$(BIN)/python -m pytest -n auto -m "not slow" -q
	$(BIN)/python -m pytest -n auto -m slow -q

# Once more, on a PostgreSQL given by KVARTER_DATABASE_URL, what its locks, rules and files bear: agreements, and a wave from
# the draw to the cut. `KVARTER_DATABASE_URL=… .venv/bin/python -m pytest` runs all there.
test-postgres: .venv/installed-dev node_modules/installed-dev
	@test -n "$$KVARTER_DATABASE_URL" || { echo "Set KVARTER_DATABASE_URL=postgres://user:password@host/name first."; exit 2; }
	$(BIN)/python -m pytest -n auto -m "database and not browser and not slow" -q tests/agreements tests/people \
	  $(wildcard tests/surveys/test_[cdkmno]*.py) tests/surveys/test_answering_at_once.py tests/surveys/test_answering_openly.py
	$(BIN)/python -m pytest -m slow -q tests/surveys/test_answering_crash.py

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint src/kvarter --lint --quiet
	$(BIN)/python tools/long_files.py

types: .venv/installed-dev
	$(BIN)/mypy

imports: .venv/installed-dev
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python tools/bench.py
	$(BIN)/python tools/bench_effect.py

screenshot: .venv/installed-dev node_modules/installed
	$(BIN)/python tools/screenshot.py

messages: .venv/installed-dev
	$(BIN)/python tools/messages.py

lock: .venv/installed-dev
	for set in run dev build; do \
	  extra=$$([ $$set = run ] && echo "--extra postgres" || echo "--extra $$set"); \
	  $(BIN)/uv pip compile pyproject.toml $$extra --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements/$$set.txt; \
	done

wheel: .venv/installed-dev node_modules/installed
	$(BIN)/python -m hatchling build --target wheel

clean:
	rm -rf .venv .cache node_modules dist var
