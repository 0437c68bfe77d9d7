PYTHON ?= python3
BIN := .venv/bin
# Each stamp holds until its list of packages changes; a second run installs nothing.
APP := .venv/.installed-app
DEV := .venv/.installed-dev

.PHONY: app test e2e check format lint types bench samples clean

app: $(APP)
	$(BIN)/streamlit run app.py

test: $(DEV)
	$(BIN)/pytest -m "not browser" -n auto --maxprocesses 4 --dist worksteal

e2e: $(DEV)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		{ echo "make e2e needs Chromium: install your system's package 'chromium'."; exit 1; }
	$(BIN)/pytest -m browser

check: format lint types test

format: $(DEV)
	$(BIN)/ruff format --check .

lint: $(DEV)
	$(BIN)/ruff check .

types: $(DEV)
	$(BIN)/mypy

bench: $(DEV)
	$(BIN)/python -m benchmarks

samples: $(APP)
	$(BIN)/python -m textrec_core.data.samples
	$(BIN)/python -m textrec_core.share.prepared

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "TextRec needs Python 3.11 or newer; set PYTHON=python3.12, say."; exit 1; }
	$(PYTHON) -m venv .venv

$(APP): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(APP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
