"""One way from an item to tokens: the ids are equal in SFT, GRPO, evaluation, length checks and validation."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import processors

from curricula.loader import load_curriculum
from curricula.schema import PretrainedModel
from curricula.stage import Training
from domains.errors import DataError
from domains.example import Example
from domains.rewards import Mark
from experiments.models.checkpoints import build_model, lengths_of, load_checkpoint, save_checkpoint
from experiments.models.lengths import byte_lengths
from experiments.models.local import LocalModel
from experiments.models.prompting import prompt_tokens, room
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.subject import Request
from experiments.run.fit import check_everything_fits
from experiments.training.draw import Drawn
from experiments.training.grpo import grpo_trainer
from experiments.training.sft import IGNORED, tokenize
from tests.support.commands import TINY as FILE
from tests.support.models import TINY

pytestmark = pytest.mark.slow

ITEMS = [
    Example(prompt="copy 12: ", answer="12"),
    Example(prompt="über 3 Äpfel\n", answer="drei"),
    Example(prompt=" a", answer=" b "),
]


def with_bos(folder: Path) -> PretrainedModel:
    """A checkpoint whose tokenizer puts a token before every text, as Llama's do."""
    network, tokenizer = build_model(TINY)
    core = tokenizer.backend_tokenizer
    core.post_processor = processors.TemplateProcessing(single="<|end|> $A", special_tokens=[("<|end|>", 1)])
    save_checkpoint(network, tokenizer, folder)
    return PretrainedModel(type="pretrained", id=str(folder))


@pytest.fixture(params=["bytes", "bos"])
def model(request, tmp_path):
    """Network, tokenizer, and how validation counts."""
    if request.param == "bytes":
        return *build_model(TINY), byte_lengths(TINY.context)
    spec = with_bos(tmp_path)
    return *build_model(spec), lengths_of(spec, None)


def sft_ids(tokenizer, item):
    row = tokenize(tokenizer, Drawn("copy", item))
    count = row["labels"].count(IGNORED)
    return row["input_ids"][:count], row["input_ids"][count:]


def grpo_ids(network, tokenizer, item, folder):
    """The prompt's ids as TRL's trainer feeds them to the model."""
    trainer = grpo_trainer(
        network,
        tokenizer,
        Training(steps=1, prompts=1, rollouts=2),
        [Drawn("copy", item)],
        rewards={"copy": lambda group, _: [Mark(0.0, None)] * len(group)},
        max_tokens=2,
        seed=0,
        device=torch.device("cpu"),
        folder=str(folder),
        stopped={"copy": 0},
        reference=None,
    )
    with upstream_warnings_ignored():
        inputs = trainer._generate_and_score_completions([{"prompt": item.prompt, "row": 0}] * 2)
    row, mask = inputs["prompt_ids"][0], inputs["prompt_mask"][0]
    return row[mask.bool()].tolist()


def evaluated_ids(network, tokenizer, item):
    """The prompt's ids as generation and reading feed them to the model."""
    subject, fed = LocalModel(network.eval(), tokenizer, 4), []
    network.register_forward_pre_hook(
        lambda _, given, named: fed.append(named["input_ids"][0].tolist()), with_kwargs=True
    )
    subject.complete([Request(item.prompt, 1)])
    answer = subject.answer(item.answer)
    subject.read([item.prompt], [answer])
    return fed[0], fed[-1][: len(fed[-1]) - len(answer)], fed[-1][len(fed[-1]) - len(answer) :]


@pytest.mark.parametrize("item", ITEMS, ids=["plain", "bytes", "blanks"])
def test_ids_are_equal_in_all_five(model, item, tmp_path):
    network, tokenizer, lengths = model
    prompt, taught = sft_ids(tokenizer, item)
    generated, read, answer = evaluated_ids(network, tokenizer, item)
    assert prompt == grpo_ids(network, tokenizer, item, tmp_path / "grpo") == generated == read
    assert taught == [*answer, tokenizer.eos_token_id]
    assert (lengths.prompt(item.prompt), lengths.answer(item.answer)) == (len(prompt), len(answer))


def test_length_checks_count_what_the_tokenizer_adds(tmp_path):
    spec = with_bos(tmp_path)
    _, tokenizer = load_checkpoint(spec, tmp_path)
    assert lengths_of(spec, None).prompt("abc") == len(prompt_tokens(tokenizer, "abc")) == 4
    assert lengths_of(spec, None).answer("abc") == 3
    assert lengths_of(spec, None).context == TINY.context


def test_a_mixtures_longest_completion_is_checked_before_anything_trains(tmp_path):
    """`validate` passed, and joint training failed after the probes: also with a pretrained tokenizer."""
    curriculum = load_curriculum(FILE)
    domains = {
        name: spec.model_copy(update={"max_tokens": 60 if name == "stories" else 4})
        for name, spec in curriculum.domains.items()
    }
    curriculum = curriculum.model_copy(update={"domains": domains, "model": with_bos(tmp_path)})
    long = Example(prompt="5" * 30, answer="5")
    short = Example(prompt="5", answer="5")
    splits = {"train": (short,), "validation": (short,), "test": (long,)}
    data = {"sorting": {**splits, "train": (long,)}, "stories": splits | {"test": (short,)}}
    lengths = lengths_of(curriculum.model, None)
    assert room(31, 1, 4) < TINY.context < room(31, 1, 60)
    with pytest.raises(DataError, match=r"domains\.sorting: an item needs 91 tokens and the model takes 64"):
        check_everything_fits(curriculum, data, lengths)
    alone = curriculum.model_copy(
        update={
            "baselines": curriculum.baselines.model_copy(
                update={
                    "joint": False,
                    "joint_tuned": False,
                    "joint_probes": False,
                    "joint_weighted": False,
                    "joint_budgets": (),
                    "compositions": ("sequential",),
                }
            )
        }
    )
    # Alone in its stage the domain's own limit holds, and what is only tested is never mixed.
    check_everything_fits(alone, data, lengths)
