"""A stage that is measured on its way: nothing else changes, the best model is left, and it goes on after a kill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import torch

from curricula.guards import Guards, SweetSpot
from curricula.stage import Training
from experiments.models.checkpoints import LanguageModel
from experiments.nodes.course import Course, PointScores
from experiments.training.precision import multiplied_in, read_in_float32
from experiments.training.saving import Saving
from experiments.training.stage import Trained
from tests.experiments.training.test_saving import Place, adapted, interrupted, seen
from tests.experiments.training.test_training import equal, fresh, state, train

pytestmark = pytest.mark.slow

SFT = Training(method="sft", steps=6, prompts=4, learning_rate=1e-2, checkpoint_every=2)
GRPO = Training(steps=6, prompts=3, rollouts=2, learning_rate=1e-2, checkpoint_every=2)
EVERY = SweetSpot(points=6, items=2, loss=0.5)


def guarded(training: Training, spot: SweetSpot, **more: object) -> Training:
    return training.model_copy(update={"guards": Guards.model_validate({"sweet_spot": spot, **more})})


class Planted:
    """Says what was planted, point by point, and keeps the weights that it was shown."""

    sizes: Mapping[str, int] = {"copy": 1, "other": 1}

    def __init__(self, scores: Sequence[float], bits: Sequence[float] = ()) -> None:
        self.scores, self.bits = scores, bits or [0.0] * len(scores)
        self.seen: list[list[torch.Tensor]] = []

    def __call__(self, network: LanguageModel) -> tuple[dict[str, PointScores], int]:
        assert not network.training
        # Whatever it draws must not be missing from training.
        torch.rand(3)
        at = len(self.seen)
        self.seen.append(state(network))
        lost = self.bits[at] * 0.6931471805599453
        return {"copy": PointScores(scores=(self.scores[at],)), "other": PointScores(scores=(0.0,), nats=(lost,))}, 10


class Weighed(Planted):
    """Says what follows from the weights."""

    def __init__(self) -> None:
        super().__init__(())

    def __call__(self, network: LanguageModel) -> tuple[dict[str, PointScores], int]:
        torch.rand(3)
        weight = sum(each.detach().double().abs().sum().item() for each in network.parameters())
        return {"copy": PointScores(scores=((weight * 1e3) % 7,)), "other": PointScores(scores=(0.0,), nats=(0.0,))}, 10


def course(trained: Trained) -> Course:
    assert trained.guarded is not None
    assert trained.guarded.course is not None
    return trained.guarded.course


@pytest.mark.parametrize("training", [SFT, GRPO], ids=["sft", "grpo"])
def test_measuring_changes_nothing_but_the_record(training: Training) -> None:
    plain, watched = fresh(), fresh()
    before = train(plain, training)
    after = train(watched, guarded(training, EVERY.model_copy(update={"keep": "last"})), examiner=Planted([0.0] * 7))
    assert equal(state(plain), state(watched))
    assert after.curve == before.curve
    assert after.cost.tokens == before.cost.tokens + 70
    assert [point.step for point in course(after).points] == [0, 1, 2, 3, 4, 5, 6]
    assert (course(after).kept, course(after).trained) == (6, {"copy": 1.0})


def test_the_model_with_most_gain_among_those_that_are_allowed_is_left() -> None:
    network = fresh()
    #        start  1    2    3    4    5    6
    planted = Planted([0.1, 0.2, 0.5, 0.4, 0.5, 0.9, 0.3], [0, 0, 0.2, 0.2, 0.5, 0.6, 0.1])
    trained = train(network, guarded(SFT, EVERY), examiner=planted)
    # 5 lost too much elsewhere, 4 gained no more than 2.
    assert course(trained).kept == 2
    assert equal(state(network), planted.seen[2])
    assert (trained.guarded.done, trained.moved) == (6, True)


def test_where_every_model_lost_too_much_the_stage_is_undone() -> None:
    network = fresh()
    trained = train(network, guarded(SFT, EVERY), examiner=Planted([0.1, *[0.9] * 6], [0.0, *[0.7] * 6]))
    assert (course(trained).kept, trained.moved) == (0, False)
    assert equal(state(network), state(fresh()))


def test_a_stage_that_another_guard_ends_is_measured_where_it_ends() -> None:
    spot = EVERY.model_copy(update={"points": 2})
    training = guarded(GRPO, spot, entropy={"floor": 100.0}, over=1, fall=0.0)
    trained = train(fresh(), training, examiner=Planted([0.0, 0.1]))
    assert (trained.guarded.done, course(trained).kept) == (1, 1)
    assert [point.step for point in course(trained).points] == [0, 1]


@pytest.mark.parametrize("training", [SFT, GRPO], ids=["sft", "grpo"])
def test_it_goes_on_to_the_same_bits_and_the_same_best_wherever_it_was_killed(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = guarded(training, EVERY)
    whole = fresh()
    undisturbed = train(whole, training, examiner=Weighed())
    for step in (1, 3, 5):
        place = Place(tmp_path / f"saved after {step}")
        network, trained = interrupted(fresh, training, step, place, monkeypatch, examiner=Weighed())
        assert equal(state(whole), state(network)), step
        assert seen(trained) == seen(undisturbed), step


def test_a_best_model_of_before_the_kill_is_still_there_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training, place = guarded(SFT, EVERY), Place(tmp_path / "saved")
    first = Planted([0.0, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5])
    network, trained = interrupted(fresh, training, 5, place, monkeypatch, examiner=first)
    # The one planted examiner goes on counting: the points after the kill follow those before it.
    assert course(trained).kept == 1
    assert equal(state(network), first.seen[1])


def test_of_adapters_their_own_weights_are_put_back(tmp_path: Path) -> None:
    network = adapted(tmp_path)()
    planted = Planted([0.0, 0.2, 0.9, 0.1, 0.1, 0.1, 0.1])
    train(network, guarded(SFT, EVERY), examiner=planted, saving=Saving(lambda _: None))
    assert equal(state(network), planted.seen[2])


def test_on_its_way_a_model_is_read_in_float32() -> None:
    network = fresh()
    ids = torch.tensor([[1, 2, 3]])
    exact = network(ids).logits
    with multiplied_in("bf16", network):
        own = network.forward
        network.__dict__["_original_forward"] = own

        def rough(*args: object, **more: object) -> object:
            with torch.autocast("cpu", torch.bfloat16):
                return own(*args, **more)

        network.__dict__["forward"] = rough
        assert not torch.equal(network(ids).logits.float(), exact)
        with read_in_float32(network):
            assert torch.equal(network(ids).logits, exact)
        assert network.__dict__["forward"] is rough
