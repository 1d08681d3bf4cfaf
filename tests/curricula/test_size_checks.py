"""What is too large is said at its line, before anything goes over it."""

from __future__ import annotations

import pytest

from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from tests.support.curriculum_text import changed, write

EXPLICIT = "composition: explicit\n  stages:\n  - mixture: {sums: 1}\n    repeat: "
MANY = ", ".join(["0.5", *(str(k + 1) for k in range(100))])

TABLE = [
    (changed("order: bwt", EXPLICIT + "100000000"), "22: schedule.stages[0].repeat: must be at most 1,000, got 10"),
    (
        changed("order: bwt", EXPLICIT + "600\n  - mixture: {tales: 1}\n    repeat: 600"),
        "20: schedule.stages: a schedule has at most 1,000 stages, repeats counted, got 1200.",
    ),
    (
        changed("order: bwt", "order: bwt\nbaselines: {random_orders: 1000000}"),
        "20: baselines.random_orders: must be at most 100, got 1000000.",
    ),
    (
        changed("seeds: [0, 1]", f"seeds: {list(range(101))}"),
        "20: seeds: must have at most 100 entries, got 101.",
    ),
    (
        changed("order: bwt", EXPLICIT + "900").replace("seeds: [0, 1]", f"seeds: {list(range(40))}"),
        "23: seeds: the arms take up to 1,808 stage runs a seed, and a run has at most 50,000: at most 27 seeds, "
        "got 40. Take fewer seeds, random orders, probes or stages.",
    ),
    (changed("steps: 10", "steps: 1000000000000"), "17: training.steps: must be at most 1,000,000, got 1000000000000."),
    (
        changed("steps: 10", "steps: 100000\n  prompts: 10000"),
        "17: training.steps: a stage draws at most 100,000,000 examples, steps × prompts, got 1000000000.",
    ),
    (
        changed("steps: 10", "prompts: 100000\n  rollouts: 1000"),
        "18: training.rollouts: an optimizer step sees at most 1,000,000 completions, prompts × rollouts, "
        "got 100000000.",
    ),
    (
        changed("    kind: structured", "    train: 100000000\n    kind: structured"),
        "6: domains.sums.train: a source makes at most 1,000,000 training items, got 100000000.",
    ),
    (
        changed("type: scratch", "type: scratch\n  layers: 100000000"),
        "4: model.layers: must be at most 1,000, got 100000000.",
    ),
    (
        changed("type: scratch", "type: scratch\n  layers: 1000\n  hidden_size: 4096"),
        "5: model.hidden_size: a model made from its config has at most 10,000,000,000 parameters, "
        "12 × layers × hidden_size², got 201326592000.",
    ),
    (
        changed("type: scratch", "type: scratch\n  warmup: {steps: 1000000, batch: 1000}"),
        "4: model.warmup.steps: the warm-up draws at most 100,000,000 examples, steps × batch, got 1000000000.",
    ),
    (
        changed("seeds: [0, 1]", "evaluation: {decoding: {samples: 1000000000}}"),
        "20: evaluation.decoding.samples: must be at most 1,000, got 1000000000.",
    ),
    (
        changed("seeds: [0, 1]", f"search: {{lengths: [{MANY}]}}"),
        "20: search.lengths: must have at most 100 entries, got 101.",
    ),
    (
        changed("steps: 10", "steps: 100000").replace("seeds: [0, 1]", "search: {repeats: [1, 40000]}"),
        "20: search.repeats[1]: a schedule has at most 1,000 stages: must be at most 500, got 40000.",
    ),
]


@pytest.mark.parametrize(("text", "line"), TABLE, ids=[line[:50] for _, line in TABLE])
@pytest.mark.timeout(20)
def test_each_limit_names_its_key_and_the_largest_that_is_taken(tmp_path, text, line):
    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(file)
    assert str(caught.value).startswith(f"{file}:{line}")


FINE = [
    changed("order: bwt", EXPLICIT + "1000"),
    changed("order: bwt", "order: bwt\nbaselines: {random_orders: 100}"),
    changed("seeds: [0, 1]", f"seeds: {list(range(100))}"),
    changed("steps: 10", "steps: 1000000\n  prompts: 100"),
]


@pytest.mark.parametrize("text", FINE)
def test_what_is_merely_large_is_taken(tmp_path, text):
    load_curriculum(write(tmp_path, text))


def test_seeds_of_the_command_line_are_counted_too(tmp_path):
    file = write(tmp_path, changed("order: bwt", EXPLICIT + "900"))
    with pytest.raises(CurriculumError, match=r"^--seeds: must be at most 100 seeds, got 101"):
        load_curriculum(file, seeds=tuple(range(101)))
    with pytest.raises(CurriculumError, match=r"^--seeds: the arms take up to 1,808 stage runs a seed"):
        load_curriculum(file, seeds=tuple(range(40)))
