"""Where completions end: at the turn's end, at the model's own ends, at the domain's texts."""

from __future__ import annotations

import pytest

from domains.rewards import Mark
from experiments.models.chat import end_of_turn
from experiments.models.local import LocalModel
from experiments.models.prompting import end_tokens
from experiments.models.quiet import upstream_warnings_ignored
from experiments.models.subject import Request
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
