# Needs make and Python 3.11 or later; everything else is fetched into .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: sheet test test-long bench fuzz docs lint certificates certify clean

sheet: $(READY)
	$(BIN)/derivations sheet lecture3 -o build/lecture3

test: lint
	$(BIN)/python -m pytest -n 2 -m "not long"

test-long: $(READY)
	$(BIN)/python -m pytest -n 2 -m long

lint: $(READY)
	$(BIN)/ruff check derivations tests docs
	$(BIN)/mypy

bench: $(READY)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python tests/bench.py

# Random answers through reader and checker: FUZZ_INPUTS of them (a million), findings in build/fuzz/findings.
fuzz: $(READY)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	$(BIN)/python tests/fuzz/fuzz.py

docs: $(READY)
	$(BIN)/python docs/generate.py
	$(BIN)/python -m sphinx -W -q docs build/docs

# Derives the whole catalogue anew and writes what is committed of it.
certificates: $(READY)
	$(BIN)/python -m derivations.catalogue.build
	$(BIN)/python docs/generate.py

# Has coqc check the whole catalogue, and records what it said. Needs coq and libcoq-coquelicot.
certify: $(READY)
	$(BIN)/python -m derivations.cli.certifying -o build/rocq
	$(BIN)/python docs/generate.py

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,docs]'
	touch $(READY)

clean:
	rm -rf build .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
