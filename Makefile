# make demo | make test | make bench | make bench-open | make soak | make check | make demo-manuals | make docs | make clean
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench bench-open soak demo-manuals docs clean

demo:
	@scripts/install.sh demo $(PYTHON)
	@$(BIN)/andon demo

# make test WORKERS=2: two processes share the files; each file is run by one of them, so that what it makes once is made once
WORKERS ?= 0
test:
	@scripts/install.sh test $(PYTHON)
	@scripts/without-network.sh $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

check:
	@scripts/install.sh test $(PYTHON)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench:
	@scripts/install.sh test $(PYTHON)
	@scripts/without-network.sh $(BIN)/python -m tests.bench_relevance docs/results/relevance.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_demo_questions docs/results/demo-questions.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_bad_input docs/results/bad-input.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_answer_faults docs/results/answer-faults.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_serving docs/results/serving.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_retrieval docs/results/retrieval-demo.json --demo
	@scripts/without-network.sh $(BIN)/python -m tests.bench_scale docs/results/scale.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_safety docs/results/safety.json --slm
	@scripts/without-network.sh $(BIN)/python -m tests.bench_queue docs/results/queue.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_isolation docs/results/isolation.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_memory docs/results/memory.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_forecast docs/results/forecast.json
	@scripts/without-network.sh $(BIN)/python tests/bench_generation.py
	@scripts/without-network.sh $(BIN)/python tests/bench_drafting.py
	@scripts/without-network.sh $(BIN)/python -m tests.bench_parity docs/results/parity.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_rkllm docs/results/rkllm.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_mining docs/results/mining.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_two_choice docs/results/two-choice.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_training_speed docs/results/training-speed.json
	@$(BIN)/python -m tests.bench_bundle docs/results/bundle.json
	@$(BIN)/python -m tests.bench_pages docs/results/pages.json --shots build/page-shots $(if $(AXE),--axe $(AXE))

# real manuals in ../shared/data (or ANDON_SHARED_DATA): asked through Chromium (look at the screenshots in build/shots), then
# retrieval sets, codes, table cells and scans; about an hour
bench-open:
	@scripts/install.sh test $(PYTHON)
	@mkdir -p build && $(BIN)/python tests/bench_open_manuals.py docs/results/open-manuals.json --shots build/shots
	@scripts/without-network.sh $(BIN)/python -m tests.bench_embedder docs/results/embedder.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_codes docs/results/codes.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_tables docs/results/tables.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_ocr docs/results/ocr.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_ingest docs/results/ingest.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_retrieval docs/results/retrieval-open.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_answers docs/results/answers.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_neighbours docs/results/neighbours.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_lying docs/results/lying.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_declining docs/results/declining.json

# what must not break: kill -9 at random moments, hostile files, texts that nobody thought of; about half an hour
soak:
	@scripts/install.sh test $(PYTHON)
	@scripts/without-network.sh $(BIN)/python -m tests.bench_kills docs/results/kills.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_training_kills docs/results/training-kills.json
	@scripts/without-network.sh $(BIN)/python -m tests.bench_hostile docs/results/hostile.json
	@scripts/without-network.sh $(BIN)/python -m pytest --hypothesis-profile=explore $$(grep -l "^@given" tests/test_*.py)

demo-manuals:
	@scripts/install.sh test $(PYTHON)
	@$(BIN)/python demo/build_manuals.py

docs:
	@scripts/install.sh test $(PYTHON)
	@$(BIN)/python -m ui.docs

clean:
	rm -rf .venv .demo-data build dist *.egg-info
