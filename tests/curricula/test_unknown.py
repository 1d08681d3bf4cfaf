"""Keys of other tools and of other places: what the hint says, and whether it is true."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from curricula.loader import load_curriculum
from curricula.problem import KeyPath
from curricula.schema_lookup import known_keys
from curricula.synonyms import TABLE, synonyms
from domains.errors import CurriculumError
from tests.support.curriculum_text import GOOD, changed, write

FORMER = {
    "dataset_path", "data_files", "max_prompt_length", "max_seq_length", "peft_config", "reward_funcs", "torch_dtype",
}  # fmt: skip
"""TRL's words that are arguments of a function, or were options before."""


TASK = "{type: reasoning_gym, task: chain_sum}"


def hint(folder: Path, text: str) -> str:
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(write(folder, text))
    return str(caught.value).removeprefix(f"{folder}/")


def place(key: str) -> KeyPath:
    """``domains.NAME.rewards[0].weight`` as key path."""
    found: list[str | int] = []
    for part in key.split("."):
        name, _, index = part.partition("[")
        found += [name, int(index.removesuffix("]"))] if index else [name]
    return tuple(found)


DATA = {
    "model": {"type": "pretrained", "lora": {}},
    "domains": {"NAME": {"source": {"type": "file"}, "rewards": [{"type": "exact"}]}},
}


@pytest.mark.parametrize("key", sorted({found.key for found in synonyms().values()} - {""}))
def test_what_a_synonym_names_is_there(key: str) -> None:
    *above, last = place(key)
    assert last in known_keys(tuple(above), DATA), key


def test_a_word_without_a_key_says_why() -> None:
    assert all(
        found.key or found.note.startswith(("Not here yet: ", "Not needed here: ")) for found in synonyms().values()
    )
    assert all(not found.note or found.note.endswith(".") for found in synonyms().values())
    assert all(found.tools for found in synonyms().values())


@pytest.mark.slow
def test_trl_s_words_are_trl_s() -> None:
    from dataclasses import fields

    from trl import GRPOConfig, ModelConfig, ScriptArguments, SFTConfig

    known = {field.name for kind in (GRPOConfig, SFTConfig, ModelConfig, ScriptArguments) for field in fields(kind)}
    with TABLE.open(encoding="utf-8") as stream:
        words = {word for row in csv.DictReader(stream) for word in row["TRL"].split()}
    assert words - known == FORMER


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            ("steps: 10", "num_generations: 8"),
            "c.yaml:17: training.num_generations: unknown key, got 8. "
            "`num_generations` of TRL and axolotl is `rollouts` here.",
        ),
        (
            ("steps: 10", "max_new_tokens: 8"),
            "c.yaml:17: training.max_new_tokens: unknown key, got 8. `max_new_tokens` of LLaMA-Factory is `max_tokens` "
            "here. A domain's own `max_tokens` goes for evaluation too.",
        ),
        (
            ("seeds: [0, 1]", "seed: 3"),
            "c.yaml:20: seed: unknown key, got 3. `seed` of TRL, axolotl, LLaMA-Factory and verl is `seeds` here. "
            "A list, one repetition each.",
        ),
        (
            ("seeds: [0, 1]", "num_train_epochs: 3"),
            "c.yaml:20: num_train_epochs: unknown key, got 3. `num_train_epochs` of TRL and LLaMA-Factory is "
            "`training.epochs` here. Of every stage.",
        ),
        (
            ("seeds: [0, 1]", "actor_rollout_ref: {rollout: {n: 5}}"),
            "c.yaml:20: actor_rollout_ref: unknown key, got {'rollout': {'n': 5}}. "
            "`actor_rollout_ref.rollout.n` of verl is `training.rollouts` here.",
        ),
        (
            ("seeds: [0, 1]", "algorithm: {adv_estimator: grpo}"),
            "c.yaml:20: algorithm: unknown key, got {'adv_estimator': 'grpo'}. "
            "`algorithm.adv_estimator` of verl is `training.method` here. `grpo` or `sft`.",
        ),
        (
            ("steps: 10", "beta: 0.1"),
            "c.yaml:17: training.beta: unknown key, got 0.1. `beta` of TRL and axolotl is `kl` here.",
        ),
        (
            ("steps: 10", "top_p: 0.9"),
            "c.yaml:17: training.top_p: unknown key, got 0.9. `top_p` of TRL, axolotl, LLaMA-Factory and verl is `trl` "
            "here. As TRL calls it, e.g. `trl: {top_p: 0.9}`; evaluation draws from the whole distribution.",
        ),
        (
            ("seeds: [0, 1]", "output_dir: x"),
            "c.yaml:20: output_dir: unknown key, got 'x'. Not needed here: results go to --store.",
        ),
        (
            ("seeds: [0, 1]", "temperature: 0.7"),
            "c.yaml:20: temperature: unknown key, got 0.7. It stands under `training` here.",
        ),
        (
            ("steps: 10", "order: bwt"),
            "c.yaml:17: training.order: unknown key, got 'bwt'. It stands under `schedule` here.",
        ),
        (
            ("steps: 10", "seeds: [1]"),
            "c.yaml:17: training.seeds: unknown key, got [1]. It stands at the top of the file here.",
        ),
        (
            (TASK, "{type: file, path: a.jsonl, split: train}"),
            "c.yaml:7: domains.sums.source.split: unknown key, got 'train'. It is a key of `type: hub`.",
        ),
        (
            (TASK, "{type: file, path: a.jsonl, name: main}"),
            "c.yaml:7: domains.sums.source.name: unknown key, got 'main'. It is a key of `type: hub`.",
        ),
        (
            (TASK, "{type: hub, path: a/b, delimiter: ';'}"),
            "c.yaml:7: domains.sums.source.delimiter: unknown key, got ';'. It is a key of `type: file`.",
        ),
        (
            (TASK, "{type: file, data_files: a.jsonl}"),
            "c.yaml:7: domains.sums.source.data_files: unknown key, got 'a.jsonl'. `data_files` of TRL is `path` here. "
            "It is a key of `type: hub`.",
        ),
        (
            (TASK, "{type: reasoning_gym, task: chain_sum, path: a}"),
            "c.yaml:7: domains.sums.source.path: unknown key, got 'a'. It is a key of `type: file` and `type: hub`.",
        ),
        (
            (TASK, "{type: csv, path: a.csv}"),
            "c.yaml:7: domains.sums.source.type: must be one of reasoning_gym, file, hub, stories, mix, got 'csv'. "
            "Files of all formats are `type: file`.",
        ),
        (
            (TASK, "{type: huggingface, path: a/b}"),
            "c.yaml:7: domains.sums.source.type: must be one of reasoning_gym, file, hub, stories, mix, got "
            "'huggingface'. Data sets of the hub are `type: hub`.",
        ),
        (
            (TASK, "a.jsonl"),
            "c.yaml:7: domains.sums.source: must be a mapping, got 'a.jsonl'. "
            "Write `source: {type: file, path: a.jsonl}`.",
        ),
    ],
)
def test_the_hint(tmp_path: Path, change: tuple[str, str], line: str) -> None:
    assert hint(tmp_path, changed(*change)) == line


def test_a_required_key_under_another_tool_s_name_is_one_mistake(tmp_path: Path) -> None:
    text = GOOD.replace("type: scratch", "type: pretrained\n  model_name_or_path: a/b")
    assert hint(tmp_path, text) == (
        "c.yaml:4: model.model_name_or_path: unknown key, got 'a/b'. "
        "`model_name_or_path` of TRL and LLaMA-Factory is `id` here."
    )
