# make run: set up and build a release from raw/.  make test: set up and run the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench lock ui clean

# The exit code 1 of a build (something is partial or quarantined) is news, not a failure of make.
run: $(VENV)/.ready
	@$(BIN)/python -m pipeline build; status=$$?; [ $$status -le 1 ]

test: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n 2

check: $(VENV)/.ready-dev
	@$(BIN)/ruff check pipeline schemas tests benchmarks
	@$(BIN)/ruff format --check pipeline schemas tests benchmarks
	@$(BIN)/mypy pipeline schemas

# More documents: make bench BENCH="--documents 1,1000,10000".
bench: $(VENV)/.ready-dev
	@$(BIN)/python -m benchmarks $(BENCH)

# The locks name every file of every version for Python 3.11 to 3.13, and no index; needs uv on the PATH.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-strip-extras pyproject.toml --extra build
lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --extra cluster --constraint requirements.lock --output-file requirements-dev.lock

ui: $(VENV)/.ready
	@$(BIN)/python -m pipeline ui

clean:
	rm -rf $(VENV) outputs/releases outputs/latest outputs/site outputs/changes outputs/.work outputs/.dagster outputs/.lock

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pipeline.precompile
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.lock
	@touch $@
