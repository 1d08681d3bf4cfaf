"""Where completions end: at the turn's end, at the model's own ends, at the domain's texts."""

from __future__ import annotations

import random

import pytest
import torch

from domains.rewards import Mark
from experiments.models.generation.stopping import SLACK, StopTexts
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.subjects.local import LocalModel
from experiments.models.subjects.subject import Request
from experiments.models.tokens.chat import end_of_turn
from experiments.models.tokens.prompting import end_tokens, stops
from tests.support.chat import ENDS, TALKS, TEMPLATES, TOKENIZERS, network_of, saying, tokenizer_of, trainer_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("style", TEMPLATES)
def test_a_completion_ends_at_the_turns_end_and_at_the_models_own_ends(style, tmp_path):
    tokenizer = tokenizer_of(TEMPLATES[style])
    network = network_of(style, tokenizer)
    turns_end, eos = tokenizer.convert_tokens_to_ids(ENDS[style]), tokenizer.eos_token_id
    assert end_of_turn(tokenizer) == turns_end
    assert end_tokens(tokenizer, [7, eos]) == sorted({7, eos, turns_end})
    trainer = trainer_of(network, tokenizer, TALKS["single"], tmp_path)
    assert trainer.eos_token_ids == trainer.generation_config.eos_token_id == sorted({eos, turns_end})
    for end in (eos, turns_end):
        with saying(network, [[end]] * 2):
            (said,) = LocalModel(network.eval(), tokenizer, 1).complete([Request(TALKS["single"], 9)])
        assert (said.tokens, said.text, said.finish) == ([end], "", "stop")
        with saying(network, [[end]] * 2), upstream_warnings_ignored():
            ids, _ = trainer._generate_single_turn(trainer._tokenize_prompts(["0"] * 2)[0], None, {}, 2)
        assert ids == [[end]] * 2


STOPPED = {"4\n5": "4", "12;3\n": "12", "\nab": "", "abcdefgh": "abcdefgh", "ab\n\nc": "ab"}
"""What is said → what is left of it before a line end or a semicolon; two line ends are one token."""


def test_a_completion_ends_at_a_stop_text_in_evaluation(tmp_path):
    tokenizer = tokenizer_of(TEMPLATES["smollm2"])
    network = network_of("smollm2", tokenizer).eval()
    scripts = [tokenizer(text, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id] for text in STOPPED]
    requests = [Request(TALKS["single"], 12, stop=("\n", ";"))] * len(scripts)
    with saying(network, scripts):
        found = LocalModel(network, tokenizer, 8).complete(requests)
    assert [one.text for one in found] == list(STOPPED.values())
    assert {one.finish for one in found} == {"stop"}
    assert [tokenizer.decode(one.tokens) for one in found] == [
        "4\n", "12;", "\n", f"abcdefgh{tokenizer.eos_token}", "ab\n\n",
    ]  # fmt: skip
    with saying(network, scripts):
        (cut_off,) = LocalModel(network, tokenizer, 8).complete([Request(TALKS["single"], 1, stop=("\n",))])
    assert (cut_off.text, cut_off.finish) == ("4", "length")


@pytest.mark.parametrize("how", ["plain", "pad=eos"])
def test_a_rollout_ends_at_a_stop_text_and_is_scored_before_it(how, tmp_path):
    tokenizer = tokenizer_of(TEMPLATES["smollm2"], **TOKENIZERS[how])
    network = network_of("smollm2", tokenizer)
    texts = ["4\n5", "abcdefgh"]
    scripts = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    seen = []

    def reward(group, _):
        seen.extend(group)
        return [Mark(0.5, text) for text in group]

    trainer = trainer_of(network, tokenizer, TALKS["single"], tmp_path, ("\n",), 8, reward)
    with saying(network, scripts), upstream_warnings_ignored():
        inputs = trainer._generate_and_score_completions([{"prompt": "0", "row": 0}] * 2)
    ids, mask = inputs["completion_ids"], inputs["completion_mask"].bool()
    assert [tokenizer.decode(row[kept]) for row, kept in zip(ids, mask, strict=True)] == ["4\n", "abcdefgh"]
    assert seen == ["4", "abcdefgh"]
    assert "generate" not in vars(network)
    # All rows were done after two tokens, so that nothing more was said.
    with saying(network, [scripts[0]] * 2) as steps, upstream_warnings_ignored():
        trainer._generate_single_turn(trainer._tokenize_prompts(["0"] * 2)[0], None, {}, 2)
    assert len(steps) == 2


WORDS = ["\n", "ab", "\n\n", " stop", "stop", "é", "\U0001f642", "x" * 30, "</answer>", ". ", " ,"]
TEXTS = ("stop here", "\n\n", "é\U0001f642", "</answer>", "x" * 45)


@pytest.mark.parametrize("style", TEMPLATES)
def test_looking_at_the_end_alone_finds_what_looking_at_all_finds(style):
    """After every token of random texts, with special tokens and parts of characters among them."""
    tokenizer = tokenizer_of(TEMPLATES[style])
    special = tokenizer.convert_tokens_to_ids(ENDS[style])
    rng = random.Random(3)
    ended = 0
    for _ in range(60):
        text = "".join(rng.choice([*WORDS, *TEXTS]) for _ in range(rng.randrange(2, 30)))
        tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
        for at in sorted(rng.sample(range(len(tokens)), min(3, len(tokens))), reverse=True):
            tokens[at:at] = [special] * rng.choice([1, 40])
        stop = rng.sample(TEXTS, 2)
        criterion = StopTexts(tokenizer, [stop, ()], 1)
        for length in range(1, len(tokens) + 1):
            whole = stops(tokenizer, tokens[:length], stop)
            rows = torch.tensor([[9, *tokens[:length]]] * 2)
            assert criterion(rows, None).tolist() == [whole, False]
            if whole:
                ended += 1
                break
    assert ended > 20


def test_a_long_completion_costs_as_much_a_token_as_a_short_one():
    tokenizer = tokenizer_of(TEMPLATES["smollm2"])
    decoded = []

    class Counting:
        def decode(self, tokens, **more):
            decoded.append(len(tokens))
            return tokenizer.decode(tokens, **more)

    criterion = StopTexts(Counting(), [["stop"]], 0)
    for length in (20, 200, 4000):
        decoded.clear()
        assert not criterion(torch.tensor([tokenizer("ab " * length, add_special_tokens=False)["input_ids"]]), None)[0]
        assert sum(decoded) <= 3 * (4 + SLACK)
