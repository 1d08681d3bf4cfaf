"""One way from an item to tokens: ids are equal in SFT, GRPO, evaluation, length checks and validation, and TRL's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import processors

from curricula.loader import load_curriculum
from curricula.schema import PretrainedModel
from domains.errors import DataError
from domains.example import Example
from experiments.models.checkpoints import build_model, lengths_of, load_checkpoint, save_checkpoint
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request
from experiments.models.tokens.lengths import byte_lengths, tokenizer_lengths
from experiments.models.tokens.prompting import prompt_tokens, room
from experiments.run.fit import check_everything_fits
from experiments.training.draw import Drawn
from experiments.training.sft import IGNORED, tokenize
from tests.support.chat import ENDS, TALKS, TEMPLATES, TOKENIZERS, network_of, tokenizer_of, trainer_of
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
    trainer = trainer_of(network, tokenizer, item, folder)
    with upstream_warnings_ignored():
        inputs = trainer._generate_and_score_completions([{"prompt": "0", "row": 0}] * 2)
    row, mask = inputs["prompt_ids"][0], inputs["prompt_mask"][0]
    return row[mask.bool()].tolist()


def evaluated_ids(network, tokenizer, item):
    """The prompt's ids as generation and reading feed them to the model."""
    subject, fed = LocalModel(network.eval(), tokenizer, 4), []
    network.register_forward_pre_hook(
        lambda _, given, named: fed.append(named["input_ids"][0].tolist()), with_kwargs=True
    )
    subject.complete([Request(item, 1)])
    answer = subject.answer(item)
    subject.read([item], [answer])
    return fed[0], fed[-1][: len(fed[-1]) - len(answer)], fed[-1][len(fed[-1]) - len(answer) :]


@pytest.mark.parametrize("item", ITEMS, ids=["plain", "bytes", "blanks"])
def test_ids_are_equal_in_all_five(model, item, tmp_path):
    network, tokenizer, lengths = model
    prompt, taught = sft_ids(tokenizer, item)
    generated, read, answer = evaluated_ids(network, tokenizer, item)
    assert prompt == grpo_ids(network, tokenizer, item, tmp_path / "grpo") == generated == read
    assert taught == [*answer, tokenizer.eos_token_id]
    assert lengths.count(item) == (len(prompt), len(answer))


@pytest.mark.parametrize("how", TOKENIZERS)
@pytest.mark.parametrize("style", TEMPLATES)
def test_ids_of_a_conversation_are_equal_in_all_five(style, how, tmp_path):
    tokenizer = tokenizer_of(TEMPLATES[style], **TOKENIZERS[how])
    network, lengths = network_of(style, tokenizer), tokenizer_lengths(tokenizer, None)
    for name in ("single", "system"):
        item = TALKS[name]
        prompt, taught = sft_ids(tokenizer, item)
        generated, read, answer = evaluated_ids(network, tokenizer, item)
        assert prompt == grpo_ids(network, tokenizer, item, tmp_path / name) == generated == read
        assert taught == [*answer, tokenizer.convert_tokens_to_ids(ENDS[style])]
        assert tokenizer.decode(answer) == item.answer
        assert lengths.count(item) == (len(prompt), len(answer))


def test_length_checks_count_what_the_tokenizer_adds(tmp_path):
    spec = with_bos(tmp_path)
    _, tokenizer = load_checkpoint(spec, tmp_path)
    item = Example(prompt="abc", answer="abc")
    assert lengths_of(spec, None).count(item) == (len(prompt_tokens(tokenizer, item)), 3) == (4, 3)
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
