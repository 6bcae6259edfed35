# make demo | make test | make bench | make check | make demo-manuals | make docs | make clean
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench demo-manuals docs clean

demo:
	@scripts/install.sh demo $(PYTHON)
	@$(BIN)/andon demo

test:
	@scripts/install.sh test $(PYTHON)
	@scripts/without-network.sh $(BIN)/python -m pytest

check:
	@scripts/install.sh test $(PYTHON)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench:
	@scripts/install.sh test $(PYTHON)
	@scripts/without-network.sh $(BIN)/python -m tests.bench_relevance docs/results/relevance.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_demo_questions docs/results/demo-questions.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_bad_input docs/results/bad-input.json

demo-manuals:
	@scripts/install.sh test $(PYTHON)
	@$(BIN)/python demo/build_manuals.py

docs:
	@scripts/install.sh test $(PYTHON)
	@$(BIN)/python -m ui.docs

clean:
	rm -rf .venv .demo-data build dist *.egg-info
