"""Models that leave the store: they load by transformers alone and say what the store's say; nothing is overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from peft import AutoPeftModelForCausalLM
from transformers import AutoModelForCausalLM, AutoTokenizer

from curricula.loader import load_curriculum
from curricula.schema import Lora, PretrainedModel, Resources
from domains.errors import UserError
from experiments.evaluation.tasks import Asked, ask
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.models.checkpoints import build_model, load_checkpoint, save_checkpoint
from experiments.models.conversion.exporting import export_checkpoint
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request
from experiments.nodes.tree import StageNode, reading_chains
from experiments.run.job import Job, open_job, prepare_data
from experiments.run.weights.export import Wanted, export, export_recipe
from experiments.store import Store
from experiments.worker.bench import Bench
from experiments.worker.lending import lend
from experiments.worker.node import run_node
from experiments.worker.scoring import Marker, scored
from scheduler.arms import fixed_arms
from tests.support.commands import variant
from tests.support.models import TINY as SMALL
from tests.support.models import words
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Joint training of one seed, finished; nothing else is."""
    folder = tmp_path_factory.mktemp("job")
    file = variant(folder, ("max_tokens: 16", "max_tokens: 8"))
    job = open_job(prepare_data(load_curriculum(file), file), Store.open(str(folder / "store")))
    for parent, node in zip([None, *(nodes := joint(job))], nodes, strict=False):
        run_node(Work(node, parent, job.setup, job.store.url, Resources()))
    return job


def joint(job: Job) -> list[StageNode]:
    (schedule,) = [arm for arm in fixed_arms(job.curriculum) if arm.name == "joint"]
    return list(reading_chains(job.setup, schedule, 0)[-1])


def said(network: torch.nn.Module, tokenizer: object) -> list[str]:
    subject = LocalModel(network.eval(), tokenizer, 4)  # type: ignore[arg-type]
    return [one.text for one in subject.complete([Request(item, 8, 7, 1.0, ()) for item in words(6)])]


def test_an_exported_model_loads_and_says_what_the_stores_says(job: Job, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = export(job, Wanted("joint"), out, "stagewise export mine.yaml out --arm joint")
    assert told == "the whole model: arm joint, seed 0, after stage 1 of 1"
    with job.store.checkpoint(joint(job)[-1]) as place:
        kept = said(*load_checkpoint(job.setup.model, place))
    assert said(AutoModelForCausalLM.from_pretrained(out), AutoTokenizer.from_pretrained(out)) == kept
    assert not list(tmp_path.glob(".*"))


def test_an_exported_model_scores_on_test_what_its_record_says(job: Job, tmp_path: Path) -> None:
    """To the bit: greedy answers, and sampled ones by the node's own noise, marked by the domain's metric again."""
    export(job, Wanted("joint"), tmp_path / "out", "")
    node = joint(job)[-1]
    suite, bench = suite_of(job.setup), Bench(Work(node, None, job.setup, job.store.url, Resources()), job.store)
    (recorded,) = job.store.measurements(node)
    network = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    subject = LocalModel(network.eval(), tokenizer, job.setup.evaluation.batch)
    for task in suite.tasks:
        if task.split != "test" or task.kind != "answers":
            continue
        items = bench.examples(task.domain, "test")
        answers = ask(Asked(task, items, node.seed, lambda: None), subject)
        train = bench.examples(task.domain, "train")
        marker = Marker.of(task.domain, job.setup.domains[task.domain], train, lend(job.store, 0))
        again = scored(marker, items, {task: answers}, []).score
        assert len(again.items) == 24
        assert again.items == recorded.scores["test"][task.domain].items
    assert sum(score.mean for score in recorded.scores["test"].values()) > 0


def test_the_card_says_what_it_was_trained_on_and_what_it_scores(job: Job, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(job, Wanted("joint", seed=0, stage=1), out, "stagewise export mine.yaml out --arm joint")
    card = (out / "README.md").read_text("utf-8")
    assert "| 1 | sorting 50 %, stories 50 % | grpo | 8 | 128 | 0.001 |" in card
    assert "| sorting |" in card
    assert "stagewise export mine.yaml out --arm joint" in card
    assert job.run in card
    assert load_curriculum(out / "curriculum.yaml").name == "tiny"


def test_the_base_model_can_be_exported_too(job: Job, tmp_path: Path) -> None:
    assert export(job, Wanted("joint", stage=0), tmp_path / "base", "").endswith("the base model")


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Wanted(), "--arm: is not known before the run has come so far, got 'bwt-sequential'"),
        (Wanted("joined"), "--arm: must name an arm of the run, got 'joined'. There are: "),
        (Wanted("joint", seed=1), "--arm: was not trained with seed 1 as far as stage 1 in "),
        (Wanted("joint", seed=9), "--seed: must be one of the curriculum's seeds, got 9. There are: 0, 1."),
        (Wanted("joint", stage=2), "--stage: must be from 0 (the base model) to 1, got 2."),
        (Wanted("joint", merge=True), "--merge: needs a LoRA adapter, and these are whole weights."),
    ],
)
def test_what_is_not_there_is_one_line_and_leaves_nothing(
    job: Job, tmp_path: Path, wanted: Wanted, refusal: str
) -> None:
    with pytest.raises(UserError) as caught:
        export(job, wanted, tmp_path / "out", "")
    assert str(caught.value).startswith(refusal)
    assert not list(tmp_path.iterdir())


def test_trl_trains_an_exported_schedule_from_the_base_model_beside_it(job: Job, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert export_recipe(job, Wanted("joint"), "trl", out, "") == "1 stage for TRL: arm joint, seed 0"
    command = [sys.executable, "-m", "trl.scripts.grpo", "--config", "stage-1.yaml", "--use_cpu"]
    command += ["--max_steps", "1", "--logging_steps", "1"]
    places = {"PYTHONPATH": f"{ROOT}:{out}", "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(
        command, cwd=out, env={**os.environ, **places}, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "rewards/reward/mean" in done.stdout
    AutoModelForCausalLM.from_pretrained(out / "out" / "stage-1")
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("tool", "wanted", "refusal"),
    [
        ("trl", Wanted("joint", stage=0), "--stage: is for weights, and a tool's configuration has none"),
        ("trl", Wanted("joint", merge=True), "--merge: is for weights"),
        ("trl", Wanted("joined"), "--arm: must name an arm of the run"),
        ("verl", Wanted("joint"), "--to: cannot train stage 1: verl asks models by their chat template"),
    ],
)
def test_a_refused_schedule_leaves_nothing(job: Job, tmp_path: Path, tool: str, wanted: Wanted, refusal: str) -> None:
    with pytest.raises(UserError) as caught:
        export_recipe(job, wanted, tool, tmp_path / "out", "")
    assert str(caught.value).startswith(refusal)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(job: Job, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious", "utf-8")
    with pytest.raises(UserError, match="is there already"):
        export(job, Wanted("joint"), tmp_path / "mine", "")
    assert (tmp_path / "mine").read_text("utf-8") == "precious"


def test_adapters_leave_as_they_are_or_merged(tmp_path: Path) -> None:
    save_checkpoint(*build_model(SMALL), tmp_path / "base")
    model = PretrainedModel(type="pretrained", id=str(tmp_path / "base"), lora=Lora(rank=2))
    network, tokenizer = build_model(model)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(0.05) if weight.requires_grad else None
    save_checkpoint(network, tokenizer, tmp_path / "kept")
    (tmp_path / "kept" / "optimizer.safetensors").write_bytes(b"moments")
    kept = said(*load_checkpoint(model, tmp_path / "kept"))
    for merge, load in ((False, AutoPeftModelForCausalLM), (True, AutoModelForCausalLM)):
        out = tmp_path / f"out-{merge}"
        content = export_checkpoint(model, tmp_path / "kept", out, None, merge=merge)
        assert ("merged" in content) == merge
        assert (out / "adapter_config.json").exists() != merge
        assert not (out / "optimizer.safetensors").exists()
        with upstream_warnings_ignored():
            network = load.from_pretrained(out)
        assert said(network, AutoTokenizer.from_pretrained(out)) == kept
    save_checkpoint(*build_model(model.model_copy(update={"lora": None})), tmp_path / "still", model)
    export_checkpoint(model, tmp_path / "still", tmp_path / "whole", None, merge=False)
    assert said(AutoModelForCausalLM.from_pretrained(tmp_path / "whole"), tokenizer) != kept
