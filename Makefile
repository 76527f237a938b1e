# The commands of this repository; each does its own set-up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test check static e2e bench letters reading fuzz properties torture man lock

help: ## what there is
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "mailsla needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Install one, or: make PYTHON=python3.12"; exit 78; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "this Python has no venv module. Mend: apt install python3-venv, then run make again"; exit 78; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP) ## the virtual environment in .venv with the locked packages

demo: $(STAMP) ## a working week in seconds, with no server and no set-up, into mailsla-demo/
	@[ ! -e mailsla-demo ] || grep -qs 'The set-up of `mailsla demo`' mailsla-demo/mailsla.toml \
	  || { echo "mailsla-demo is here, and not of an earlier demo. Mend: move it away"; exit 1; }
	@rm -rf mailsla-demo
	@$(BIN)/mailsla demo mailsla-demo
	@echo '(`mailsla` is $(BIN)/mailsla here.)'

test: $(STAMP) ## all tests; what needs a server that is absent is skipped and named
	@$(BIN)/pytest -n 2

check: static test ## what a change has to pass: static, and all tests (the built wheel is one of them)

static: $(STAMP) ## format, lint, types, imports
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > .import-linter.txt || { cat .import-linter.txt; exit 1; }
	@rm .import-linter.txt
	@echo "format, lint, types and imports are right"

e2e: $(STAMP) ## the real daemon, Dovecot and an SMTP server; MAILSLA_E2E_SANDBOX=1: under the unit's sandbox (as root)
	@$(BIN)/pytest -n 2 tests/e2e tests/crash

bench: $(STAMP) ## what the intake of a mail costs, beside its floor
	@$(BIN)/python -m bench

letters: $(STAMP) ## every letter of the product to look through, with pictures where there is a Chromium, into letters/
	@$(BIN)/python -m gallery letters

reading: $(STAMP) ## how well mail is read: the corpora in ../shared, row by row, into docs/reading.md
	@$(BIN)/python -m reading

fuzz: $(STAMP) ## hostile input for the readers and writers of mail, some minutes; what fails stays in tests/corpus/hostile
	@$(BIN)/python -m tests.fuzz

properties: $(STAMP) ## the properties P1 to P14 of sla.md on 100,000 generated cases and more, some minutes
	@$(BIN)/python -m tests.properties

torture: $(STAMP) ## kills and faults at full size: MINUTES=60 SEED=... ROWS=...; slices add up in docs/reliability.md
	@$(BIN)/python -m torture --minutes $(or $(MINUTES),60) $(if $(SEED),--seed $(SEED)) $(if $(ROWS),--rows "$(ROWS)")

man: $(STAMP) ## the manual pages, from the commands and the settings
	@$(BIN)/python -m man

lock: $(STAMP) ## pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements.lock -q --upgrade
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements-dev.lock -q --upgrade
