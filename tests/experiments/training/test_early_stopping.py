"""Guards that end a stage: they read what the trainer logs, let the rate fall, and change nothing until they strike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerControl, TrainerState, TrainingArguments

from curricula.guards import EntropyFloor, Guards, KlBudget
from curricula.schema import Lora, PretrainedModel
from curricula.stage import Training
from experiments.models.checkpoints import LanguageModel, build_model, load_checkpoint, save_checkpoint
from experiments.training.early_stopping import EarlyStopping, Window
from experiments.training.stage import Trained
from tests.experiments.training.test_training import GRPO, equal, state, train
from tests.support.models import TINY

LONG = GRPO.model_copy(update={"steps": 12})
SHORT = GRPO.model_copy(update={"steps": 4})


def guarded(training: Training, **guards: Any) -> Training:
    return training.model_copy(update={"guards": Guards(**guards)})


def logged(limits: EarlyStopping, values: dict[str, list[float]], most: int = 100) -> tuple[int | None, list[int]]:
    """A trainer that logs every step: the step after which it stops, and the steps in which it does log at its end."""
    arguments = TrainingArguments(output_dir="x", use_cpu=True, report_to="none")
    for step, row in enumerate(zip(*values.values(), strict=True), start=1):
        state, control = TrainerState(global_step=step, max_steps=most), TrainerControl()
        limits.on_step_end(arguments, state, control)
        limits.on_log(arguments, state, control, {"reward": 0.0, **dict(zip(values, row, strict=True))})
        if control.should_training_stop:
            return step, [step] * control.should_log
    return None, []


def test_a_window_is_the_mean_over_at_least_so_many_steps() -> None:
    window = Window(4)
    assert [window.add(value, 1) for value in (1, 2, 3)] == [None] * 3
    assert [window.add(value, 1) for value in (4, 5)] == [2.5, 3.5]
    coarse = Window(4)
    assert [coarse.add(1.0, 3), coarse.add(4.0, 3), coarse.add(10.0, 3)] == [None, 2.5, 7.0]


def test_a_planted_rise_of_kl_strikes_once_its_mean_is_above_the_budget_and_the_rate_falls_to_zero() -> None:
    limits = EarlyStopping(Guards(kl=KlBudget(budget=0.1), over=2, fall=0.5))
    rate = limits.falling(lambda update: 0.8)
    kl = [0.0, 0.0, 0.3, *[0.05] * 20]
    # Means over two steps: 0, .15: struck at step 3, and a half of three steps more.
    assert logged(limits, {"kl": kl}) == (5, [5])
    (told,) = (each.told for each in limits.watched)
    assert (told.guard, told.limit, told.worst, told.struck) == ("kl", 0.1, 0.15, 3)
    assert [rate(update) for update in (2, 3, 4, 5)] == [0.8, 0.8, 0.4, 0.0]


def test_an_outlier_of_one_step_within_the_mean_does_not_strike() -> None:
    limits = EarlyStopping(Guards(kl=KlBudget(budget=0.1), over=5))
    assert logged(limits, {"kl": [0.0, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0]})[0] is None
    assert limits.watched[0].told.worst == pytest.approx(0.08)


def test_a_planted_fall_of_entropy_strikes_at_its_floor_or_at_a_share_of_where_it_began() -> None:
    falling = [1.0 - 0.1 * step for step in range(10)]
    absolute = EarlyStopping(Guards(entropy=EntropyFloor(floor=0.55), over=1, fall=0))
    assert logged(absolute, {"entropy": falling})[0] == 6
    relative = EarlyStopping(Guards(entropy=EntropyFloor(share=0.75), over=2, fall=0))
    assert logged(relative, {"entropy": falling})[0] == 5
    assert relative.watched[0].told.limit == pytest.approx(0.75 * 0.95)
    assert logged(EarlyStopping(Guards(entropy=EntropyFloor(floor=0.5))), {"entropy": [0.7] * 20})[0] is None


def test_with_several_updates_a_step_steps_are_the_stage_s() -> None:
    limits = EarlyStopping(Guards(kl=KlBudget(budget=0.1), over=1, fall=1), updates=2)
    arguments = TrainingArguments(output_dir="x", use_cpu=True, report_to="none")
    for update in (2, 4):
        control = TrainerControl()
        limits.on_log(
            arguments, TrainerState(global_step=update, max_steps=40), control, {"reward": 0.0, "kl": update / 30}
        )
    assert limits.watched[0].struck == 2
    rate = limits.falling(lambda update: 1.0)
    assert [rate(update) for update in (4, 6, 8)] == [1.0, 0.5, 0.0]


def test_a_fall_has_no_more_steps_than_the_stage() -> None:
    limits = EarlyStopping(Guards(kl=KlBudget(budget=0.1), over=1, fall=1))
    assert logged(limits, {"kl": [0.0] * 8 + [1.0] * 4}, most=10)[0] == 10


@pytest.fixture
def start(tmp_path: Path) -> Path:
    save_checkpoint(*build_model(TINY), tmp_path)
    return tmp_path


def trained(start: Path, training: Training) -> tuple[LanguageModel, Trained]:
    network, _ = load_checkpoint(TINY, start)
    return network, train(network, training)


@pytest.mark.slow
def test_a_budget_that_is_never_reached_changes_no_bit_and_says_how_far_it_was(start: Path) -> None:
    plain, without = trained(start, SHORT)
    network, found = trained(start, guarded(SHORT, kl={"budget": 1e6}, entropy={"floor": 1e-6}, over=3))
    assert equal(state(plain), state(network))
    assert (without.guarded, without.health and without.health.kl) == (None, None)
    assert found.guarded is not None
    kl, entropy = found.guarded.limits
    assert kl.worst is not None
    assert entropy.worst is not None
    assert (found.guarded.struck, found.guarded.done) == (None, 4)
    assert 0 < kl.worst < 1e6
    assert entropy.worst > 1e-6
    assert found.cost.rollouts == without.cost.rollouts


@pytest.mark.slow
def test_a_stage_beyond_its_kl_budget_ends_and_costs_what_it_spent(start: Path) -> None:
    far = trained(start, guarded(LONG, kl={"budget": 1e6}, over=1))[1]
    assert far.guarded is not None
    assert far.guarded.limits[0].worst is not None
    budget = far.guarded.limits[0].worst / 4
    network, found = trained(start, guarded(LONG, kl={"budget": budget}, over=1, fall=0))
    assert found.guarded is not None
    struck = found.guarded.struck
    assert struck is not None
    assert struck.struck is not None
    assert struck.worst is not None
    assert 1 < struck.struck < 12
    assert struck.worst > budget
    done = found.guarded.done
    assert (done, found.guarded.planned) == (struck.struck, 12)
    assert (found.cost.steps, found.cost.rollouts) == (done, done * LONG.completions)
    assert 0 < found.cost.tokens < far.cost.tokens
    assert found.health is not None
    assert found.health.whole.count == done * LONG.prompts
    again, repeated = trained(start, guarded(LONG, kl={"budget": budget}, over=1, fall=0))
    assert equal(state(network), state(again))
    assert repeated.guarded == found.guarded
    softly = trained(start, guarded(LONG, kl={"budget": budget}, over=1, fall=0.5))[1]
    assert softly.guarded is not None
    assert softly.guarded.struck == struck
    assert softly.guarded.done == done + max(1, round(done / 2))
    assert softly.cost.steps == softly.guarded.done


@pytest.mark.slow
def test_a_stage_whose_entropy_falls_below_its_floor_ends(start: Path) -> None:
    found = trained(start, guarded(LONG, entropy={"floor": 100.0}, over=2, fall=0))[1]
    assert found.guarded is not None
    assert (found.guarded.done, found.guarded.limits[0].struck) == (2, 2)
    assert len(found.curve) == 2


@pytest.mark.slow
def test_kl_of_adapters_is_measured_without_a_penalty(tmp_path: Path) -> None:
    save_checkpoint(*build_model(TINY), tmp_path / "base")
    spec = PretrainedModel(type="pretrained", id=str(tmp_path / "base"), lora=Lora(rank=4))
    save_checkpoint(*build_model(spec), tmp_path / "start")

    def adapted(training: Training) -> tuple[LanguageModel, Trained]:
        network, _ = load_checkpoint(spec, tmp_path / "start")
        return network, train(network, training)

    plain, _ = adapted(SHORT)
    network, found = adapted(guarded(SHORT, kl={"budget": 1e6}, over=1))
    assert found.guarded is not None
    assert found.guarded.limits[0].worst is not None
    assert found.guarded.limits[0].worst > 0
    before, after = ([each for name, each in one.named_parameters() if ".ref." not in name] for one in (plain, network))
    assert equal([each.detach() for each in before], [each.detach() for each in after])


@pytest.mark.slow
def test_imitation_takes_no_notice(start: Path) -> None:
    method = LONG.model_copy(update={"method": "sft", "steps": 2})
    found = trained(start, guarded(method, entropy={"floor": 100.0}, over=1, fall=0))[1]
    assert (found.guarded, found.cost.steps) == (None, 2)
