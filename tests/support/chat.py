"""Tiny chat models of the common styles, made on the spot: a byte tokenizer with control tokens and a template."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import torch
import trl
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import LlamaConfig, PreTrainedModel, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed
from transformers.models.llama import LlamaForCausalLM

from curricula.stage import Training
from domains.example import Example
from domains.rewards import Mark
from experiments.training.draw import Drawn
from experiments.training.grpo import grpo_trainer
from experiments.training.tally import RolloutTally

CONTEXT = 512
SMOLLM2 = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
ENDS = {"qwen2": "<|im_end|>", "llama3": "<|eot_id|>", "smollm2": "<|im_end|>"}
"""Style → the token that ends a turn."""
CONTROL = (
    *("<|pad|>", "<|endoftext|>", "<|begin_of_text|>"),
    *("<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
)
EOS = "<|endoftext|>"


def shipped(name: str) -> str:
    """A template as its makers wrote it, of those that come with TRL."""
    return (Path(trl.__file__).parent / "chat_templates" / f"{name}.jinja").read_text("utf-8")


TEMPLATES = {"qwen2": shipped("qwen2_5"), "llama3": shipped("llama3"), "smollm2": SMOLLM2}


def tokenizer_of(
    template: str | None, *, bos: bool = False, pad_is_eos: bool = False, eos: str = EOS
) -> PreTrainedTokenizerFast:
    """One token a byte, and some merges of line ends, as real tokenizers have them; `bos`: it writes one itself."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*CONTROL, *alphabet, "ĊĊ"])}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[("Ċ", "Ċ")]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROL])
    begin = "<|begin_of_text|>"
    if bos:
        core.post_processor = processors.TemplateProcessing(
            single=f"{begin} $A", special_tokens=[(begin, vocabulary[begin])]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=begin,
        eos_token=eos,
        pad_token=eos if pad_is_eos else "<|pad|>",
        padding_side="left",
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
        chat_template=template,
    )


def network_of(style: str, tokenizer: PreTrainedTokenizerFast) -> PreTrainedModel:
    """A tiny untrained network of the style's family."""
    set_seed(0)
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "max_position_embeddings": CONTEXT,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "tie_word_embeddings": True,
    }
    return Qwen2ForCausalLM(Qwen2Config(**sizes)) if style == "qwen2" else LlamaForCausalLM(LlamaConfig(**sizes))


def save_chat_model(folder: Path, style: str, **tokenizer: object) -> Path:
    """A folder as it comes from the hub."""
    made = tokenizer_of(TEMPLATES[style], **tokenizer)  # type: ignore[arg-type]
    network_of(style, made).save_pretrained(folder)
    made.save_pretrained(folder)
    return folder


def turn(role, content):
    return {"role": role, "content": content}


def talk(*turns, answer="five", given=0):
    """An item out of a conversation."""
    return Example(prompt=" ".join(each["content"] for each in turns), answer=answer, turns=turns, given=given)


SYSTEM, ASKED = turn("system", "Be brief."), turn("user", "What is 2 + 3?")
MULTI = (SYSTEM, turn("user", "Hi"), turn("assistant", "Hello!\nHow are you?"), turn("user", "What is 2 + 3?"))
TALKS = {
    "single": Example(prompt="What is 2 + 3?", answer="five"),
    "system": talk(SYSTEM, ASKED),
    "multi": talk(*MULTI),
    "unicode": talk(turn("user", "Wie heißt 2 + 3?"), answer="fünf ✓"),
    "newlines": talk(turn("user", "a\n\nb\n"), answer="first\n\nsecond"),
}
TOKENIZERS = {
    "plain": {},
    "bos": {"bos": True},
    "pad=eos": {"pad_is_eos": True},
    "both": {"bos": True, "pad_is_eos": True},
}


def worthless(group, _):
    return [Mark(0.0, None)] * len(group)


def trainer_of(network, tokenizer, item, folder, stop=(), max_tokens=2, reward=worthless):
    return grpo_trainer(
        network,
        tokenizer,
        Training(steps=1, prompts=1, rollouts=2),
        [Drawn("copy", item)],
        rewards={"copy": reward},
        max_tokens=max_tokens,
        seed=0,
        device=torch.device("cpu"),
        folder=str(folder),
        tally=RolloutTally(),
        stop={"copy": stop},
        reference=None,
    )


@contextmanager
def saying(network, scripts):
    """The network's rows say these tokens one after the other, the last one for ever. Yields the steps so far."""
    steps = []

    def say(_, given, logits):
        wanted = [script[min(len(steps), len(script) - 1)] for script in scripts][: len(logits)]
        steps.append(wanted)
        said = torch.full_like(logits, -1e4)
        said[torch.arange(len(logits)), -1, wanted] = 1e4
        return said

    hook = network.lm_head.register_forward_hook(say)
    try:
        yield steps
    finally:
        hook.remove()
