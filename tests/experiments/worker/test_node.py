"""One node from end to end: base, SFT, GRPO, adapters; to the bit, and failing at the right boundary."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from curricula.guards import Guards, KlBudget, PassRate
from curricula.schema import Lora, Model, PretrainedModel, Resources, Warmup
from curricula.stage import Stage, Training
from domains.errors import StageError
from domains.example import SPLITS
from experiments.executors.base import Work
from experiments.measures.suite import suite_of
from experiments.models.checkpoints import build_model, save_checkpoint
from experiments.nodes.setup import Setup
from experiments.nodes.tree import StageNode, base_node, child_node
from experiments.store import Store
from experiments.worker.node import run_node
from tests.support.models import TINY, stored

pytestmark = pytest.mark.slow

Finished = tuple[Store, Setup, list[StageNode]]
GRPO = Stage(mixture={"copy": 0.5, "free": 0.5}, training=Training(steps=2, prompts=3, rollouts=2))
SFT = Stage(mixture={"copy": 1.0}, training=Training(method="sft", steps=2, prompts=4, optimizer="carry"))


def run(store: Store, setup: Setup, *nodes: StageNode) -> None:
    for parent, node in zip([None, *nodes], nodes, strict=False):
        if not store.has(node, suite_of(setup).id):
            run_node(Work(node, parent, setup, store.url, Resources()))


def line(setup: Setup, *stages: Stage, seed: int = 0) -> list[StageNode]:
    nodes = [base_node(setup)]
    for stage in stages:
        nodes.append(child_node(setup, nodes[-1], stage, seed))
    return nodes


def weights(store: Store, node: StageNode) -> dict[str, torch.Tensor]:
    with store.checkpoint(node) as folder:
        (file,) = list(folder.glob("*model.safetensors"))
        return load_file(file)


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Base, then SFT, then GRPO."""
    store, setup = stored(str(tmp_path_factory.mktemp("store")))
    nodes = line(setup, SFT, GRPO)
    run(store, setup, *nodes)
    return store, setup, nodes


@pytest.fixture
def begun(finished: Finished, tmp_path: Path) -> tuple[Store, Setup]:
    """A store of the test's own that holds these."""
    store, setup, _ = finished
    shutil.copytree(store.url, tmp_path / "begun")
    return Store.open(str(tmp_path / "begun")), setup


def test_a_record_holds_everything(finished: Finished) -> None:
    store, setup, nodes = finished
    records = [store.record(node, suite_of(setup).id) for node in nodes]
    assert [record.parent for record in records] == [None, nodes[0].id, nodes[1].id]
    assert [record.path for record in records] == [(), ("copy",), ("copy", "copy+free")]
    for record in records:
        assert set(record.scores) == {"validation", "test"}
        for score in (score for split in record.scores.values() for score in split.values()):
            assert len(score.items) == 6
            assert score.entropy is not None
            assert len(score.entropy) == 4
            assert score.nll is not None
            assert score.tokens > 0
        assert record.cost.eval_seconds > 0
    assert records[2].cost.rollouts == 12
    assert len(records[2].reward_curve) == 2


def test_divergence_is_zero_at_the_base_and_grows(finished: Finished) -> None:
    store, setup, nodes = finished
    kl = [store.record(node, suite_of(setup).id).scores["test"]["copy"].kl for node in nodes]
    assert kl[0] == 0.0
    assert all(each is not None and each > 0 for each in kl[1:])


def test_the_same_work_gives_the_same_bits_whatever_ran_before(finished: Finished, tmp_path: Path) -> None:
    store, setup, nodes = finished
    again, _ = stored(str(tmp_path))
    run(again, setup, *line(setup, GRPO, seed=5))
    run(again, setup, *nodes)
    suite = suite_of(setup).id
    for node in nodes:
        assert equal(weights(store, node), weights(again, node))
        assert store.record(node, suite).scores == again.record(node, suite).scores
        assert store.training(node).reward_curve == again.training(node).reward_curve


def test_another_seed_gives_another_model(finished: Finished) -> None:
    store, setup, nodes = finished
    base, other = line(setup, SFT, seed=1)
    assert base == nodes[0]
    run(store, setup, base, other)
    assert not equal(weights(store, nodes[1]), weights(store, other))
    moved = setup.model_copy(update={"model": setup.model.model_copy(update={"seed": 1})})
    run(store, moved, base_node(moved))
    assert not equal(weights(store, base), weights(store, base_node(moved)))


def test_only_a_stage_that_carries_keeps_its_optimizer(finished: Finished) -> None:
    store, _, nodes = finished
    kept = []
    for node in nodes:
        with store.checkpoint(node) as folder:
            kept.append((folder / "optimizer.safetensors").is_file())
            assert {file.suffix for file in folder.iterdir()} <= {".json", ".safetensors"}
    assert kept == [False, True, False]


def pretrained(folder: Path, lora: Lora | None, warmup: Warmup | None = None) -> Model:
    save_checkpoint(*build_model(TINY.model_copy(update={"seed": 3}), None), folder)
    return PretrainedModel(type="pretrained", id=str(folder), lora=lora, warmup=warmup)


@pytest.mark.parametrize("lora", [None, Lora(rank=2)])
def test_a_pretrained_model_runs_full_and_with_adapters(tmp_path: Path, lora: Lora | None) -> None:
    store, setup = stored(str(tmp_path / "store"))
    setup = setup.model_copy(update={"model": pretrained(tmp_path / "model", lora)})
    kl = Stage(mixture={"copy": 1.0}, training=Training(steps=2, prompts=4, rollouts=4, kl=0.1, kl_to="base"))
    nodes = line(setup, SFT, kl)
    run(store, setup, *nodes)
    names = set(weights(store, nodes[2]))
    assert all(("lora_" in name) == (lora is not None) for name in names)
    assert not equal(weights(store, nodes[1]), weights(store, nodes[2]))
    with store.checkpoint(nodes[0]) as folder:
        assert (folder / "model.safetensors").exists() is False


def failing(tmp_path: Path, change: Callable[[Setup], Setup]) -> StageError:
    store, setup = stored(str(tmp_path))
    setup = change(setup)
    base, node = line(setup, GRPO)
    with pytest.raises(StageError) as caught:
        run(store, setup, base, node)
    assert not store.has_weights(node)
    return caught.value


def test_missing_data_are_the_datas_fault(tmp_path: Path) -> None:
    def change(setup: Setup) -> Setup:
        gone = setup.domains["copy"].model_copy(update={"data": dict.fromkeys(SPLITS, "f" * 64)})
        return setup.model_copy(update={"domains": {**setup.domains, "copy": gone}})

    assert failing(tmp_path, change).boundary == "data"


def test_prompts_beyond_the_context_are_refused_before_training(tmp_path: Path) -> None:
    error = failing(tmp_path, lambda setup: setup.model_copy(update={"model": TINY.model_copy(update={"context": 8})}))
    assert error.boundary == "data"
    assert "raise the model's context" in error.cause


def test_a_model_that_is_none_is_the_models_fault(tmp_path: Path) -> None:
    none = PretrainedModel(type="pretrained", id=str(tmp_path / "nothing"))
    assert failing(tmp_path / "store", lambda setup: setup.model_copy(update={"model": none})).boundary == "model"


def test_a_store_that_is_gone_is_the_stores_fault(tmp_path: Path) -> None:
    _, setup = stored(str(tmp_path / "store"))
    with pytest.raises(StageError) as caught:
        run_node(Work(base_node(setup), None, setup, str(tmp_path / "elsewhere"), Resources()))
    assert caught.value.boundary == "store"


def test_learning_rates_that_explode_fail_the_stage(begun: tuple[Store, Setup]) -> None:
    store, setup = begun
    wild = Training(method="sft", steps=20, prompts=4, learning_rate=1e30)
    base, node = line(setup, Stage(mixture={"copy": 1.0}, training=wild))
    with pytest.raises(StageError) as caught:
        run(store, setup, base, node)
    assert caught.value.boundary == "training"
    assert [store.has_weights(each) for each in (base, node)] == [True, False]


def test_a_stage_whose_weights_are_gone_is_never_trained_from_the_base(tmp_path: Path) -> None:
    """It is only measured, without its parent at hand: its weights vanished meanwhile."""
    store, setup = stored(str(tmp_path))
    node = line(setup, SFT)[1]
    with pytest.raises(StageError, match="store: the stage's weights are gone"):
        run_node(Work(node, None, setup, store.url, Resources()))
    assert not store.has_weights(node)


def test_sft_needs_no_room_for_completions(tmp_path: Path) -> None:
    """A mixture's longest completion counts where completions are made: `validate` knows that, and so do workers."""
    store, setup = stored(str(tmp_path))
    wide = {**setup.domains, "free": setup.domains["free"].model_copy(update={"max_tokens": 60})}
    setup = setup.model_copy(
        update={"domains": wide, "evaluation": setup.evaluation.model_copy(update={"metrics": ()})}
    )
    mixed = Stage(mixture={"copy": 0.5, "free": 0.5}, training=Training(method="sft", steps=1, prompts=4))
    base, node = line(setup, mixed)
    run(store, setup, base, node)
    assert store.has_weights(node)


BANDED = Training(steps=2, prompts=3, rollouts=2, guards=Guards(pass_rate=PassRate(low=0.0, high=1.0, samples=2)))
GRPO_BANDED = Stage(mixture={"free": 1.0}, training=BANDED)


def test_a_band_is_part_of_the_identity_is_told_in_the_record_and_costs_its_completions(
    begun: tuple[Store, Setup],
) -> None:
    store, setup = begun
    plain = Stage(mixture={"copy": 1.0}, training=BANDED.model_copy(update={"guards": Guards()}))
    base, free = line(setup, plain)
    _, guarded = line(setup, Stage(mixture={"copy": 1.0}, training=BANDED))
    assert free.id != guarded.id
    run(store, setup, base, free)
    run(store, setup, base, guarded)
    before, after = store.training(free), store.training(guarded)
    assert before.guarded is None
    assert after.guarded is not None
    # The pool has 40 prompts, of which two samples each are drawn.
    assert (after.guarded.pools["copy"].measured, after.guarded.rollouts) == (40, 80)
    assert after.cost.rollouts == before.cost.rollouts + 80
    assert after.cost.tokens > before.cost.tokens
    assert store.record(guarded, suite_of(setup).id).guarded == after.guarded


def test_a_band_holds_for_the_domains_it_names_and_on_the_parent_s_weights(begun: tuple[Store, Setup]) -> None:
    store, setup = begun
    named = PassRate(low=0.0, high=1.0, samples=2, items=5, domains=("free",))
    training = BANDED.model_copy(update={"guards": Guards(pass_rate=named)})
    base, first, second = line(setup, Stage(mixture={"copy": 0.5, "free": 0.5}, training=training), SFT)
    run(store, setup, base, first, second)
    found = store.training(first).guarded
    assert found is not None
    assert list(found.pools) == ["free"]
    assert found.pools["free"].measured == 5
    # What a later stage measures is what its own start says: after imitation the model says other things.
    _, *rest = line(setup, Stage(mixture={"copy": 0.5, "free": 0.5}, training=training), SFT, GRPO_BANDED)
    run(store, setup, base, *rest)
    later = store.training(rest[-1]).guarded
    assert later is not None
    assert later.pools["free"].measured == 40


def test_a_stage_without_a_prompt_in_its_band_fails_and_says_why(begun: tuple[Store, Setup]) -> None:
    store, setup = begun
    empty = BANDED.model_copy(update={"guards": Guards(pass_rate=PassRate(low=0.99, high=1.0, samples=2))})
    base, stage = line(setup, Stage(mixture={"copy": 1.0}, training=empty))
    run(store, setup, base)
    with pytest.raises(StageError, match=r"training: guards.pass_rate: no prompt of copy .* 40 are below and 0 above"):
        run_node(Work(stage, base, setup, store.url, Resources()))
    assert not store.has_weights(stage)


def test_a_guarded_stage_gives_the_same_bits_and_the_same_record_again(finished: Finished, tmp_path: Path) -> None:
    guards = Guards(pass_rate=PassRate(low=0.4, high=0.99, samples=2, items=30), kl=KlBudget(budget=1e-9), over=1)
    training = Training(steps=8, prompts=3, rollouts=2, guards=guards)
    found = []
    for folder in ("one", "other"):
        shutil.copytree(finished[0].url, tmp_path / folder)
        store, setup = Store.open(str(tmp_path / folder)), finished[1]
        base, stage = line(setup, Stage(mixture={"copy": 1.0}, training=training))
        # What a process did before changes nothing.
        torch.rand(len(found) + 1)
        run_node(Work(stage, base, setup, store.url, Resources()))
        found.append((weights(store, stage), store.training(stage)))
    (one, first), (other, second) = found
    assert equal(one, other)
    assert first.guarded == second.guarded
    guarded = first.guarded
    assert guarded is not None
    assert guarded.pools["copy"].below > 0
    assert guarded.done < guarded.planned
    assert first.cost.steps == guarded.done
    assert first.cost.rollouts == guarded.done * 6 + 60
