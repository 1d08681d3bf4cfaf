"""Training by TRL: it learns, it can be repeated, it keeps quiet, and it stops where numbers end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import TrainerControl, TrainerState, TrainingArguments

from curricula.schema import Lora, PretrainedModel
from curricula.stage import Stage, Training
from domains.errors import StageError
from domains.example import Example
from domains.rewards import Mark, Reward
from experiments.models.checkpoints import build_model, load_checkpoint, load_reference, save_checkpoint
from experiments.models.subjects.local import LocalModel
from experiments.models.tokens.prompting import prompt_tokens
from experiments.models.tokens.tokenizer import character_tokenizer
from experiments.nodes.record import log_every
from experiments.training.draw import Drawn, draw
from experiments.training.grpo import group_rewards, grpo_trainer
from experiments.training.sft import tokenize
from experiments.training.stage import train_stage
from experiments.training.tally import RolloutTally
from experiments.training.watch import Watch, check_weights
from tests.support.models import TINY, words
from tests.support.trained import CPU, GRPO, POOLS, SFT, digits, equal, fresh, state, train

pytestmark = pytest.mark.slow

HELD_TO = {
    "whole": None,
    "adapters": Lora(rank=2),
    "dora": Lora(rank=2, dora=True),
    "with a module": Lora(rank=2, modules_to_save=("norm",)),
}


def test_sft_lowers_the_loss() -> None:
    trained = train(fresh(), SFT)
    assert trained.curve[-1] < trained.curve[0] - 1
    assert (trained.cost.steps, trained.cost.rollouts) == (30, 240)
    assert trained.cost.tokens > 0


def test_the_seconds_of_a_step_leave_the_trainer_s_start_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 9.0, 9.5, 10.0])  # made; ends of three steps
    monkeypatch.setattr("experiments.training.watch.time.monotonic", lambda: next(clock))
    watch = Watch(lambda *_: None)
    arguments = TrainingArguments(output_dir="x", use_cpu=True, report_to="none")
    for step in (1, 2, 3):
        watch.on_step_end(arguments, TrainerState(global_step=step, max_steps=99), TrainerControl())
    assert watch.step_seconds == 0.5


def test_every_stage_says_how_long_a_step_took() -> None:
    cost = train(fresh(), SFT.model_copy(update={"steps": 6})).cost
    assert 0 < cost.step_seconds * 5 < cost.train_seconds


def test_grpo_raises_the_reward() -> None:
    network = fresh()
    train(network, SFT.model_copy(update={"steps": 8}))
    trained = train(network, GRPO)
    assert sum(trained.curve[-3:]) > sum(trained.curve[:3])
    assert trained.cost.rollouts == 12 * 16


@pytest.mark.parametrize("training", [SFT.model_copy(update={"steps": 3}), GRPO.model_copy(update={"steps": 2})])
def test_the_same_stage_gives_the_same_bits_whatever_ran_before(training: Training) -> None:
    first = fresh()
    train(first, training)
    torch.rand(100)
    train(fresh(), GRPO.model_copy(update={"steps": 1, "temperature": 0.7}))
    second = fresh()
    train(second, training)
    assert equal(state(first), state(second))


def test_labels_count_the_answer_and_its_end_only() -> None:
    tokenizer = character_tokenizer(TINY.context)
    (drawn,) = draw({"copy": 1}, POOLS, "0", {})
    row = tokenize(tokenizer, drawn)
    counted = [label for label in row["labels"] if label != -100]
    assert tokenizer.decode(counted[:-1]) == drawn.example.answer
    assert counted[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(row["input_ids"][:-1]) == drawn.example.prompt + drawn.example.answer


def test_each_group_goes_to_its_own_domains_reward() -> None:
    drawn = draw({"a": 2, "b": 2}, {"a": words(4), "b": words(4, 9)}, "0", {})
    seen: list[tuple[str, str]] = []

    def reward_of(name: str) -> Reward:
        def reward(group: Any, example: Any) -> list[Mark]:
            assert len(set(group)) == 1
            seen.append((name, example.prompt))
            return [Mark(float(text), text) for text in group]

        return reward

    tally = RolloutTally()
    reward = group_rewards(drawn, {"a": reward_of("a"), "b": reward_of("b")}, 2, tally, {"a": (), "b": ()})
    scores = reward(completions=["0", "0", "1", "1", "0.5", "0.5"], row=[2, 2, 0, 0, 3, 3])
    assert scores == [0, 0, 1, 1, 0.5, 0.5]
    assert seen == [(drawn[row].domain, drawn[row].example.prompt) for row in (2, 0, 3)]
    assert not +tally.stopped


def test_completions_that_a_time_limit_stopped_are_counted() -> None:
    def slow(group: Any, _: Any) -> list[Mark]:
        return [Mark(0.0, None, stopped=True), *digits(group[1:], None)]

    short = GRPO.model_copy(update={"steps": 3})
    trained = train(fresh(), short, rewards={"copy": slow})
    assert trained.stopped == {"copy": 3 * GRPO.prompts}
    assert trained.cost.stopped == 3 * GRPO.prompts
    assert train(fresh(), short).stopped == {}


def test_what_a_judge_left_unread_and_what_a_reward_left_to_others_are_counted() -> None:
    def judge(group: Any, _: Any) -> list[Mark]:
        return [Mark(0.0, None, unread=True), Mark(0.5, "x", abstains=True), Mark(1.0, "x", abstains=True)][
            : len(group)
        ] + digits(group[3:], None)

    short = GRPO.model_copy(update={"steps": 2})
    cost = train(fresh(), short, rewards={"copy": judge}).cost
    assert (cost.unread, cost.abstained, cost.stopped) == (2 * GRPO.prompts, 4 * GRPO.prompts, 0)


def test_the_prompt_of_a_group_is_tokenized_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noting(tokenizer: Any, item: Example) -> list[int]:
        asked.append(item.prompt)
        return prompt_tokens(tokenizer, item)

    monkeypatch.setattr("experiments.training.grpo.prompt_tokens", noting)
    train(fresh(), GRPO.model_copy(update={"steps": 3}))
    assert len(asked) == 3 * GRPO.prompts


def test_a_loss_that_is_not_a_number_stops_the_stage() -> None:
    network = fresh()
    with torch.no_grad():
        next(network.parameters()).fill_(float("nan"))
    with pytest.raises(StageError) as caught:
        train(network, SFT)
    assert caught.value.boundary == "training"
    assert "nan" in caught.value.cause


def test_weights_that_are_not_numbers_are_named() -> None:
    network = fresh()
    check_weights(network)
    with torch.no_grad():
        network.model.norm.weight[0] = float("inf")
    with pytest.raises(StageError, match=r"model\.norm\.weight"):
        check_weights(network)


def test_a_reward_that_fails_is_a_failure_of_the_reward() -> None:
    def broken(group: Any, example: Any) -> list[float]:
        raise StageError("reward", "scorer gave nan")

    with pytest.raises(StageError) as caught:
        train(fresh(), GRPO, rewards={"copy": broken})
    assert (caught.value.boundary, caught.value.cause) == ("reward", "domain copy: scorer gave nan")


def test_a_penalty_towards_the_start_keeps_the_model_nearer(tmp_path: Path) -> None:
    save_checkpoint(*build_model(TINY), tmp_path)
    start = state(fresh())

    def distance(kl: float) -> float:
        network, _ = load_checkpoint(TINY, tmp_path)
        train(network, GRPO.model_copy(update={"kl": kl, "steps": 6}))
        return sum(float((a - b).square().sum()) for a, b in zip(state(network), start, strict=True))

    assert distance(50.0) < distance(0.0)


def test_it_keeps_quiet_and_leaves_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    beats: list[tuple[Any, ...]] = []
    network = fresh()
    train(network, SFT.model_copy(update={"steps": 2}))
    train(network, GRPO.model_copy(update={"steps": 2}), beat=lambda *beat: beats.append(beat))
    save_checkpoint(network, character_tokenizer(TINY.context), tmp_path / "kept")
    assert capfd.readouterr() == ("", "")
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept"]
    assert [beat[:2] for beat in beats] == [(1, 2), (2, 2)]


def test_a_curve_has_at_most_fifty_points() -> None:
    for steps in (1, 49, 50, 51, 99, 100, 101, 1000):
        assert 1 <= -(-steps // log_every(steps)) <= 50
    assert len(train(fresh(), SFT.model_copy(update={"steps": 51, "prompts": 1})).curve) == 25


def test_sequences_count_alike_however_long_their_answers_are() -> None:
    """The first step's loss by hand: the mean over sequences of their mean over tokens, and over all tokens."""
    texts = [Example(prompt="p: ", answer="1"), Example(prompt="q: ", answer="1234567")]
    losses: dict[str, float] = {}
    for loss in ("sequence", "token"):
        network = fresh()
        training = Training(method="sft", steps=1, prompts=2, learning_rate=1e-9, loss=loss)  # type: ignore[arg-type]
        tokenizer = character_tokenizer(TINY.context)
        drawn = [Drawn("copy", text) for text in texts]
        stage = Stage(mixture={"copy": 1.0}, training=training)
        more = {"rewards": {}, "max_tokens": 8, "seed": 5, "device": CPU, "beat": lambda *_: None}
        (losses[loss],) = train_stage(network, tokenizer, stage, drawn, **more).curve
    subject = LocalModel(fresh().eval(), character_tokenizer(TINY.context), 2)
    answers = [tokenize(subject.tokenizer, one)["input_ids"][3:] for one in drawn]
    readings = subject.read(texts, answers)
    means = [reading.nll / reading.tokens for reading in readings]
    assert losses["sequence"] == pytest.approx(sum(means) / 2, rel=1e-4)
    whole = sum(reading.nll for reading in readings) / sum(reading.tokens for reading in readings)
    assert losses["token"] == pytest.approx(whole, rel=1e-4)
    assert abs(losses["sequence"] - losses["token"]) > 1e-3


def test_grpo_is_told_which_loss() -> None:
    given = {
        "rewards": {"copy": digits},
        "max_tokens": 4,
        "tally": RolloutTally(),
        "stop": {"copy": ()},
        "seed": 0,
        "device": CPU,
        "reference": None,
    }
    for loss, name in (("sequence", "grpo"), ("token", "dapo")):
        training = GRPO.model_copy(update={"loss": loss})
        drawn = draw({"copy": 48}, POOLS, "1", {})
        made = grpo_trainer(fresh(), character_tokenizer(TINY.context), training, drawn, folder="x", **given)
        assert made.loss_type == name


@pytest.mark.parametrize("lora", HELD_TO.values(), ids=HELD_TO)
def test_the_kl_penalty_can_hold_to_the_base_model(tmp_path: Path, lora: Lora | None) -> None:
    """The reference is the base, not where the stage starts: TRL's own is replaced, of adapters its second set."""
    save_checkpoint(*build_model(TINY), tmp_path / "base")
    model = PretrainedModel(type="pretrained", id=str(tmp_path / "base"), lora=lora)
    base, tokenizer = build_model(model)
    save_checkpoint(base, tokenizer, tmp_path / "start")
    moved = load_checkpoint(model, tmp_path / "start")[0]
    with torch.no_grad():
        for weight in moved.parameters():
            weight.add_(0.1) if weight.requires_grad else None
    training = GRPO.model_copy(update={"kl": 0.1, "kl_to": "base"})
    drawn = draw({"copy": 48}, POOLS, "1", {})
    more = {"rewards": {"copy": digits}, "max_tokens": 4, "tally": RolloutTally(), "stop": {"copy": ()}}
    more |= {"seed": 0, "device": CPU, "folder": "x"}
    reference = load_reference(model, tmp_path / "start")
    assert isinstance(reference, dict) == (lora is not None)
    made = grpo_trainer(moved, tokenizer, training, drawn, reference=reference, **more)
    if lora is None:
        held, wanted = made.ref_model.state_dict(), base.state_dict()
    else:
        held = {name: weight for name, weight in made.model.named_parameters() if ".ref." in name}
        own = {name: weight for name, weight in base.named_parameters() if ".default." in name}
        wanted = {name.replace(".default.", ".ref."): weight for name, weight in own.items()}
        assert held.keys() == wanted.keys()
    assert held
    assert all(torch.equal(tensor, wanted[name]) for name, tensor in held.items())
