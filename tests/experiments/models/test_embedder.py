"""A tiny model for sentence embeddings, saved and loaded: the mean over tokens, and the Vendi score by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from transformers import BertModel, T5Config

from curricula.schema.embedder import Embedder
from domains.errors import ModelError, StageError
from experiments.analysis.cliffs.embedded import NOT_NAMED
from experiments.analysis.cliffs.family import Sides
from experiments.analysis.cliffs.moments import PairedAnswers
from experiments.analysis.cliffs.of_outputs import ONE_EACH
from experiments.analysis.cliffs.readings import read
from experiments.measures.suite import suite_of
from experiments.measures.vendi import EMBEDDED, by_embeddings, of_similarity
from experiments.models.embedder import embedding, known
from experiments.models.tokens.tokenizer import character_tokenizer
from experiments.nodes.details import Details
from tests.support.embedders import saved
from tests.support.tiny import tiny

CPU = torch.device("cpu")
ANSWERS = ["one two", "three", "one two", "three", "", " "]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("embedder"))


def entropy_of(vectors: np.ndarray) -> float:
    """exp of the entropy of the eigenvalues of K/n, by singular values of the unit vectors."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    shares = np.linalg.svd(unit, compute_uv=False) ** 2 / len(unit)
    shares = shares[shares > 1e-15]
    return float(np.exp(-(shares * np.log(shares)).sum()))


@given(arrays(np.float64, (4, 3), elements=st.integers(1, 9).map(float)))
def test_the_score_is_the_entropy_of_the_eigenvalues(vectors: np.ndarray) -> None:
    table = dict(zip("abcd", vectors, strict=True))
    (found,) = by_embeddings([*table], lambda texts: np.stack([table[text] for text in texts]), 4)
    assert found == pytest.approx(entropy_of(vectors), abs=1e-5)
    assert 1 - 1e-6 <= found <= 4 + 1e-6


def test_the_vector_of_a_text_is_the_mean_over_its_tokens_whatever_else_is_asked(folder: Path) -> None:
    embed = embedding(known(Embedder(id=folder.name), folder.parent), CPU)
    network, tokenizer = BertModel.from_pretrained(folder, add_pooling_layer=False).eval(), character_tokenizer(32)
    with torch.inference_mode():
        states = network(**tokenizer("one two", return_tensors="pt")).last_hidden_state[0]
    assert embed(["one two"])[0] == pytest.approx(states.mean(dim=0).numpy(), abs=1e-5)
    assert (embed(["three", "one two"])[1] == embed(["one two"])[0]).all()
    assert (embed(["a" * 40]) == embed(["a" * 99])).all(), "cut at what the model was made for"


def test_answers_of_an_item_count_by_what_they_mean_and_blank_ones_are_one(folder: Path) -> None:
    embed = embedding(known(Embedder(id=str(folder)), Path()), CPU)
    pairs = by_embeddings(ANSWERS, embed, 2)
    assert pairs[0] == pairs[1] == pytest.approx(entropy_of(embed(ANSWERS[:2])), abs=1e-5)
    assert pairs[2] == pytest.approx(1)
    assert by_embeddings(["", "one"], embed, 2)[0] == pytest.approx(2)
    assert of_similarity(np.eye(3)) == pytest.approx(3)


@pytest.mark.parametrize("broken", [0.0, np.nan, np.inf])
def test_a_vector_without_direction_is_an_error(broken: float) -> None:
    """All answers of its item would have counted as one."""
    with pytest.raises(StageError, match="0 or not finite"):
        by_embeddings(["one", "two"], lambda texts: np.array([[broken, broken], [1.0, 0.0]]), 2)


def test_it_is_known_by_its_weights_and_not_by_its_place(folder: Path, tmp_path: Path) -> None:
    here = known(Embedder(id=str(folder)), Path())
    same, other = known(Embedder(id=str(saved(tmp_path / "copy"))), Path()), saved(tmp_path / "other", seed=1)
    assert here.identity == same.identity != known(Embedder(id=str(other)), Path()).identity
    with pytest.raises(ModelError, match="has other weights"):
        known(Embedder(id=str(other), weights=here.weights), Path())


def test_what_is_no_embedder_is_refused(tmp_path: Path) -> None:
    T5Config(num_layers=1).save_pretrained(saved(tmp_path))
    with pytest.raises(ModelError, match="encoder or a decoder alone"):
        known(Embedder(id=str(tmp_path)), Path())
    gone = embedding(Embedder(id=str(tmp_path / "gone")), CPU)
    assert by_embeddings(["", " "], gone, 2) == (1.0,), "nothing is asked of it, and nothing loaded"
    with pytest.raises(StageError, match="no folder"):
        gone(["text"])


def test_a_folder_without_weights_or_with_pickled_ones_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (saved(tmp_path) / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"must hold a model's weights, and there is no \*\.safetensors"):
        known(Embedder(id=str(tmp_path)), Path())
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(ModelError, match=r"only pytorch_model\.bin, .* transformers\.AutoModel\.from_pretrained"):
        known(Embedder(id=str(tmp_path)), Path())


def test_a_folder_of_nearly_the_name_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    saved(tmp_path / "embedder")
    with pytest.raises(ModelError, match=r"got 'embeder'\. Did you mean 'embedder'\?"):
        known(Embedder(id="embeder"), tmp_path)


@pytest.mark.slow
def test_another_embedder_is_another_measurement_and_none_changes_nothing(folder: Path) -> None:
    setup = tiny().setup
    named = [
        setup.model_copy(update={"evaluation": setup.evaluation.model_copy(update={"embedder": one})})
        for one in (known(Embedder(id=str(folder)), Path()), Embedder(id="other"))
    ]
    assert len({suite_of(one).id for one in (setup, *named)}) == len({one.id for one in (setup, *named)}) == 3
    assert {one.base_id for one in named} == {setup.base_id}
    assert "embedder" not in suite_of(setup).model_dump_json()


def test_it_is_read_where_it_was_kept_and_else_the_reason_is_told() -> None:
    def reading(samples: int, kept: bool):
        scores = (1.0,) * 40 * samples
        more = {EMBEDDED: (1.5,) * 40} if kept else {}
        one = Details(samples=samples, scores=scores, found=(True,) * len(scores), more=more)
        return read(Sides(PairedAnswers((one,), (one,)))).readings[EMBEDDED]

    assert reading(4, True).value.interval.estimate == 1.5
    assert (reading(4, False).value.reason, reading(1, False).value.reason) == (NOT_NAMED, ONE_EACH)
