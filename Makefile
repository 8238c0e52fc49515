# make run: set up and build a release from raw/.  make test: set up and run all tests.  UV=no installs with pip alone.
PYTHON ?= python3
UV ?= yes
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-fast check attack bench docs lock ui clean

# The exit code 1 of a build (something is partial or quarantined) is news, not a failure of make.
run: $(VENV)/.ready
	@$(BIN)/python -m pipeline build; status=$$?; [ $$status -le 1 ]

test: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

# Everything but what takes more than about a second: whole builds, browsers, recognition, long properties. 1 min 20 s on two idle cores.
test-fast: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n 2 --dist loadscope -m "not slow"

check: $(VENV)/.ready-dev
	@$(BIN)/ruff check pipeline schemas tests benchmarks
	@$(BIN)/ruff format --check pipeline schemas tests benchmarks
	@$(BIN)/mypy pipeline schemas
	@$(BIN)/codespell

# Damaged documents by the thousand, and what was misread in silence; then all other attacks (docs/reliability.md):
# make attack TEXTS=folder ATTACK="--texts 5000 --seed 2", of a folder of PDFs ATTACK="--of pages --texts 500", of web pages "--of cells".
TEXTS ?= raw
attack: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.attack $(TEXTS) $(ATTACK)
	@$(BIN)/python -m tests.attack.robustness

# More documents: make bench BENCH="--documents 1,1000,10000".
bench: $(VENV)/.ready-dev
	@$(BIN)/python -m benchmarks $(BENCH)

# The parts of docs/ that are made from the models, the rules and the questions, and the site of docs/: outputs/docs.
docs: $(VENV)/.ready-dev
	@$(BIN)/python -m schemas.dictionary
	@$(BIN)/python -m pipeline.reconcile.documentation
	@$(BIN)/python -m pipeline.publish.readme
	@$(BIN)/python -m sphinx -q -W -b html -d outputs/.docs docs outputs/docs
	@echo "docs       outputs/docs/index.html"

# The locks name every file of every version for Python 3.11 to 3.13, and no index; needs uv on the PATH.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-strip-extras
lock:
	$(COMPILE) pyproject.toml --extra build --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra build --extra dev --extra cluster --extra docs --extra mirror --extra ocr --extra postgres --extra sql --constraint requirements.lock \
		--output-file requirements-dev.lock
	$(COMPILE) pyproject.toml --extra build --extra deploy --constraint requirements.lock --output-file requirements-deploy.lock
	echo "uv" | $(COMPILE) - --output-file requirements-uv.lock

ui: $(VENV)/.ready
	@$(BIN)/python -m pipeline ui

clean:
	rm -rf $(VENV) outputs/releases outputs/latest outputs/site outputs/docs outputs/.docs outputs/xlsx outputs/changes outputs/.work outputs/.dagster outputs/.lock

# uv installs the same locked files in a tenth of the time and lists them; where it cannot, or is not wanted, pip does it.
define install
	@echo "Installing the packages of $(1) …"
	@if [ "$(UV)" != no ] && { [ -x $(BIN)/uv ] || \
	     $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-uv.lock; } && \
	   $(BIN)/uv pip install --python $(BIN)/python --require-hashes -r $(1); then :; else \
	   echo "  … with pip"; \
	   $(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes -r $(1); fi
endef

$(VENV)/.ready: requirements.lock requirements-uv.lock pyproject.toml
	@echo "Setting up $(VENV): about 650 MB, from seconds to two minutes; once."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(call install,requirements.lock)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pipeline.precompile
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(call install,requirements-dev.lock)
	@touch $@
