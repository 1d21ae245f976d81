# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What a target needs it makes itself, below .cache (or $XDG_CACHE_HOME): see tests/tools/paths.py.
# PYTHON=... chooses the Python (3.12 or newer) to start from, ARGS=... adds arguments to the command of most targets; a path
# in it (ARGS=tests/unit/servers) takes the place of all tests of a target.

.DEFAULT_GOAL := help
.NOTPARALLEL:

ARGS ?=
CONTENT := plugins tests
CORE ?= 2.19

# Both are worked out once, and only when a target uses them; "make help" needs no Python.
BASE_PYTHON = $(eval BASE_PYTHON := $$(shell PYTHON='$(PYTHON)' sh tests/tools/find-python.sh))$(or $(BASE_PYTHON),$(error no usable Python))
CACHE = $(eval CACHE := $$(shell $(BASE_PYTHON) tests/tools/paths.py))$(CACHE)
RUN = $(BASE_PYTHON) tests/tools/run.py
tests = $(ARGS) $(if $(filter tests/%,$(ARGS)),,$(1))

define section
@printf '\n===== %s =====\n' '$(1)'
endef

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /:/' | awk -F: '{printf "  make %-16s %s\n", $$1, $$2}'

.PHONY: bootstrap
bootstrap: ## Make the development environment (the other targets do it when needed)
	@$(RUN) python -c 'import sys; print(sys.prefix)'

.PHONY: install
install: ## Build the collection and install it for the demo and the tests
	$(call section,install)
	@$(RUN) python tests/tools/collection.py install

.PHONY: demo
demo: install ## Start a LibreNMS simulator and a NetBox, and show a search and an import
	$(call section,demo)
	@$(RUN) --installed python tests/demo.py $(ARGS)

.PHONY: demo-empty
demo-empty: install ## Fill an empty NetBox from nothing but LibreNMS, ten rules and a small library (it empties that of the demo)
	$(call section,demo-empty)
	@$(RUN) --installed python tests/demo_empty.py $(ARGS)

.PHONY: demo-env
demo-env: ## Print the variables for commands by hand against the demo: eval "$$(make -s demo-env)"
	@$(RUN) --installed python tests/demo.py env

.PHONY: demo-stop
demo-stop: ## Stop what the demo or a broken-off test left running
	@sh tests/tools/stop-servers.sh $(BASE_PYTHON)

.PHONY: test
test: format-check lint types unit sanity ansible-lint docs-lint changelog-lint reuse galaxy image-context docs awx integration ## Every check and test there is

.PHONY: check
check: format-check lint types unit ## The inner loop: layout, lint, types, unit tests

.PHONY: format
format: ## Lay the Python code out
	@$(RUN) ruff format $(ARGS) $(CONTENT)

.PHONY: format-check
format-check: ## Is the Python code laid out as "make format" would?
	$(call section,format-check)
	@$(RUN) ruff format --check $(ARGS) $(CONTENT)

.PHONY: lint
lint: ## ruff and yamllint
	$(call section,lint)
	@$(RUN) ruff check $(ARGS) $(CONTENT)
	@$(RUN) yamllint --strict .

.PHONY: types
types: ## mypy, strict where the code does not touch Ansible
	$(call section,types)
	@$(RUN) --source mypy $(ARGS) -p ansible_collections.netsot.librenms.plugins
	@$(RUN) --source mypy $(ARGS) tests

.PHONY: unit
unit: ## Unit tests
	$(call section,unit)
	@$(RUN) --source pytest -n auto $(call tests,tests/unit)

.PHONY: unit-oldest
unit-oldest: ## Unit tests with the oldest supported ansible-core and libraries, on Python 3.11
	$(call section,unit-oldest)
	@$(RUN) --oldest pytest -n auto $(call tests,tests/unit)

.PHONY: unit-core
unit-core: ## Unit tests on another ansible-core: CORE=2.19, and its Python: CORE_PYTHON=3.13
	$(call section,unit-core)
	@$(RUN) --core '$(CORE)' pytest -n auto $(call tests,tests/unit)

.PHONY: sanity-core
sanity-core: ## ansible-test sanity of another ansible-core: CORE=2.17
	$(call section,sanity-core)
	@$(RUN) --core '$(CORE)' python tests/tools/sanity.py $(ARGS)

.PHONY: sanity
sanity: ## ansible-test sanity on the built collection
	$(call section,sanity)
	@$(RUN) python tests/tools/sanity.py $(ARGS)

.PHONY: ansible-lint
ansible-lint: install ## ansible-lint, profile production
	$(call section,ansible-lint)
	@$(RUN) --installed ansible-lint $(ARGS)

.PHONY: docs-lint
docs-lint: install ## The documentation of every plugin, and references in it
	$(call section,docs-lint)
	@$(RUN) --installed antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self $(ARGS) .

.PHONY: changelog-lint
changelog-lint: ## The changelog and its fragments
	$(call section,changelog-lint)
	@$(RUN) antsibull-changelog lint
	@$(RUN) antsibull-changelog lint-changelog-yaml --strict changelogs/changelog.yaml

.PHONY: build
build: ## Build the collection's archive and check what is in it
	$(call section,build)
	@$(RUN) python tests/tools/collection.py build

.PHONY: reuse
reuse: ## Does every file say whose it is, and under which licence?
	$(call section,reuse)
	@$(RUN) --tools reuse lint --lines

.PHONY: galaxy
galaxy: install ## What Galaxy and automation hub check of the archive
	$(call section,galaxy)
	@$(RUN) --tools python tests/tools/galaxy.py

.PHONY: docs
docs: install ## Build the documentation site
	$(call section,docs)
	@$(RUN) --tools python tests/tools/docs.py $(ARGS)

.PHONY: screenshots
screenshots: ## The picture of the report in docs/images, of the demo that ran last; needs a browser
	@$(RUN) python tests/tools/screenshots.py

.PHONY: awx
awx: install ## The set-up playbook for AWX against a stand-in for its API
	$(call section,awx)
	@$(RUN) --installed pytest $(call tests,tests/awx)

.PHONY: integration
integration: install ## Playbooks against a LibreNMS simulator and a NetBox
	$(call section,integration)
	@if ls tests/system/test_*.py >/dev/null 2>&1; then \
		$(RUN) --installed pytest -n 2 --dist loadfile --durations=20 $(call tests,tests/system); \
	else \
		echo "tests/system holds no tests: nothing was tested here."; exit 1; \
	fi

.PHONY: kills
kills: install ## Kill imports and plans that are carried out before each of their writes (long)
	$(call section,kills)
	@$(RUN) --installed pytest -n 2 --dist loadfile --all-moments -k "killed" $(call tests,tests/system/test_resume.py tests/system/test_ports.py tests/system/test_all_ports.py tests/system/test_create_missing.py tests/system/test_plans.py)

.PHONY: faults
faults: install ## Everything that a server may do wrong, at every moment (very long)
	$(call section,faults)
	@$(RUN) --installed pytest --all-moments $(call tests,tests/system/test_faults.py)

.PHONY: races
races: install ## Two and three imports at once, many times (long)
	$(call section,races)
	@$(RUN) --installed pytest --all-moments $(call tests,tests/system/test_side_by_side.py)

.PHONY: sequences
sequences: install ## A long random sequence of imports, edits and changes (ARGS="--seed 7" repeats one)
	$(call section,sequences)
	@$(RUN) --installed pytest --all-moments --seed $$(date +%s) $(call tests,tests/system/test_sequences.py)

.PHONY: bench
bench: install ## Measure searches and imports of several sizes
	$(call section,bench)
	@$(RUN) --installed python tests/bench.py $(ARGS)

.PHONY: image-context
image-context: install ## Does ansible-builder take the execution environment's definition?
	$(call section,image-context)
	@$(RUN) --tools python tests/tools/image.py --context

.PHONY: image
image: install ## Build the execution environment, where buildah or podman is there (long); BASE_IMAGE=... in place of the one in the file
	$(call section,image)
	@$(RUN) --tools python tests/tools/image.py '$(BASE_IMAGE)'

.PHONY: release
release: ## Write the changelog of VERSION=1.2.3, build the archive and check it
	$(call section,release)
	@$(RUN) python tests/tools/release.py '$(VERSION)'
	@$(MAKE) --no-print-directory install galaxy

.PHONY: clean
clean: demo-stop ## Stop the test servers and remove what was made
	rm -rf '$(CACHE)' .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find plugins tests -name __pycache__ -type d -exec rm -rf {} +
