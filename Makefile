PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --require-hashes -r
# Compiled once, every process starts in a third of the time.
unexport PYTHONDONTWRITEBYTECODE
EXTRAS := $(if $(LOCAL_MODEL),$(VENV)/.local)

.PHONY: run test test-browser lint bench

run: $(VENV)/.run $(EXTRAS)
	@exec $(BIN)/python manage.py up --demo $(if $(LOCAL_MODEL),--local-model)

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m "not browser"

# These share one console, as people do: always in the same order, so that a failure can be had again.
test-browser: $(VENV)/.test
	$(BIN)/python -m pytest -p no:randomly -m browser tests/browser

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.settings SECURE=1 $(BIN)/python manage.py check --deploy --fail-level WARNING

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
