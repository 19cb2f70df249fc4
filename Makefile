# Two commands do all the set-up: `make demo` and `make test`. Both need Python 3.11 and make alone.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test lint check e2e simulate simulate-mutants bench schemas lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "sheetsync needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: setup          ## a working day on the local Sheets server; ends by itself
	@$(BIN)/sheetsync demo

test: setup          ## every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: setup          ## format, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

check: lint test     ## what to run before every commit

e2e: setup           ## only the end-to-end tests through the local server
	@$(BIN)/python -m pytest tests/e2e tests/contract

SEED ?= 1
RUNS ?= 100
JOBS ?= 2

simulate: setup      ## people, faults and deaths around the worker: SEED=1 RUNS=100 JOBS=2 LOG=file KEEP=1,2
	@PYTHONPATH=tests $(BIN)/python -m simulation --seed $(SEED) --runs $(RUNS) --jobs $(JOBS) \
		$(if $(LOG),--log $(LOG)) $(if $(KEEP),--keep $(KEEP))

simulate-mutants: setup   ## deliberate faults in the worker, each caught by some seed
	@PYTHONPATH=tests $(BIN)/python -m simulation.mutants --jobs $(JOBS) $(if $(ONLY),--only $(ONLY))

bench: setup         ## one cycle beside a bare read of the same workbook
	@$(BIN)/python -m bench

schemas: setup       ## write rules/schema/*.json from the models
	@$(BIN)/python -m sheetsync.rules_schemas rules/schema

lock:                ## pin what is installed now
	@$(BIN)/python -m pip freeze --all --exclude-editable --exclude pip > requirements.lock

clean:
	rm -rf $(VENV) demo build .pytest_cache .mypy_cache .ruff_cache .hypothesis
