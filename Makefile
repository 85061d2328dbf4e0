# Every verb makes what it needs in .venv first; nothing but Python 3.11 or newer must be there.
#   make demo PYTHON=python3.12          another interpreter
#   make demo TORCH_INDEX=https://…      also look for torch here, such as an index of CPU-only builds
#   make test TESTS=tests/core           only some tests; ARGS="-x -m slow" for more options; WORKERS=0: one process
#   make bench BENCH="import_time"       only some benchmarks

VENV ?= .venv
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
TORCH_INDEX ?=
TESTS ?= tests
ARGS ?=
WORKERS ?= 2
BENCH ?= $(basename $(notdir $(shell grep -l __main__ benchmarks/*.py)))
MODELS ?= all-minilm-l6-v2 smollm2-135m-instruct-gguf smollm2-135m-instruct

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install -qq --constraint constraints.txt
.DEFAULT_GOAL := help
.PHONY: help demo serve test assets check docs bench clean

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

demo: $(VENV)/.made-demo  ## the main job, on real data: minutes
	$(BIN)/penchant demo $(ARGS)

serve: $(VENV)/.made-demo  ## the page, on the demo's models: they are fitted first where they are not there
	$(BIN)/penchant demo --serve $(ARGS)

test: $(VENV)/.made-dev  ## the tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q --numprocesses $(WORKERS) --dist loadfile $(TESTS) $(ARGS)

assets: $(VENV)/.made-dev  ## the small language models that some tests ask (200 MB, once)
	@for model in $(MODELS); do $(BIN)/penchant models get $$model --quiet || exit 1; done

check: $(VENV)/.made-dev  ## style, types, import order
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.made-docs  ## runs the code of the docs, then builds them into site/
	$(BIN)/python -m pytest -q tests/test_docs.py $(ARGS)
	$(BIN)/zensical build --clean --strict

bench: $(VENV)/.made-dev  ## the measurements; each leaves benchmarks/results/NAME.json
	@for name in $(BENCH); do \
		echo "== $$name"; $(BIN)/python benchmarks/$$name.py || failed="$$failed $$name"; \
	done; test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

clean:  ## removes the environment and what was built
	rm -rf $(VENV) site build dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Penchant needs Python 3.11 or newer, and found none: install one," \
		"or name it: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is" \
		"$$($(PYTHON) --version 2>&1); Penchant needs 3.11 or newer: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "making $(VENV) (once, some minutes)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) could not make $(VENV):" \
		"install its venv module (on Debian and Ubuntu the package python3-venv)" >&2; exit 1; }

# torch by itself and first: its index is then asked for torch alone, and no later package pulls in another build.
$(VENV)/.made-torch: constraints.txt | $(BIN)/python
	$(INSTALL) torch $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
	@touch $@

$(VENV)/.made-demo: pyproject.toml $(VENV)/.made-torch
	$(INSTALL) --editable '.[lm,remote,retrieve,serve,mcp,tune]'
	@touch $@

$(VENV)/.made-dev: pyproject.toml $(VENV)/.made-torch
	$(INSTALL) --editable '.[lm,remote,gguf,retrieve,serve,mcp,postgres,text,tune,dev]'
	@touch $@ $(VENV)/.made-demo

$(VENV)/.made-docs: $(VENV)/.made-dev
	$(INSTALL) --editable '.[lm,remote,gguf,retrieve,serve,mcp,postgres,text,tune,dev,docs]'
	@touch $@
