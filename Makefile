# Every command does its own set-up. What is needed: Python 3.11 or newer, make, a package index.

PY ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check bench audit screens lighthouse chaos format lock clean

run: .venv/.run
	@exec $(BIN)/capture run

test: .venv/.dev
	@$(BIN)/python tests/prepare.py
	$(BIN)/python -m pytest $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

bench: .venv/.dev
	@$(BIN)/python tests/prepare.py wrk
	$(BIN)/python bench/run.py $(ARGS)

audit: screens lighthouse

screens: .venv/.dev
	@$(BIN)/python tests/prepare.py
	$(BIN)/python -m pytest tests/audit --ignore tests/audit/test_lighthouse.py -p no:randomly $(ARGS)

# One page at a time: what runs beside it would be counted against it.
lighthouse: .venv/.dev
	@$(BIN)/python tests/prepare.py
	@$(BIN)/python tests/prepare.py lighthouse
	$(BIN)/python -m pytest tests/audit/test_lighthouse.py -n 0 -p no:randomly $(ARGS)

chaos: .venv/.dev
	@$(BIN)/python tests/prepare.py
	CHAOS=long $(BIN)/python -m pytest tests/durability -p no:randomly $(ARGS)

format: .venv/.dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

lock: .venv/.dev
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra build --extra test --extra lint --extra bench setup.cfg -o requirements-dev.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra build -c requirements-dev.lock setup.cfg -o requirements.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/.made:
	@test -n "$(PY)" || { echo "Python 3.11 or newer is needed: sudo apt install python3 python3-venv"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "installing python3-venv …"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; else echo "Please run: sudo apt install python3-venv"; exit 1; fi; }
	@echo "making .venv with $(PY) …"
	@$(PY) -m venv .venv
	@touch $@

.venv/.run: .venv/.made requirements.lock setup.cfg
	@echo "installing the locked dependencies (about a minute) …"
	@$(PIP) install --quiet --progress-bar on --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo "installing what tests and checks need (another minute) …"
	@$(PIP) install --quiet --progress-bar on --require-hashes -r requirements-dev.lock
	@touch $@
