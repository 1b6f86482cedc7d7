# Sets a fresh machine up, then runs the daemon (`make run`), the tests (`make test`) or the linters (`make lint`).
# Needs Python 3.11 or newer and a package registry.  Another Python: `make run PYTHON=/path/to/python3.12`.

SHELL := /bin/sh
BIN := .venv/bin
.DEFAULT_GOAL := help
# In the order given: the system packages may bring what .venv needs.
.NOTPARALLEL:
.PHONY: help run setup test quick lint pictures clean python system-run system-test

# 3.12 and 3.11 first: python-rtmidi has ready-made wheels up to 3.12 and is compiled on newer ones.
PYTHON ?= $(firstword $(foreach p,python3.12 python3.11 python3 python3.13 python3.14,$(shell \
	$(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(p))))

help:
	@echo "make run    set up, then run the daemon with the demo session"
	@echo "make setup  set up what running needs, and no more"
	@echo "make test   set up, then run all the tests"
	@echo "make quick  set up, then the tests that start no daemon and take no time"
	@echo "make lint   set up, then ruff and mypy, and tsc, eslint and stylelint for the page"
	@echo "make pictures  set up, then make the pictures of the docs from the compiled units"
	@echo "make clean  remove .venv and everything built"

setup: system-run .venv/run.stamp

run: setup
	@$(BIN)/studiod warm
	@exec $(BIN)/studiod run --config config/demo.toml

test: system-test .venv/test.stamp
	@.ci/clients
	@$(BIN)/studiod warm
	$(BIN)/python -m pytest -m "not alone" -n 3 --dist loadfile --reruns 1
	$(BIN)/python -m pytest -m alone --reruns 1

quick: system-test .venv/test.stamp
	@$(BIN)/studiod warm
	$(BIN)/python -m pytest -q -m "not live and not slow and not alone" -n 2 --dist worksteal

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy studiod controllers
	@.ci/page/lint

pictures: system-run .venv/docs.stamp
	$(BIN)/python docs/pictures.py

clean:
	rm -rf .venv .node build dist *.egg-info .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "studiod needs Python 3.11 or newer, and none of python3.12, python3.11, python3, python3.13, python3.14" \
		"is one: install it, or name it: make $(firstword $(MAKECMDGOALS)) PYTHON=/path/to/python3"; exit 1; }

system-run: | python
	@.ci/system run "$(PYTHON)"

system-test: | python
	@.ci/system test "$(PYTHON)"

# A stamp older than pyproject.toml is made again; otherwise pip is not asked.  pip is not told to be quiet: it takes minutes on a slow line.
.venv/run.stamp: pyproject.toml $(BIN)/pip
	@echo "installing the packages that studiod runs on into .venv"
	@$(BIN)/python -m pip install --disable-pip-version-check -e '.[master]'
	@touch $@

.venv/docs.stamp: pyproject.toml $(BIN)/pip
	@echo "installing the packages that studiod and the pictures of its docs run on into .venv"
	@$(BIN)/python -m pip install --disable-pip-version-check -e '.[docs,master]'
	@touch .venv/run.stamp $@

.venv/test.stamp: pyproject.toml $(BIN)/pip
	@echo "installing the packages that studiod and its tests run on into .venv"
	@$(BIN)/python -m pip install --disable-pip-version-check -e '.[test]'
	@touch .venv/run.stamp $@

# pip comes last: an environment cut short has none and is made again.
$(BIN)/pip: | python
	@rm -rf .venv
	@echo "making .venv with $(PYTHON), some ten seconds"
	@"$(PYTHON)" -m venv .venv
