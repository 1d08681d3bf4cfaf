"""What is written for other tools: the very stages, in keys that the tools have, with nothing lost in silence."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import get_args

import pytest
import yaml
from datasets import load_dataset
from trl import DatasetMixtureConfig, GRPOConfig, ModelConfig, ScriptArguments, SFTConfig, TrlParser
from trl.scripts.grpo import GRPOScriptArguments

from domains.errors import UserError
from domains.example import Example
from experiments.cli.export import To
from experiments.nodes.tree import paid_nodes
from experiments.run.recipes.recipe import make_recipe
from experiments.run.recipes.rows import taught
from experiments.run.recipes.unequal import unequal
from experiments.run.recipes.write import TOOLS, write_recipe
from experiments.training.draw import draw
from tests.support.recipes import LORA, job_in, recipe_of, schedule

FIELDS = Path(__file__).parents[3] / "support" / "fields"


@pytest.fixture
def job(tmp_path):
    return job_in(tmp_path)


def fields(name):
    return json.loads((FIELDS / f"{name}.json").read_text("utf-8"))


def written(job, recipe, tool, folder):
    write_recipe(recipe, job, TOOLS[tool], folder, "stagewise export …")
    return [yaml.safe_load(file.read_text("utf-8")) for file in sorted(folder.glob("stage-*.yaml"))]


def test_every_tool_can_be_asked_for():
    assert get_args(To) == ("hf", *TOOLS)


def test_a_stages_rows_are_what_it_draws_in_its_order(job):
    plan = schedule(job, "sft", "grpo")
    recipe = make_recipe(job, plan, 1, chat=False)
    nodes = paid_nodes(job.setup, plan, 1)[1:]
    for one, node in zip(recipe.stages, nodes, strict=True):
        pools = {name: job.prepared.data[name]["train"] for name in node.stage.mixture}
        assert list(one.drawn) == draw(node.stage.examples, pools, "1", node.drawn)
        assert len(one.drawn) == one.stage.training.steps * one.stage.training.prompts
    first, second = ([each.example for each in one.drawn if each.domain == "sorting"] for one in recipe.stages)
    assert not {item.id for item in first} & {item.id for item in second}


@pytest.mark.parametrize(("chat", "lora"), [(False, None), (True, LORA)])
def test_trl_reads_its_configuration_and_its_data(job, tmp_path, chat, lora, monkeypatch):
    recipe = recipe_of(job, "sft", "grpo", chat=chat, lora=lora, lr_schedule="constant", warmup_steps=2)
    configs = written(job, recipe, "trl", tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    classes = ((ScriptArguments, SFTConfig), (GRPOScriptArguments, GRPOConfig))
    for at, (script, config) in enumerate(classes):
        parser = TrlParser((script, config, ModelConfig, DatasetMixtureConfig))
        arguments = ["--config", f"stage-{at + 1}.yaml", "--use_cpu"]
        names, training, model, _ = parser.parse_args_and_config(arguments, fail_with_unknown_args=True)
        stage = recipe.stages[at].stage.training
        assert training.max_steps == stage.steps
        assert training.per_device_train_batch_size * training.gradient_accumulation_steps == stage.completions
        assert training.warmup_steps == 2
        assert training.lr_scheduler_type == "constant_with_warmup"
        assert model.use_peft == bool(lora)
        assert model.lora_r == (4 if lora else ModelConfig().lora_r)
        rows = load_dataset(names.dataset_name, cache_dir=str(tmp_path / "cache"))["train"]
        prompts = [each.example.prompt for each in recipe.stages[at].drawn]
        assert [row["prompt"][-1]["content"] if chat else row["prompt"] for row in rows] == prompts
    assert configs[0]["model_name_or_path"] == ("some/model" if chat or lora else "base")
    assert configs[1]["model_name_or_path"] == ("out/stage-1-merged" if lora else "out/stage-1")
    assert configs[1]["reward_funcs"] == ["rewards.reward"]


def test_keys_that_only_trl_has_go_to_the_stages_by_the_methods_that_have_them(job, tmp_path):
    recipe = recipe_of(job, "sft", "grpo", trl={"epsilon_high": 0.28})
    sft, grpo = written(job, recipe, "trl", tmp_path / "out")
    assert "epsilon_high" not in sft
    assert grpo["epsilon_high"] == 0.28


@pytest.mark.parametrize(("chat", "lora"), [(False, None), (True, LORA)])
def test_axolotls_keys_are_fields_of_its_schema(job, tmp_path, chat, lora):
    known = fields("axolotl")
    configs = written(job, recipe_of(job, "sft", "grpo", chat=chat, lora=lora), "axolotl", tmp_path / "out")
    for config in configs:
        assert set(config) <= set(known["config"])
        (dataset,) = config["datasets"]
        assert set(dataset) <= set(known["dataset"])
        assert isinstance(dataset["type"], str) or set(dataset["type"]) <= set(known["prompter"])
        assert set(config.get("trl", {})) <= set(known["trl"])
        assert (tmp_path / "out" / dataset["path"]).is_file()
    assert configs[1].get("lora_model_dir") == ("out/stage-1" if lora else None)


def test_llama_factorys_keys_are_fields_of_its_arguments(job, tmp_path):
    from transformers import TrainingArguments

    known = fields("llama_factory")
    recipe = recipe_of(job, "sft", "sft", chat=True, lora=LORA)
    configs = written(job, recipe, "llama-factory", tmp_path / "out")
    for config in configs:
        assert set(config) <= {*known["config"], *TrainingArguments.__dataclass_fields__}
    data = json.loads((tmp_path / "out" / "data" / "dataset_info.json").read_text("utf-8"))
    assert list(data) == [config["dataset"] for config in configs]
    for one in data.values():
        assert (tmp_path / "out" / "data" / one["file_name"]).is_file()
        assert {*one, *one["columns"], *one["tags"]} - {"file_name", "columns", "tags"} <= set(known["dataset"])
    assert configs[1]["adapter_name_or_path"] == "out/stage-1"


def flat(config, before=""):
    for key, value in config.items():
        yield before + key
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")


def test_verls_keys_are_keys_of_its_configuration(job, tmp_path):
    known = fields("verl")
    configs = written(job, recipe_of(job, "sft", "grpo", chat=True), "verl", tmp_path / "out")
    for config, kind in zip(configs, ("sft", "grpo"), strict=True):
        own = {key: value for key, value in config.items() if key not in {"hydra", "defaults"}}
        assert set(flat(own)) <= set(known[kind])
    assert configs[1]["actor_rollout_ref"]["model"]["path"] == "out/stage-1/global_step_4/huggingface"
    parquet = str(tmp_path / "out" / "data" / "stage-1.parquet")
    rows = load_dataset("parquet", data_files=parquet, cache_dir=str(tmp_path / "cache"))["train"]
    assert rows[0]["messages"][-1]["role"] == "assistant"


@pytest.mark.parametrize(
    ("tool", "methods", "chat", "lora", "refusal"),
    [
        ("llama-factory", ("sft", "grpo"), True, None, "stage 2, which is by GRPO: LLaMA-Factory takes no reward"),
        ("llama-factory", ("sft",), False, None, "has no template that leaves plain text as it is"),
        ("verl", ("grpo",), False, None, "verl asks models by their chat template"),
        ("verl", ("grpo", "grpo"), True, LORA, "several stages with adapters"),
    ],
)
def test_what_a_tool_cannot_train_is_refused_in_one_line(job, tmp_path, tool, methods, chat, lora, refusal):
    with pytest.raises(UserError, match=refusal) as caught:
        written(job, recipe_of(job, *methods, chat=chat, lora=lora), tool, tmp_path / "out")
    assert str(caught.value).startswith("--to: ")
    assert "--to trl" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_what_is_not_equal_is_said(job, tmp_path):
    recipe = recipe_of(job, "sft", "grpo", chat=True, optimizer="carry", kl=0.1, kl_to="base", lora=LORA)
    found = " ".join(unequal(recipe))
    for words in ("`optimizer: carry`", "`kl_to: base`", "`loss: sequence` of SFT"):
        assert words in found
    written(job, recipe, "trl", tmp_path / "out")
    readme = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert all(one in readme for one in unequal(recipe))
    assert "every stage begins a new adapter on merged weights" in readme


def test_who_shuffles_a_stages_rows_says_so(job):
    def shuffled(tool, method):
        return any(one.startswith("Order: ") for one in TOOLS[tool].unequal(recipe_of(job, method, chat=True)))

    found = {tool: (shuffled(tool, "sft"), shuffled(tool, "grpo")) for tool in ("trl", "axolotl", "verl")}
    assert found == {"trl": (False, False), "axolotl": (False, True), "verl": (True, False)}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_script_runs_the_stages_in_order(job, tmp_path, tool):
    methods = ("sft", "sft") if tool == "llama-factory" else ("sft", "grpo")
    written(job, recipe_of(job, *methods, chat=True), tool, tmp_path / "out")
    script = (tmp_path / "out" / "run.sh").read_text("utf-8")
    assert script.index("stage-1") < script.index("stage-2")
    assert subprocess.run(["sh", "-n", str(tmp_path / "out" / "run.sh")], check=False).returncode == 0
    assert TOOLS[tool].checked in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_turns_that_are_given_are_not_imitated():
    talk = [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"), ("user", "e")]
    turns = tuple({"role": role, "content": content} for role, content in talk)
    item = Example(prompt="a b c d e", answer="f", turns=turns, given=2)
    assert [turn["train"] for turn in taught(item)] == [False, False, False, True, False, True]
