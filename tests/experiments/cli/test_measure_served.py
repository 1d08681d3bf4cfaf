"""`stagewise measure` of a model behind a server that is not ours, against the same folder here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

from experiments.analysis.cliffs.table import MEASURES
from tests.support.chat import save_chat_model
from tests.support.commands import within
from tests.support.given import teach
from tests.support.served import transformers_serve

pytestmark = pytest.mark.slow
ITEMS = 24
YAML = """\
domains:
  chat: {kind: structured, source: {type: file, path: chat.jsonl}, rewards: [{type: exact}], max_tokens: 4,
    decoding: greedy}
  plain: {kind: structured, source: {type: file, path: plain.jsonl}, rewards: [{type: exact}], max_tokens: 4,
    decoding: greedy, chat: off}
  drawn: {kind: structured, source: {type: file, path: chat.jsonl}, rewards: [{type: exact}], max_tokens: 4,
    decoding: {samples: 2, temperature: 3}}
evaluation: {validation: 4, test: 24, entropy_items: 4}
"""


def chat_model(folder: Path) -> None:
    """Says a, and b where no chat template is around the prompt. Its generation_config.json asks for a repetition
    penalty, which greedy answers of the model itself do not have."""
    save_chat_model(folder, "qwen2", eos="<|im_end|>")
    network, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)

    def shown(prompt: str) -> str:
        if prompt.startswith("plain"):
            return prompt
        turns = [{"role": "user", "content": prompt}]
        return str(tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))

    teach(network, tokenizer, {"chat": "a", "plain": "b"}, 60, shown)
    network.generation_config.repetition_penalty = 1.8
    network.save_pretrained(folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """domains.yaml, of whose items the model has about half right, and the model's folder `tiny`."""
    folder = tmp_path_factory.mktemp("served")
    for name in ("chat", "plain"):
        rows = [{"prompt": f"{name} {number}: ", "answer": "ab"[number % 2]} for number in range(100, 140)]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "domains.yaml").write_text(YAML, "utf-8")
    chat_model(folder / "tiny")
    return folder


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    with transformers_serve(place / "tiny") as url:
        yield url


@pytest.fixture(scope="module")
def both(place: Path, address: str) -> dict[str, Any]:
    """measure.json of the folder and the server."""
    return measured(place, place / "tiny", address)


def measured(place: Path, *models: object) -> dict[str, Any]:
    given = ("--domains", place / "domains.yaml", "--store", place / "runs")
    done = within("measure", *models, *given, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("domain", ["chat", "plain"])
def test_greedy_answers_are_those_of_the_folder_item_by_item(both: dict[str, Any], domain: str) -> None:
    here, there = both["domains"][domain]["profiles"]
    assert here["score"] == there["score"]
    assert 0.2 < here["score"]["interval"]["estimate"] < 0.8, "so that an equal mean is no matter of course"
    flips = both["domains"][domain]["difference"]["flips"]
    assert (flips["regressed"], flips["recovered"]) == (0, 0)
    assert both["domains"][domain]["items"] == ITEMS


@pytest.mark.parametrize("domain", ["chat", "plain", "drawn"])
def test_answers_alone_are_measured_and_the_rest_is_skipped_with_the_reason(both: dict[str, Any], domain: str) -> None:
    here, there = (each["readings"] for each in both["domains"][domain]["profiles"])
    assert here.keys() == there.keys()
    for name, reading in there.items():
        if MEASURES[name].access == "prompt":
            assert "an endpoint" not in reading["reason"], name
            assert domain == "drawn" or reading == here[name], name
        else:
            assert reading["status"] == "skipped", name
            assert reading["interval"]["estimate"] is None, name
            assert "an endpoint neither says how likely it finds a text" in reading["reason"], name
    assert there["not_found"]["status"] == "ok"
    assert here["brier"]["status"] == "ok"


def test_it_samples_though_the_model_s_own_settings_do_not(both: dict[str, Any]) -> None:
    """Two answers an item at temperature 3 are mostly different, here and there."""
    for profile in both["domains"]["drawn"]["profiles"]:
        assert profile["readings"]["distance"]["interval"]["estimate"] > 0.5


def test_alone_it_is_measured_as_beside_the_folder(both: dict[str, Any], place: Path, address: str) -> None:
    alone = measured(place, address)
    (model,) = alone["models"]
    assert (model["access"], model["kept"]) == ("prompt", True), "what was asked for both is asked once"
    for name, domain in alone["domains"].items():
        assert domain["profiles"][0]["score"] == both["domains"][name]["profiles"][1]["score"]
