"""Conversations as a chat template writes them: the ids are those that TRL makes, and every turn ends."""

from __future__ import annotations

import pytest
import torch
from datasets import Dataset
from tokenizers import processors
from trl import GRPOTrainer, SFTConfig, SFTTrainer
from trl.chat_template_utils import get_training_chat_template

from curricula.stage import Training
from domains.errors import DataError
from domains.example import Example
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.tokens.prompting import end_tokens, prompt_tokens, taught_tokens
from experiments.training.draw import Drawn
from experiments.training.sft import IGNORED, sft_trainer, tokenize
from tests.support.chat import ENDS, TALKS, TEMPLATES, TOKENIZERS, network_of, shipped, tokenizer_of, trainer_of, turn

pytestmark = pytest.mark.slow


def trl_sft(tokenizer, network, folder, rows, **more):
    """What TRL's own SFT trainer makes of rows: ids and labels."""
    arguments = SFTConfig(
        output_dir=str(folder),
        use_cpu=True,
        bf16=False,
        report_to="none",
        max_length=None,
        activation_checkpointing=False,
        **more,
    )
    with upstream_warnings_ignored():
        return SFTTrainer(
            network, arguments, train_dataset=Dataset.from_list(rows), processing_class=tokenizer
        ).train_dataset


@pytest.mark.parametrize("how", TOKENIZERS)
@pytest.mark.parametrize("style", TEMPLATES)
def test_ids_are_those_that_trl_makes_of_the_same_conversation(style, how, tmp_path):
    """GRPO's prompts to the last token; SFT's up to the turn's end, where TRL goes on with a line end."""
    tokenizer = tokenizer_of(TEMPLATES[style], **TOKENIZERS[how])
    network, items = network_of(style, tokenizer), list(TALKS.values())
    trainer = trainer_of(network, tokenizer, items[0], tmp_path)
    theirs, *_ = GRPOTrainer._tokenize_prompts(trainer, [list(item.conversation) for item in items])
    assert theirs == [prompt_tokens(tokenizer, item) for item in items]
    rows = [{"prompt": item.conversation, "completion": [turn("assistant", item.answer)]} for item in items]
    for their, item in zip(trl_sft(tokenizer, network, tmp_path, rows), items, strict=True):
        mine = tokenize(tokenizer, Drawn("copy", item.model_copy(update={"given": len(item.conversation)})))
        count = len(mine["input_ids"])
        assert mine["input_ids"] == their["input_ids"][:count]
        assert mine["labels"] == their["labels"][:count]
        assert tokenizer.decode(their["input_ids"][count:]).strip() == ""


@pytest.mark.parametrize("style", ["qwen2", "llama3"])
def test_all_turns_of_the_assistants_are_taught_as_trl_teaches_them(style, tmp_path):
    """TRL knows them by marks in a training template of the same text; it counts the line ends around a turn too."""
    tokenizer = tokenizer_of(TEMPLATES[style])
    item = TALKS["multi"]
    rows = [{"messages": [*item.turns, turn("assistant", item.answer)]}]
    assert get_training_chat_template(tokenizer)
    (their,) = trl_sft(tokenizer, network_of(style, tokenizer), tmp_path, rows, assistant_only_loss=True)
    mine = tokenize(tokenizer, Drawn("copy", item))
    assert mine["input_ids"] == their["input_ids"][: len(mine["input_ids"])]
    said = [label for label in mine["labels"] if label != IGNORED]
    assert tokenizer.decode(said) == f"Hello!\nHow are you?{ENDS[style]}five{ENDS[style]}"
    pairs = zip(mine["input_ids"], mine["labels"], their["labels"], strict=False)
    assert {tokenizer.decode([token]) for token, my, other in pairs if my != other} <= {"\n"}


def test_given_turns_are_not_taught():
    tokenizer = tokenizer_of(TEMPLATES["qwen2"])
    lesson = taught_tokens(tokenizer, TALKS["multi"].model_copy(update={"given": 4}))
    assert sum(lesson.taught) == len("five") + 1
    assert all(lesson.taught[-5:])


@pytest.mark.parametrize("bos", [False, True])
def test_there_is_exactly_one_bos(bos):
    """Llama 3's template writes one, and its tokenizer would write a second."""
    tokenizer = tokenizer_of(TEMPLATES["llama3"], bos=bos)
    begin = tokenizer.bos_token_id
    assert [taught_tokens(tokenizer, item).tokens.count(begin) for item in TALKS.values()] == [1] * len(TALKS)
    by_hand = Example(prompt="<|begin_of_text|>by hand", answer="x", plain=True)
    assert prompt_tokens(tokenizer, by_hand).count(begin) == 1
    plain = Example(prompt="text", answer="x", plain=True)
    assert prompt_tokens(tokenizer, plain).count(begin) == int(bos)


def test_a_tokenizer_that_ends_every_text_does_not_end_a_prompt():
    tokenizer = tokenizer_of(None)
    end = tokenizer.eos_token
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", special_tokens=[(end, tokenizer.eos_token_id)]
    )
    assert tokenizer("abc")["input_ids"][-1] == tokenizer.eos_token_id
    assert tokenizer.decode(prompt_tokens(tokenizer, Example(prompt="abc", answer="d"))) == "abc"
    assert prompt_tokens(tokenizer, Example(prompt=f"abc{end}", answer="d"))[-1] == tokenizer.eos_token_id


@pytest.mark.parametrize("plain", [False, True])
def test_the_end_is_taught_also_where_padding_is_the_end_token(plain, tmp_path):
    """From the batch as TRL's collator makes it: labels of the longer and of the padded sequence end in the end."""
    tokenizer = tokenizer_of(TEMPLATES["smollm2"], pad_is_eos=True, eos="<|im_end|>")
    items = [Example(prompt="2+3=", answer=answer, plain=plain) for answer in ("five", "five, I think")]
    trainer = sft_trainer(
        network_of("smollm2", tokenizer),
        tokenizer,
        Training(method="sft", steps=1, prompts=2),
        [Drawn("copy", item) for item in items],
        seed=0,
        device=torch.device("cpu"),
        folder=str(tmp_path),
    )
    (batch,) = trainer.get_train_dataloader()
    for labels, item in zip(batch["labels"].tolist(), items, strict=True):
        kept = [label for label in labels if label != IGNORED]
        assert tokenizer.decode(kept) == f"{item.answer}<|im_end|>"


def test_a_template_that_writes_the_date_writes_the_same_tomorrow(monkeypatch):
    template = shipped("llama3_2")
    assert "strftime_now" in template
    tokenizer = tokenizer_of(template)
    text = tokenizer.decode(prompt_tokens(tokenizer, TALKS["single"]))
    assert "Today Date: 26 Jul 2024" in text
    assert text.count("<|begin_of_text|>") == 1


@pytest.mark.parametrize("name", ["qwen3", "deepseek_r1_distill", "llama3_1", "phi3", "gemma", "qwen3_instruct_2507"])
def test_other_makers_templates(name):
    """Nothing of an answer is lost, and it follows the very prompt that GRPO and evaluation put."""
    tokenizer = tokenizer_of(shipped(name))
    for answer in ("five", "<think>2 + 3</think><answer>5</answer>"):
        item = TALKS["single"].model_copy(update={"answer": answer})
        lesson, prompt = taught_tokens(tokenizer, item), prompt_tokens(tokenizer, item)
        assert lesson.tokens[: len(prompt)] == prompt
        assert answer in tokenizer.decode(lesson.tokens[len(prompt) :])
        assert lesson.tokens[-1] in end_tokens(tokenizer, None)


def test_what_a_template_cannot_say_is_said_in_one_line():
    tokenizer = tokenizer_of(shipped("gemma"))
    with pytest.raises(DataError, match="the model's chat template refuses this conversation"):
        prompt_tokens(tokenizer, TALKS["system"])
    thinking = tokenizer_of(shipped("deepseek_r1_distill"))
    with pytest.raises(DataError, match="writes an earlier turn of the assistant's otherwise"):
        taught_tokens(thinking, TALKS["multi"])
    taught_tokens(thinking, TALKS["multi"].model_copy(update={"given": 4}))
    with pytest.raises(DataError, match="a conversation needs a model with a chat template"):
        prompt_tokens(tokenizer_of(None), TALKS["system"])
