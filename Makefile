# Two commands do everything: `make demo` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PYTHONDONTWRITEBYTECODE :=
export DBT_SEND_ANONYMOUS_USAGE_STATS := False
export GX_ANALYTICS_ENABLED := false
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
HOME_DIR := var/demo
PERIOD ?= 2024-06

.PHONY: help demo dbt check test test-slow test-long test-spark lint bench docs-pages clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(READY): requirements/dev.txt requirements/bootstrap.txt pyproject.toml
	@echo "… 准备环境 make the environment ($(VENV))"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## a sample month through the whole pipeline, under Airflow
	@$(BIN)/python -m wengang.devtools.demo --home $(HOME_DIR) --period $(PERIOD)

dbt: $(READY) ## dbt on a copy of a month's build: make dbt ARGS="build -s refund_decisions+"
	@$(BIN)/wengang dbt --home $(HOME_DIR) -- $(ARGS)

check: $(READY) ## the conventions and the quick tests, in a minute and a half
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q . && $(BIN)/mypy
	@$(BIN)/lint-imports && $(BIN)/deptry .
	@WENGANG_DBT_TARGET=target/check $(BIN)/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project
	@$(BIN)/dbt-bouncer run --config-file dbt_project/dbt-bouncer.yml
	@$(BIN)/python -m pytest tests/unit -m "not slow and not browser and not spark and not scale and not long and not province" -n 2 --dist loadscope

test: lint ## every check and test but the slow suites
	@$(BIN)/python -m pytest -n 2 --dist loadscope --durations 10

test-slow: $(READY) ## province scale, browser, long properties
	@$(BIN)/python -m pytest -m "slow or browser" -n 2 --dist loadfile --durations 10

test-long: $(READY) ## random worlds over several months, counted a second way
	@$(BIN)/python -m pytest -m long --durations 10

lint: $(READY) ## ruff, mypy, sqlfluff, yamllint
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/sqlfluff lint -q -p 2 dbt_project/models && $(BIN)/yamllint -s .

# Its own environment: the engine and its adapter are not needed for anything else.
SPARK_VENV := .venv-spark
$(SPARK_VENV)/.ready: $(READY) requirements/spark.txt
	@test -x $(SPARK_VENV)/bin/python || $(PYTHON) -m venv $(SPARK_VENV)
	@$(BIN)/uv pip sync --quiet --python $(SPARK_VENV)/bin/python --require-hashes --compile-bytecode requirements/spark.txt
	@$(BIN)/uv pip install --quiet --python $(SPARK_VENV)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

test-spark: ## both engines on one lake, compared cell by cell (needs Java 17)
	@command -v java >/dev/null || { echo "没有 Java 17，跳过 Spark · no Java 17: Spark is skipped"; exit 0; }; \
	$(MAKE) --no-print-directory $(SPARK_VENV)/.ready && $(SPARK_VENV)/bin/python -m pytest -m spark -p no:cacheprovider tests/end_to_end/test_spark.py

bench: $(READY) ## the performance table of docs/performance.md
	@$(BIN)/python -m benchmarks

clean: ## remove what commands have made (not .venv)
	rm -rf var dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache
