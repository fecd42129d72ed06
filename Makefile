# Two commands on a fresh machine: `make run` and `make check`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501
FIRST_PORT ?= 0
DATA ?= ../shared/data
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help install run course check lint types contracts audit test browser system nginx
.PHONY: bench load soak train

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.runtime  ## make the virtual environment with what the app needs

$(VENV)/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; set PYTHON=python3.x"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements-ray.txt requirements.txt
	@$(MAKE) --no-print-directory $(VENV)/.runtime
	$(PIP) -r requirements-dev.txt
	@touch $@

run: install  ## install, then start the app at http://localhost:8501 (PORT=...)
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

course: install  ## install, then several processes behind nginx, for a whole course
	$(BIN)/python deploy/start.py --port $(PORT) --first-port $(FIRST_PORT)

check: $(VENV)/.dev system lint types contracts audit test  ## install, then run all checks

lint: $(VENV)/.dev  ## style and layout of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## types, strictly
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## who may import whom
	$(BIN)/lint-imports

audit: $(VENV)/.dev  ## known weaknesses in what is installed; offline it says so
	$(BIN)/python deploy/audit.py

test: $(VENV)/.dev system  ## the tests alone
	$(BIN)/python -m pytest

# A program of the system: there already, or installed where that is allowed.
define need
@command -v $(1) >/dev/null || { \
  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends $(1) >/dev/null; \
  else \
    echo "The $(2) need $(1): sudo apt-get install $(1)"; exit 1; \
  fi; }
endef

browser:  # the browser tests drive the system's own Chromium
	$(call need,chromium,browser tests)

system: browser  # and the tests of deploy/ the system's own nginx
	@PATH="$$PATH:/usr/sbin" $(MAKE) --no-print-directory nginx

nginx:
	$(call need,nginx,tests of deploy/)

bench: $(VENV)/.dev browser  ## measure every budget in the browser, print the table
	$(BIN)/python -m benchmarks

load: $(VENV)/.dev  ## 10 to 120 readers at once, print the table
	$(BIN)/python -m benchmarks.load

soak: $(VENV)/.dev  ## readers come and go for half an hour; memory must not grow
	$(BIN)/python -m benchmarks.load --soak 30

train: $(VENV)/.dev  ## train again what ships (DATA=folder of the training data)
	$(BIN)/python -m explorer.training.hog_svm $(DATA)
	$(BIN)/python -m explorer.training.dpm $(DATA)
	$(BIN)/python -m explorer.training.rcnn $(DATA) $(or $(CACHE),/tmp/explorer_rcnn)
	$(BIN)/python -m explorer.training.record_efficientnet_lite0
	$(BIN)/python -m explorer.training.segmentation $(DATA)
	$(BIN)/python -m explorer.training.segmentation_settings $(DATA)
