PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint check bench faults docs screenshots clean

# Where somebody looks it goes on: the world is served, and logins are told. Ctrl-C ends it.
run: $(VENV)/installed
	if [ -t 1 ]; then $(BIN)/tipstaff demo --port 8000; else $(BIN)/tipstaff demo; fi

# In the order of their names: the files that take long have few tests, and would be begun last.
test: $(VENV)/installed-dev
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

check: lint test

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pip-audit --requirement requirements/run.txt --no-deps --disable-pip

bench: $(VENV)/installed-dev
	$(BIN)/tipstaff bench screen
	$(BIN)/tipstaff bench ledger
	$(BIN)/tipstaff bench casework
	$(BIN)/tipstaff bench api
	$(BIN)/tipstaff bench web

faults: $(VENV)/installed-dev
	$(BIN)/python tools/kill_log.py --kills 100
	$(BIN)/python tools/kill_work.py --kills 100
	$(BIN)/python tools/kill_server.py --kills 100

docs: $(VENV)/installed-dev
	$(BIN)/python tools/make_reference.py
	$(BIN)/python tools/make_phrases.py

screenshots: $(VENV)/installed-dev
	$(BIN)/python tools/make_screenshots.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/installed-dev: requirements/dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV)
