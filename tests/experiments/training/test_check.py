"""What TRL would not take is said at `validate`, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from domains.errors import CurriculumError
from experiments.cli.session import prepare
from experiments.training.check import METHODS, check_training
from experiments.training.owned import ELSEWHERE, FAMILIES, HERE, owned
from experiments.training.settings import keys_of
from tests.curricula.test_unknown import DATA, known_keys, place
from tests.support.curriculum_text import GOOD, changed, write

pytestmark = pytest.mark.slow


def trl(text: str, more: str = "") -> str:
    return changed("steps: 10", f"trl: {{{text}}}{more}")


MIXED = "\nstages:\n  sums: {method: sft}"
ALL_SFT = "\n  method: sft"
REFUSED = [
    (
        trl("max_steps: 3"),
        "17: training.trl.max_steps: is not handed on to TRL, got 3. It is `training.steps` here.",
    ),
    (
        trl("report_to: wandb"),
        "17: training.trl.report_to: is not handed on to TRL, got 'wandb'. The report holds what was measured.",
    ),
    (
        trl("save_steps: 5"),
        "17: training.trl.save_steps: is not handed on to TRL, got 5. It is `training.checkpoint_every` here.",
    ),
    (
        trl("epsilom: 0.2"),
        "17: training.trl.epsilom: is no key of TRL's, got 0.2. Did you mean 'epsilon'?",
    ),
    (
        trl("epsilon: 0.2", ALL_SFT),
        "17: training.trl.epsilon: is a key of GRPOConfig alone, and no stage here is trained by grpo, only by sft, "
        "got 0.2.",
    ),
    (
        GOOD.replace("seeds: [0, 1]", "stages:\n  sums: {method: sft, trl: {top_p: 0.9}}"),
        "21: stages.sums.trl.top_p: is a key of GRPOConfig alone, and no stage here is trained by grpo, only by sft, "
        "got 0.9.",
    ),
    (
        trl("activation_offloading: true"),
        "17: training.trl.activation_offloading: is a key of SFTConfig alone, and no stage here is trained by sft, "
        "only by grpo, got True.",
    ),
    (trl("epsilon: '0.2'"), "17: training.trl.epsilon: must be of TRL's type float, got '0.2'."),
    (trl("top_k: 1.5"), "17: training.trl.top_k: must be of TRL's type int, got 1.5."),
    (
        trl("loss_type: dr_gpo"),
        "17: training.trl.loss_type: must be one of grpo, dapo, dr_grpo, bnpo, luspo, cispo, sapo, vespo for grpo, got "
        "'dr_gpo'. Did you mean 'dr_grpo'?",
    ),
    (
        trl("loss_type: dr_grpo", MIXED),
        "17: training.trl.loss_type: must be one of nll, dft for sft, got 'dr_grpo'.",
    ),
    (
        trl("loss_type: dapo", "\n  loss: token"),
        "17: training.trl.loss_type: stands beside `loss`, which says the same, got 'dapo'.",
    ),
    (
        trl("scale_rewards: yes_please"),
        "17: training.trl.scale_rewards: must be one of group, batch, none, got 'yes_please'.",
    ),
    (
        trl("top_p: 1.5"),
        "17: training.trl.top_p: is refused by transformers: top_p has to be a float > 0 and < 1, but is 1.5, got 1.5.",
    ),
    (
        trl("max_length: 10"),
        "17: training.trl.max_length: is not handed on to TRL, got 10. It is `model.max_length` here.",
    ),
    (
        trl("packing: true"),
        "17: training.trl.packing: is not handed on to TRL, got True. It would move examples between steps: a step is "
        "`prompts` examples, by which budgets are counted, in the order that the seed drew. `padding_free: true` packs "
        "the examples of a micro-batch, and moves none.",
    ),
    (
        changed("steps: 10", "checkpoint_every: 0"),
        "17: training.checkpoint_every: must be greater than 0, got 0.",
    ),
    (trl("epsilon: -1"), "17: training.trl.epsilon: must be at least 0, got -1."),
    (trl("num_iterations: 0"), "17: training.trl.num_iterations: must be at least 1, got 0."),
    (
        trl("adam_beta1: 2.0"),
        "17: training.trl.adam_beta1: is refused by TRL: Invalid beta parameter at index 0: 2.0, got 2.0.",
    ),
    (
        trl("use_vllm: true"),
        "17: training.trl.use_vllm: needs the package vllm, which is not installed, got True. Install it here and on "
        "every worker: pip install 'stagewise[vllm]'.",
    ),
    (
        changed("steps: 10", "optim: adamw_8bit\nresources: {gpus: 1}"),
        "17: training.optim: needs the package bitsandbytes, which is not installed, got 'adamw_8bit'. Install it here "
        "and on every worker: pip install 'stagewise[nf4]'.",
    ),
]


@pytest.mark.parametrize(("text", "line"), REFUSED, ids=[line[:50] for _, line in REFUSED])
def test_what_is_refused_names_its_key_and_line(
    tmp_path: Path, text: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where no optional package is installed."""
    monkeypatch.setattr("domains.packages.find_spec", lambda name: None)
    file = write(tmp_path, text)
    with pytest.raises(CurriculumError) as caught:
        prepare(file, None)
    assert str(caught.value) == f"{file}:{line}"


def test_what_set_says_is_named_by_it(tmp_path: Path) -> None:
    with pytest.raises(CurriculumError) as caught:
        prepare(write(tmp_path, GOOD), None, ["training.trl={epsilom: 1}"])
    assert str(caught.value).startswith("--set training.trl: training.trl.epsilom: is no key of TRL's, got 1.")


TAKEN = [
    trl("epsilon: 0.1, epsilon_high: 0.28, delta: 1.5, loss_type: dr_grpo, scale_rewards: batch"),
    trl("importance_sampling_level: sequence, mask_truncated_completions: true, num_iterations: 2"),
    trl("scale_rewards: false, top_p: 0.9, top_k: 20, min_p: 0.05, repetition_penalty: 1.1"),
    trl("generation_kwargs: {no_repeat_ngram_size: 3}, entropy_coef: 0.01, top_entropy_quantile: 0.2"),
    trl("adam_beta2: 0.95, adam_epsilon: 1.0e-6, torch_empty_cache_steps: 10"),
    trl("neftune_noise_alpha: 5", ALL_SFT),
    trl("loss_type: dft", ALL_SFT),
    # Each goes to the stages by the method that has it.
    trl("epsilon: 0.1, activation_offloading: false", MIXED),
    trl("epsilon: 0.1", ALL_SFT + "\nsearch:\n  methods: {sums: [sft, grpo]}"),
    trl("epsilon: 0.1", "\nstages:\n  tales: {trl: {loss_type: dapo}}"),
]


@pytest.mark.parametrize("text", TAKEN)
def test_nothing_is_refused_without_need(tmp_path: Path, text: str) -> None:
    check_training(load_curriculum(write(tmp_path, text)))


def test_what_is_said_to_be_here_is_here() -> None:
    for key in set(HERE.values()) - {"seeds", "model"}:
        *above, last = place(key)
        assert last in known_keys(tuple(above), DATA), key


def test_what_is_not_handed_on_is_trl_s() -> None:
    known = {key for method in METHODS for key in keys_of(method)}
    assert (HERE.keys() | ELSEWHERE.keys()) - known == {"warmup_ratio"}
    assert all(any(key.startswith(start) for key in known) for start in FAMILIES)
    assert not HERE.keys() & ELSEWHERE.keys()


def test_what_is_handed_on_was_looked_at() -> None:
    """A key that another version of TRL brings is handed on only once it stands here."""
    passed = {key for method in METHODS for key in keys_of(method) if owned(key) is None}
    vllm = {key for key in passed if key.startswith("vllm_")} | {"use_vllm"}
    assert passed - vllm == {
        *("epsilon", "epsilon_high", "delta", "num_iterations", "loss_type", "importance_sampling_level"),
        *("scale_rewards", "mask_truncated_completions", "top_entropy_quantile", "off_policy_mask_threshold"),
        *("use_bias_correction_kl", "sapo_temperature_neg", "sapo_temperature_pos"),
        *("vespo_k_pos", "vespo_k_neg", "vespo_lambda_pos", "vespo_lambda_neg"),
        *("entropy_coef", "entropy_coef_min", "entropy_coef_max", "entropy_coef_delta", "entropy_target"),
        *("use_adaptive_entropy", "top_p", "top_k", "min_p", "repetition_penalty", "generation_kwargs"),
        *("adam_beta1", "adam_beta2", "adam_epsilon", "cast_lm_head_to_fp32", "pad_to_multiple_of"),
        *("neftune_noise_alpha", "activation_offloading", "torch_empty_cache_steps"),
        *("activation_checkpointing_kwargs", "gradient_checkpointing_kwargs", "padding_free"),
    }
