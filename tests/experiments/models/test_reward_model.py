"""A tiny reward model, saved and loaded: its scores depend on the text and on nothing else."""

import math
import shutil
from importlib import import_module

import pytest
import torch
from pydantic import TypeAdapter
from transformers import LlamaConfig, LlamaForSequenceClassification

from domains.errors import ModelError, StageError
from domains.example import Example
from domains.frozen import fingerprint
from domains.rewards import RewardSpec, build_reward, reward_identity
from domains.rewards.lent import Lent
from domains.rewards.reward_model import scaled
from experiments.models import reward_network
from experiments.models.reward_model import known, scores_of
from experiments.models.tokens.tokenizer import character_tokenizer
from experiments.run.recipes import carried
from tests.support.recipes import forget_copies

CPU = torch.device("cpu")
TEMPLATE = "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\n' }}{% endfor %}"


def save(folder, outputs=1, seed=0, chat=False):
    torch.manual_seed(seed)
    tokenizer = character_tokenizer(64)
    if chat:
        tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=64,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        num_labels=outputs,
    )
    network = LlamaForSequenceClassification(config)
    torch.nn.init.normal_(network.score.weight)
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def ask(prompt):
    return Example(prompt=prompt, answer="x")


def spec(**content):
    return TypeAdapter(RewardSpec).validate_python({"type": "reward_model", **content})


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return save(tmp_path_factory.mktemp("tiny-reward"))


def test_the_same_text_gets_the_same_score_whatever_stands_beside_it(saved):
    scores = scores_of(spec(id=str(saved)), CPU)
    texts = ["a", "abc" * 9, "", "b c"]
    together = scores(texts, ask("say: "))
    assert together == [scores([text], ask("say: "))[0] for text in texts] == scores(texts[::-1], ask("say: "))[::-1]
    assert len(set(together)) == len(texts)


def test_it_is_loaded_once(saved, monkeypatch):
    reward_network._loaded.cache_clear()
    for weight in (1.0, 2.0):
        scores_of(spec(id=str(saved), weight=weight), CPU)
    assert reward_network._loaded.cache_info().misses == 1


def test_it_is_the_network_at_the_last_token(saved):
    _, tokenizer = reward_network._loaded(str(saved), None, None, "cpu", False)
    ids = torch.tensor([tokenizer("say: a")["input_ids"]])
    plain = LlamaForSequenceClassification.from_pretrained(saved).eval()
    with torch.inference_mode():
        last = float(plain.score(plain.model(input_ids=ids).last_hidden_state[0, -1])[0])
    assert scores_of(spec(id=str(saved)), CPU)(["a"], ask("say: "))[0] == pytest.approx(last, abs=1e-6)


@pytest.mark.slow
def test_the_copy_in_an_exported_folder_gives_the_same(saved, tmp_path, monkeypatch):
    for name, text in carried.reward_code(network=True).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    forget_copies()
    monkeypatch.syspath_prepend(tmp_path)
    copy = import_module(f"{carried.PACKAGE}.reward_network")
    asked = import_module(f"{carried.PACKAGE}.rewards.reward_model").RewardModelReward(
        type="reward_model", id=str(saved)
    )
    assert copy.__file__.startswith(str(tmp_path))
    texts = ["a", "abc", "b c"]
    assert copy.scores_of(asked, CPU)(texts, ask("say: ")) == scores_of(spec(id=str(saved)), CPU)(texts, ask("say: "))
    forget_copies()


def test_a_conversation_where_it_has_a_template(tmp_path, saved):
    folder = save(tmp_path, chat=True)
    (plain,) = scores_of(spec(id=str(folder), chat="off"), CPU)(["a"], ask("say: "))
    (talked,) = scores_of(spec(id=str(folder)), CPU)(["a"], ask("say: "))
    (written,) = scores_of(spec(id=str(folder), chat="off"), CPU)(["say: \nassistant: a\n"], ask("user: "))
    assert talked == written != plain
    assert scores_of(spec(id=str(saved)), CPU)(["a"], ask("say: ")) == [plain]


def test_all_turns_of_a_conversation_are_shown_to_it(tmp_path):
    folder = save(tmp_path, chat=True)
    turns = ({"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"})
    scores = scores_of(spec(id=str(folder)), CPU)
    (talked,) = scores(["d"], Example(prompt="a\nb\nc", answer="x", turns=turns))
    assert [talked] != scores(["d"], ask("a\nb\nc"))


def test_long_texts_lose_their_front(saved):
    scores = scores_of(spec(id=str(saved)), CPU)
    assert scores(["x" * 64], ask("abc")) == scores(["x" * 64], ask("completely different"))
    short = scores_of(spec(id=str(saved), max_tokens=3), CPU)
    assert short(["xyz"], ask("a")) == short(["xyz"], ask("b"))


@pytest.mark.parametrize(
    ("raw", "ends", "score"),
    [(0.0, None, 0.5), (-1000.0, None, 0.0), (1000.0, None, 1.0), (1.0, (0, 4), 0.25), (9, (0, 4), 1), (-9, (0, 4), 0)],
)
def test_outputs_become_scores(raw, ends, score):
    assert scaled(raw, ends) == score


def test_what_is_no_number_is_no_score():
    with pytest.raises(ValueError, match="nan"):
        scaled(math.nan, None)


def test_a_reward_of_it(saved):
    lent = Lent(network=lambda asked: scores_of(asked, CPU))
    marks = build_reward(spec(id=str(saved)), [], lent)(["a", "b"], Example(prompt="say: ", answer="a"))
    assert all(0 < mark.score < 1 for mark in marks)
    assert [mark.parsed for mark in marks] == ["a", "b"]


def test_nobody_lends_a_network_outside_a_worker(saved):
    with pytest.raises(StageError, match="by a worker"):
        build_reward(spec(id=str(saved)), [])


def test_identity_is_in_the_weights_and_not_in_the_place(tmp_path, saved):
    one = known(spec(id=saved.name), saved.parent)
    assert one.id == str(saved)
    copy = save(tmp_path / "elsewhere")
    other = save(tmp_path / "another", seed=1)
    identities = [fingerprint(reward_identity(known(spec(id=str(place)), tmp_path))) for place in (saved, copy, other)]
    assert identities[0] == identities[1] != identities[2]
    with pytest.raises(ModelError, match="other weights"):
        known(spec(id=str(other), weights=one.weights), tmp_path)


def test_what_is_no_reward_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"one output.*with 2 outputs"):
        known(spec(id=str(save(tmp_path / "two", outputs=2))), tmp_path)
    with pytest.raises(ModelError, match="folder that holds a model"):
        known(spec(id="./nothing"), tmp_path)


def test_a_head_without_weights_is_refused(tmp_path):
    from safetensors.torch import load_file, save_file

    file = save(tmp_path) / "model.safetensors"
    kept = {name: weight for name, weight in load_file(file).items() if name != "score.weight"}
    save_file(kept, file, metadata={"format": "pt"})
    with pytest.raises(StageError, match=r"no weights for score.weight"):
        scores_of(spec(id=str(tmp_path)), CPU)


@pytest.mark.parametrize("lacking", ["model.safetensors", "tokenizer.json"])
def test_what_lacks_weights_or_a_tokenizer_is_refused_before_anything_runs(tmp_path, saved, lacking):
    folder = tmp_path / "lacking"
    shutil.copytree(saved, folder)
    (folder / lacking).unlink()
    with pytest.raises(ModelError, match=r"safetensors|tokenizer"):
        known(spec(id=str(folder)), tmp_path)
