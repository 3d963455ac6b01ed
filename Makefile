# The whole life of a checkout. `make demo` and `make test` need git, make and Python 3.11 to 3.14.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Without bytecode every start of Prefect costs a second more.
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := crawler dedup lake flows press

.PHONY: help demo test chaos check bench format deploy lock clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

# Both set-ups install exactly what the lock names, hash by hash; uv where it is there, else pip.
# --no-deps, because a lock is complete, and the pip of Python 3.11 looks for newer versions of what
# another package asks for with an extra.
define install
	$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 14); \
	  ok or sys.exit(f"Taar needs Python 3.11 to 3.14, and this is {sys.version.split()[0]}: name another with make PYTHON=python3.12")'
	if command -v uv >/dev/null; then
	  [ -x $(BIN)/python ] || uv venv --quiet --python "$$(command -v $(PYTHON))" $(VENV)
	  uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(1)
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	else
	  [ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1)
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	fi
	touch $@
endef

$(VENV)/.runtime: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) from requirements.lock ..."
	$(call install,requirements.lock)

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	@echo "Setting up $(VENV) from requirements-dev.lock ..."
	$(call install,requirements-dev.lock)
	touch $(VENV)/.runtime

demo: $(VENV)/.runtime ## Crawl the press twice, link, and show what was found
	@$(BIN)/taar demo

test: $(VENV)/.dev ## Run the test suite with coverage
	@$(BIN)/python -m coverage erase
	# A third of the time is spent waiting (delays, time-outs), so three work on two cores.
	$(BIN)/python -m pytest -n 3 --dist worksteal --cov --cov-report=term:skip-covered

# CHAOS_S3=swift takes OpenStack Swift, which it installs into .venv-swift, and runs the tests of
# the lake on it as well.
CHAOS_ROUNDS ?= 200
CHAOS_PREFECT_ROUNDS ?= 10
CHAOS_SEED ?= 1
CHAOS_S3 ?= moto
chaos: $(VENV)/.dev ## Kill runs in every way there is, and count what is lost
	@if [ "$(CHAOS_S3)" != moto ]; then
	  CHAOS_S3=$(CHAOS_S3) $(BIN)/python -m pytest tests/lake tests/chaos tests/flows/test_s3.py
	fi
	$(BIN)/python -m tests.chaos --rounds $(CHAOS_ROUNDS) --prefect-rounds $(CHAOS_PREFECT_ROUNDS) \
	  --seed $(CHAOS_SEED) --s3 $(CHAOS_S3) --json build/chaos-$(CHAOS_S3).json

check: $(VENV)/.dev ## Lint, types, layers, generated files
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The rivals know nothing of Taar: they live apart, and are called as subprocesses.
.venv-bench/.done: requirements-bench.lock
	@echo "Setting up .venv-bench from requirements-bench.lock ..."
	if command -v uv >/dev/null; then
	  [ -x .venv-bench/bin/python ] || uv venv --quiet --python "$$(command -v $(PYTHON))" .venv-bench
	  uv pip install --quiet --python .venv-bench/bin/python --no-deps --require-hashes -r $<
	else
	  [ -x .venv-bench/bin/python ] || $(PYTHON) -m venv .venv-bench
	  .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	fi
	touch $@

bench: $(VENV)/.dev .venv-bench/.done ## Measure Taar beside its rivals
	@$(BIN)/python -m benchmarks.extract
	$(BIN)/python -m benchmarks.dedup
	$(BIN)/python -m benchmarks.crawl
	$(BIN)/python -m benchmarks.lake --only publish compact --rounds 1

deploy: $(VENV)/.runtime ## Deploy prefect.yaml to the server that PREFECT_API_URL names
	@: "$${PREFECT_API_URL:?names no server: export PREFECT_API_URL=http://127.0.0.1:4200/api}"
	$(BIN)/python -m flows.prefect_api
	$(BIN)/prefect work-pool inspect taar >/dev/null 2>&1 || $(BIN)/prefect work-pool create taar --type process
	$(BIN)/prefect --no-prompt deploy --all
	$(BIN)/prefect automation inspect taar-crash-silent-runs >/dev/null 2>&1 \
	  || $(BIN)/prefect automation create --from-file flows/automation.yaml

format: $(VENV)/.dev ## Put the code into its one format
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The development set is resolved first; what runs is a part of it, version for version.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-annotate --no-emit-index-url --no-emit-find-links --extra build pyproject.toml

lock: ## Resolve the dependencies anew (needs uv)
	@$(LOCK) --extra dev -o requirements-dev.lock
	$(LOCK) --constraint requirements-dev.lock -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --no-emit-find-links requirements-bench.in \
	  -o requirements-bench.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --no-emit-find-links tests/chaos/swift.in \
	  -o tests/chaos/swift.lock

clean: ## Remove everything that was made
	rm -rf $(VENV) .venv-bench .venv-swift build *.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
