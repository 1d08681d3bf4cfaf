"""Rules over several keys, each told at its own line."""

from __future__ import annotations

import pytest

from curricula.checks import check
from curricula.loader import load_curriculum
from curricula.problem import dotted
from domains.errors import CurriculumError
from tests.support.curriculum_text import GOOD, changed, write

ONE_DOMAIN = GOOD[: GOOD.index("  tales:")] + GOOD[GOOD.index("training:") :]
NO_DOMAIN = "name: demo\nmodel: {type: scratch}\ndomains: {}\n"
BOTH_ZERO = changed("    kind: structured", "    weight: 0\n    kind: structured").replace(
    "kind: creative", "weight: 0.0\n    kind: creative"
)
ONE = GOOD[GOOD.index("  tales:") : GOOD.index("training:")]
MANY = GOOD.replace("training:", "".join(ONE.replace("tales", f"tales{k}") for k in range(100)) + "training:", 1)
EXPLICIT = "composition: explicit\n  stages:\n  - mixture: "

TABLE = [
    (
        changed("seeds: [0, 1]", "comparison:\n  primary: {arm: joint, baseline: joint}"),
        "21: comparison.primary: an arm cannot be compared with itself, got 'joint'.",
    ),
    (
        changed("seeds: [0, 1]", "comparison: {rope: 1}"),
        "20: comparison.rope: must be less than 1, got 1.",
    ),
    (
        changed("seeds: [0, 1]", "comparison: {rope: 0}"),
        "20: comparison.rope: must be greater than 0, got 0.",
    ),
    (
        changed("seeds: [0, 1]", "comparison: {primary: [a, b]}"),
        "20: comparison.primary: must be a mapping, got ['a', 'b'].",
    ),
    (NO_DOMAIN, "3: domains: no domain is defined. Define two or more."),
    (
        ONE_DOMAIN,
        "4: domains: there is nothing to order: only one domain is defined, got 'sums'. Define two or more.",
    ),
    (
        changed("  tales:", "  total:"),
        "10: domains.total: this name is kept for the mean over all domains. Choose another.",
    ),
    (
        MANY,
        "4: domains: an order is found for at most 100 domains, got 102. "
        "Give the order (schedule.order: given) and set baselines.orders to [].",
    ),
    (BOTH_ZERO, "4: domains: the domains' weights must not all be zero. Give one domain a positive weight."),
    (
        changed("type: exact", "type: exact\n        weight: 0"),
        "8: domains.sums.rewards: the rewards' weights must not all be zero. Give one reward a positive weight.",
    ),
    (
        changed("    kind: structured", "    kind: structured\n    metric: numeric"),
        "7: domains.sums.metric: must be the name or the type of one of the domain's rewards, got 'numeric'. "
        "Its rewards are: exact.",
    ),
    (
        changed("- type: exact", "- type: numeric\n      - type: numeric\n        tolerance: 0.1"),
        "8: domains.sums.rewards: must name one reward for the metric, and 2 are called 'numeric'. "
        "Give that one a name of its own, e.g. `name: main`, and write `metric: main`.",
    ),
    (
        changed("    kind: structured", "    kind: structured\n    metric: numeric").replace(
            "- type: exact", "- type: numeric\n      - type: numeric\n        tolerance: 0.1"
        ),
        "7: domains.sums.metric: must name one reward for the metric, and 2 are called 'numeric'. "
        "Give that one a name of its own, e.g. `name: main`, and write `metric: main`.",
    ),
    (
        changed("type: creative", "type: scorer"),
        "15: domains.tales.rewards[0].type: the scorer belongs to reasoning_gym tasks, and this domain's "
        "source is stories. Use exact, numeric or regex.",
    ),
    (
        changed("seeds: [0, 1]", "stages:\n  tale: {steps: 3}"),
        "21: stages.tale: no domain of this name is defined, got 'tale'. Did you mean 'tales'?",
    ),
    (
        changed("order: bwt", "order: given\n  given: [sums, poems]"),
        "20: schedule.given[1]: no domain of this name is defined, got 'poems'. Defined are: sums, tales.",
    ),
    (
        changed("order: bwt", "leave_out: [sum]"),
        "19: schedule.leave_out[0]: no domain of this name is defined, got 'sum'. Did you mean 'sums'?",
    ),
    (
        changed("order: bwt", EXPLICIT + "{sums: 1, tails: 1}"),
        "21: schedule.stages[0].mixture.tails: no domain of this name is defined, got 'tails'. Did you mean 'tales'?",
    ),
    (
        changed("order: bwt", "order: bwt\n  probing: {budget: 5}"),
        "20: schedule.probing.budget: was adaptive probing, which is no more: where all orders were trained it chose "
        "worse ones than `bwt` by single probes (regret 2.6 % against 1.4 %), got 5. Leave it out; `joint` and "
        "`groups` stay.",
    ),
    (
        changed("order: bwt", "order: given"),
        "19: schedule.order: `order: given` needs the order itself. Add `given: [sums, tales]`.",
    ),
    (
        changed("order: bwt", "order: given\n  given: [sums]"),
        "20: schedule.given: must hold each domain that is trained once, got ['sums']. The domains are sums, tales.",
    ),
    (
        changed("order: bwt", "order: given\n  given: [sums, tales, sums]"),
        "20: schedule.given: must hold each domain that is trained once, got ['sums', 'tales', 'sums']. "
        "The domains are sums, tales.",
    ),
    (
        changed("order: bwt", "order: given\n  given: [sums, tales]\n  leave_out: [tales]"),
        "20: schedule.given: must hold each domain that is trained once, got ['sums', 'tales']. The domains are sums.",
    ),
    (
        changed("order: bwt", "given: [sums, tales]"),
        "19: schedule.given: is only for `order: given`, and the order is bwt, got ['sums', 'tales'].",
    ),
    (
        changed("order: bwt", "composition: explicit"),
        "19: schedule.composition: `composition: explicit` needs stages. Add `schedule.stages`.",
    ),
    (
        changed("order: bwt", "stages: [{mixture: {sums: 1}}]"),
        "19: schedule.stages: is only for `composition: explicit`, and the composition is sequential. "
        "To change one domain's stage, use the top-level key `stages`.",
    ),
    (
        changed("order: bwt", EXPLICIT + "{sums: 0}"),
        "21: schedule.stages[0].mixture: the shares must not sum to zero, got {'sums': 0.0}.",
    ),
    (
        changed("order: bwt", EXPLICIT + "{sums: 1}\n  - mixture:\n      sums: -1\n      tales: 2"),
        "23: schedule.stages[1].mixture.sums: a share must not be negative, got -1.0.",
    ),
    (
        changed("order: bwt", "leave_out: [tales]\n  " + EXPLICIT + "{sums: 1, tales: 2}"),
        "22: schedule.stages[0].mixture.tales: this domain is in `leave_out`, so no stage may train on it, got 2.0.",
    ),
    (
        changed("order: bwt", "leave_out: [tales, sums]"),
        "19: schedule.leave_out: leaves out every domain, so nothing is trained, got ['tales', 'sums'].",
    ),
    (
        changed("order: bwt", "leave_out: [tales, tales]"),
        "19: schedule.leave_out: must name each domain once, got ['tales', 'tales'].",
    ),
    (
        changed("    kind: creative", "    kind: creative\n    max_tokens: 256"),
        "12: domains.tales.max_tokens: must be less than the model's context (256), got 256.",
    ),
    (
        changed("steps: 10", "steps: 10\n  warmup_steps: 10"),
        "18: training.warmup_steps: must be less than the stage's steps (10), got 10.",
    ),
    (
        changed("order: bwt", EXPLICIT + "{sums: 1}\n    training: {warmup_steps: 4}").replace(
            "seeds: [0, 1]", "stages:\n  sums: {steps: 3}"
        ),
        "22: schedule.stages[0].training.warmup_steps: must be less than the stage's steps (3), got 4.",
    ),
    (
        changed("seeds: [0, 1]", "stages:\n  tales: {warmup_steps: 12}"),
        "21: stages.tales.warmup_steps: must be less than the stage's steps (10), got 12.",
    ),
    (
        changed("steps: 10", "steps: 10\n  warmup_steps: 2\n  warmup_ratio: 0.1"),
        "19: training.warmup_ratio: stands beside `warmup_steps`, which says the same, got 0.1.",
    ),
    (
        changed("seeds: [0, 1]", "stages:\n  tales: {warmup_ratio: 1}"),
        "21: stages.tales.warmup_ratio: must be less than 1, got 1.",
    ),
    (
        changed("type: scratch", "type: pretrained\n  id: x\n  lora: {dora: true}").replace(
            "seeds: [0, 1]", "baselines: {merges: [linear]}"
        ),
        "22: baselines.merges: adapters with DoRA or `modules_to_save` cannot be merged, got ['linear']. Leave it out.",
    ),
    (
        changed("type: scratch", "type: pretrained\n  id: x\n  lora: {modules_to_save: [norm]}").replace(
            "seeds: [0, 1]", "baselines: {interpolate: true}"
        ),
        "22: baselines.interpolate: adapters with DoRA or `modules_to_save` cannot be merged, got True. Leave it out.",
    ),
    (
        changed("steps: 10", "steps: 10\n  epochs: 2"),
        "18: training.epochs: stands beside `steps`, which says the same, got 2.",
    ),
    (
        changed("order: bwt", "rate: whole").replace("seeds: [0, 1]", "stages:\n  tales: {optim: adafactor}"),
        "21: stages.tales.optim: must be the same in all stages (adamw_torch_fused), because `schedule.rate: whole` "
        "carries it on, got 'adafactor'.",
    ),
    (
        changed("seeds: [0, 1]", "stages:\n  sums: {optimizer: carry}\n  tales: {optim: adafactor, optimizer: carry}"),
        "22: stages.tales.optim: must be the same in all stages (adamw_torch_fused), because it is carried on, got "
        "'adafactor'.",
    ),
    (
        changed("steps: 10", "precision: tf32"),
        "17: training.precision: needs a GPU, and a stage has none, got 'tf32'. Write `resources: {gpus: 1}`, or leave "
        "this out.",
    ),
    (
        changed("seeds: [0, 1]", "stages:\n  tales: {optim: paged_adamw_8bit}"),
        "21: stages.tales.optim: needs a GPU, and a stage has none, got 'paged_adamw_8bit'. Write `resources: {gpus: "
        "1}`, or leave this out.",
    ),
    (
        changed("steps: 10", "steps: 10\n  prompts: 9\nresources: {processes: 2}"),
        "18: training.prompts: must be a multiple of the 2 processes that share a stage, got 9. Take 8, or other "
        "`resources.processes`.",
    ),
    (
        changed("seeds: [0, 1]", "stages:\n  tales: {prompts: 6}\nresources: {gpus: 4}"),
        "21: stages.tales.prompts: must be a multiple of the 4 processes that share a stage, got 6. Take 8, or other "
        "`resources.processes`.",
    ),
    (
        changed("seeds: [0, 1]", "resources: {gpus: 1.5}"),
        "20: resources.gpus: must be a whole number where it is above 1, got 1.5.",
    ),
    (
        changed("seeds: [0, 1]", "resources: {gpus: 2, processes: 4}"),
        "20: resources.processes: must be as many as there are GPUs (gpus: 2), one for each, got 4.",
    ),
    (
        changed("seeds: [0, 1]", "resources: {gpus: 0.5, processes: 2}"),
        "20: resources.processes: must be as many as there are GPUs (gpus: 0.5), one for each, got 2.",
    ),
    (
        changed("seeds: [0, 1]", "resources: {gpus: 1, sharding: full}"),
        "20: resources.sharding: needs several processes (`gpus` or `processes` above 1), got 'full'.",
    ),
    (
        changed("steps: 10", "steps: 10\n  optim: adafactor\nresources: {processes: 2, sharding: full}"),
        "18: training.optim: cannot be, where `resources.sharding: full` shares out the model, got 'adafactor'. Take "
        "adamw_torch_fused.",
    ),
    (
        changed("steps: 10", "steps: 10\n  trl: {use_vllm: true}\nresources: {processes: 2, sharding: full}"),
        "18: training.trl.use_vllm: cannot be, where `resources.sharding: full` shares out the model, got True. "
        "Rollouts are made by transformers' generate.",
    ),
]


@pytest.mark.parametrize(("text", "line"), TABLE, ids=[line[:60] for _, line in TABLE])
def test_each_rule_names_its_key_and_line(tmp_path, text, line):
    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(file)
    assert str(caught.value) == f"{file}:{line}"


FINE = [
    GOOD,
    changed("order: bwt", "order: given\n  given: [tales, sums]"),
    changed("order: bwt", "order: given\n  given: [sums]\n  leave_out: [tales]"),
    changed("order: bwt", EXPLICIT + "{sums: 1}\n    repeat: 2\n  - mixture: {sums: 0, tales: 3}"),
    changed("order: bwt", "leave_out: auto"),
    changed("    kind: creative", "    weight: 0\n    kind: creative").replace("order: bwt", "leave_out: [tales]"),
    changed("steps: 10", "steps: 10\n  warmup_steps: 9"),
    changed("steps: 10", "warmup_steps: 9\nstages:\n  tales: {warmup_ratio: 0.1}"),
    changed("steps: 10", "warmup_ratio: 0.1\nstages:\n  tales: {warmup_steps: 9}"),
    changed("seeds: [0, 1]", "stages:\n  sums: {optimizer: carry}\n  tales: {optim: adafactor}"),
    changed("steps: 10", "epochs: 0.5\n  warmup_steps: 900\nstages:\n  tales: {steps: 1000}"),
    changed("steps: 10", "precision: tf32\nresources: {gpus: 0.5}"),
    changed("type: exact", "type: scorer"),
    changed("seeds: [0, 1]", "resources: {gpus: 2}"),
    changed("seeds: [0, 1]", "resources: {processes: 4}"),
]


@pytest.mark.parametrize("text", FINE)
def test_nothing_is_refused_without_need(tmp_path, text):
    assert check(load_curriculum(write(tmp_path, text))) == []


def test_every_broken_rule_is_found_and_counted(tmp_path):
    text = changed("type: creative", "type: scorer").replace("steps: 10", "warmup_steps: 150")
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(write(tmp_path, text.replace("order: bwt", "order: given")))
    assert str(caught.value).endswith("Use exact, numeric or regex. (2 more)")


def test_key_paths_read_as_they_are_written():
    assert dotted(("domains", "sums", "rewards", 0, "weight")) == "domains.sums.rewards[0].weight"
    assert dotted(()) == ""
