# Everything a person or a machine does with Counsel. tools/launch.py finds the right Python.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell command -v $(name))))
LAUNCH = $(if $(PYTHON),$(PYTHON),$(error Counsel needs Python 3.11 or newer. On Debian: apt install python3 python3-venv)) tools/launch.py
# For the tests: make test ARGS="tests/sessions -x"
ARGS ?=
# For the bench, the faults and the drills: make bench WHAT=slots
WHAT ?=
# For the faults: make faults COUNT=100
COUNT ?= 1000
# For the fuzz: make fuzz SEED=2
SEED ?= 1
PORT ?= 8000
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test test-services e2e check audit bench faults fuzz drill lock clean

help: ## what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: ## a demo practice at http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(LAUNCH) run

test: ## the tests, on SQLite and nothing else
	@$(LAUNCH) test $(ARGS)

test-services: ## the same and more on PostgreSQL and Redis (DATABASE_URL, REDIS_URL, or private ones)
	@$(LAUNCH) test-services $(ARGS)

e2e: ## the journeys in a browser; pictures of every page in tests/e2e/out/
	@$(LAUNCH) e2e $(ARGS)

check: ## style, types, imports, templates, migrations, settings
	@$(LAUNCH) check

audit: ## known holes in what is locked (asks the network), and whether Django is looked after
	@$(LAUNCH) audit $(ARGS)

bench: ## the figures of docs/performance.md (WHAT=slots for one)
	@$(LAUNCH) bench $(WHAT)

faults: ## what becomes of 1,000 reminders in each fault (WHAT=kill-child for one, COUNT=100)
	@$(LAUNCH) faults --count $(COUNT) $(WHAT)

fuzz: ## ten thousand forms sent with what nobody means well (COUNT=500, SEED=2)
	@$(LAUNCH) fuzz $(if $(filter command line,$(origin COUNT)),$(COUNT),10000) $(SEED)

drill: ## a bad day gone through, with real servers and processes (WHAT=rotation for one)
	@$(LAUNCH) drill $(WHAT)

lock: ## resolve pyproject.toml anew into requirements/ (ARGS=--upgrade for newer releases)
	@sh tools/lock.sh $(PYTHON) $(ARGS)

clean: ## remove what can be made again; the data in var/ stays
	@rm -rf .venv .venv-bench .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf tests/e2e/out bench/out faults/out var/tests
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
