# Everything one does with this repository. Python 3.11 or newer, git and make are enough to begin with.

PYTHON := .venv/bin/python
# More words for the command that a target runs: make run ARGS=--tls
ARGS :=

.DEFAULT_GOAL := help
.PHONY: help web web-test web-e2e web-gates run demo stack test e2e lint types bench openapi migrate lock venv venv-dev

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: venv ## Start Quits on this machine, with its own database in ./data
	@$(PYTHON) deploy/build_web.py
	@exec $(PYTHON) -m quits up $(ARGS)

demo: venv ## Fill it with a family, a trip and a year of spendings
	@exec $(PYTHON) -m quits demo $(ARGS)

stack: venv ## Start Quits as services, on the servers that config.env names
	@exec $(PYTHON) -m quits stack

migrate: venv ## Bring the databases that config.env names to the newest schema
	@exec $(PYTHON) -m quits migrate $(ARGS)

test: venv-dev ## Run the tests
	@exec $(PYTHON) -m pytest --numprocesses 2 --dist loadfile $(ARGS)

e2e: venv-dev ## Run only the tests from end to end
	@exec $(PYTHON) -m pytest tests/e2e $(ARGS)

lint: venv-dev ## Check the code's form, and that imports only point down
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@.venv/bin/lint-imports

types: venv-dev ## Check the types
	@exec $(PYTHON) -m mypy $(ARGS)

bench: venv-dev ## Measure how fast it is, beside its peers
	@exec $(PYTHON) -m bench $(ARGS)

web: venv ## Build the web app; nothing to do when nothing in it has changed
	@exec $(PYTHON) deploy/build_web.py --must

web-test: venv ## Run the web app's own tests
	@exec $(PYTHON) deploy/build_web.py --run test

web-e2e: venv ## Drive the web app in Chromium through what people do (needs Chromium)
	@exec $(PYTHON) deploy/build_web.py --run e2e

web-gates: venv ## Check how much a browser has to load
	@exec $(PYTHON) deploy/build_web.py --run gates

openapi: venv ## Write docs/openapi.json anew from the contracts
	@$(PYTHON) -m quits openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json

lock: venv-dev ## Pin the newest versions that pyproject.toml allows, with their hashes
	@for groups in "" "--group dev"; do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --upgrade $$groups pyproject.toml --output-file requirements$${groups:+-dev}.lock; done

venv: ## Install what running needs into .venv
	@sh deploy/install.sh requirements.lock

venv-dev: ## Install what developing needs into .venv
	@sh deploy/install.sh requirements-dev.lock
