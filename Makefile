PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --require-hashes -r
EXTRAS := $(if $(LOCAL_MODEL),$(VENV)/.local)

.PHONY: run test bench

run: $(VENV)/.run $(EXTRAS)
	@exec $(BIN)/python manage.py up --demo $(if $(LOCAL_MODEL),--local-model)

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m "not browser"
	$(BIN)/python -m pytest -m browser

bench: $(VENV)/.test
	$(BIN)/python -m bench

$(BIN)/uv:
	$(PY) -m venv $(VENV) || { echo 'Python lacks venv. On Debian: apt-get install -y python3-venv' >&2; exit 1; }
	$(BIN)/python -m pip install -q --disable-pip-version-check uv

$(VENV)/.run: requirements.lock | $(BIN)/uv
	$(UV) $< && touch $@

$(VENV)/.local: requirements-local.lock | $(VENV)/.run
	$(UV) $< --no-deps && touch $@

$(VENV)/.test: requirements-dev.lock | $(BIN)/uv
	$(UV) $< && touch $@ $(VENV)/.run
