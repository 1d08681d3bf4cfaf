"""What is measured of weights that are there: only what is missing is asked, and nothing is trained."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from statistics import fmean

import pytest

from curricula.schema import Evaluation, Resources
from curricula.schema.embedder import Embedder
from domains.errors import StageError
from domains.rewards.exact import ExactReward
from experiments.executors.base import Work
from experiments.measures.of_outputs import OutputMeasure
from experiments.measures.spec import MeasureSpec
from experiments.measures.suite import suite_of
from experiments.measures.table import OF_OUTPUTS
from experiments.measures.vendi import EMBEDDED
from experiments.nodes.outputs import Marked, Output, read_rows, write_rows
from experiments.nodes.tree import base_node
from experiments.store import Store, patient
from experiments.store.local import LocalFiles
from experiments.worker import measure, node_models
from experiments.worker.node import run_node
from tests.support.embedders import saved
from tests.support.measured import ASK, Asked, Finished, evaluated, record, run, score, weights
from tests.support.models import EVALUATION, REWARDS, stored, words

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(measure, "ask", asked)
    return asked


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Base and one stage, trained and measured once; for tests that only read them."""
    store, setup = stored(str(tmp_path_factory.mktemp("finished")))
    return store, setup, run(store, setup)


@pytest.fixture
def copied(finished: Finished, tmp_path: Path) -> Finished:
    """The same in a store of the test's own."""
    store, setup, nodes = finished
    shutil.copytree(store.url, tmp_path / "copied")
    return Store.open(str(tmp_path / "copied")), setup, nodes


def test_another_metric_asks_what_it_needs_and_nothing_else(tmp_path: Path, asked: Asked) -> None:
    store, whole = stored(str(tmp_path))
    little = evaluated(whole, metrics=("nll",))
    nodes = run(store, little)
    asked.take()
    before = weights(store)
    assert run(store, evaluated(whole, metrics=("nll", "entropy"))) == nodes
    assert asked.take() == {("samples", name, split) for name in ("copy", "free") for split in ("validation", "test")}
    assert weights(store) == before
    assert record(store, little, nodes[1]).scores["test"]["copy"].entropy is None
    more = evaluated(whole, metrics=("nll", "entropy"))
    assert score(store, more, nodes[1]).nll == score(store, little, nodes[1]).nll
    assert score(store, more, nodes[1]).entropy is not None


def test_more_test_items_are_asked_and_validation_is_not_asked_again(copied: Finished, asked: Asked) -> None:
    store, few, nodes = copied
    versions = {**few.domains["copy"].data, "test": "9" * 64}
    store.put_data("copy", versions, {"train": words(40), "validation": words(6, 50), "test": words(9, 60)})
    copy = few.domains["copy"].model_copy(update={"data": versions})
    more = few.model_copy(update={"domains": {**few.domains, "copy": copy}})
    assert run(store, more) == nodes
    assert {(domain, split) for _, domain, split in asked.take()} == {("copy", "test")}
    assert len(score(store, more, nodes[1]).items) == 9
    assert score(store, more, nodes[1]).items[:6] == score(store, few, nodes[1]).items
    assert record(store, more, nodes[1]).scores["validation"] == record(store, few, nodes[1]).scores["validation"]


def test_another_reward_marks_again_what_was_said(
    copied: Finished, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, setup, nodes = copied
    strict = setup.domains["copy"].model_copy(update={"rewards": (ExactReward(type="exact", strip=False), REWARDS[1])})
    again = setup.model_copy(update={"domains": {**setup.domains, "copy": strict}})
    assert suite_of(again).id != suite_of(setup).id
    monkeypatch.setattr(node_models, "load_checkpoint", None)
    assert run(store, again) == nodes
    assert asked.take() == set()
    assert record(store, again, nodes[1]).scores["test"]["copy"].entropy == score(store, setup, nodes[1]).entropy


def test_another_measure_is_read_off_what_was_said(
    copied: Finished, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, setup, nodes = copied
    spec = MeasureSpec("tokens an answer", "tokens", "their number", "profile", "prompt", "A")
    count = OutputMeasure(spec, lambda said: sum(one.count for one in said))
    read = OutputMeasure(spec, lambda said: said[0].nll, needs="references")
    marked = OutputMeasure(spec, lambda said: fmean(one.mark.score for one in said), needs="marked answers")
    before, known = suite_of(setup).id, score(store, setup, nodes[1], "free").details
    monkeypatch.setitem(OF_OUTPUTS, "count", count)
    monkeypatch.setitem(OF_OUTPUTS, "read", read)
    monkeypatch.setitem(OF_OUTPUTS, "marked", marked)
    assert suite_of(setup).id != before
    monkeypatch.setattr(node_models, "load_checkpoint", None)
    assert run(store, setup) == nodes
    assert asked.take() == set()
    found = score(store, setup, nodes[1], "free").details
    assert found is not None and known is not None
    assert found.more.keys() == known.more.keys() | {"count", "read", "marked"}
    assert found.more["marked"] == pytest.approx(score(store, setup, nodes[1], "free").items, abs=1e-6)
    assert found.more["read"] == found.reference_nll
    assert len(found.more["count"]) == found.items
    assert found.model_copy(update={"more": known.more}) == known


def test_an_embedder_reads_what_was_said_and_asks_nothing(copied: Finished, asked: Asked, tmp_path: Path) -> None:
    store, setup, nodes = copied
    known, named = score(store, setup, nodes[1], "free").details, Embedder(id=str(saved(tmp_path / "embedder")))
    setup = evaluated(setup, embedder=named)
    assert run(store, setup) == nodes
    assert asked.take() == set()
    found = score(store, setup, nodes[1], "free").details
    assert found is not None and known is not None
    assert all(1 <= value <= 2 for value in found.more[EMBEDDED])
    assert found.more == {**known.more, EMBEDDED: found.more[EMBEDDED]}
    alone = score(store, setup, nodes[1]).details
    assert alone is not None
    assert EMBEDDED not in alone.more, "one answer an item"


def test_another_batch_measures_nothing_again(copied: Finished, asked: Asked) -> None:
    store, setup, _ = copied
    run(store, evaluated(setup, batch=1))
    assert asked.take() == set()


def test_what_was_said_is_kept_with_its_marks(finished: Finished) -> None:
    store, setup, nodes = finished
    found = store.measurement(nodes[1], suite_of(setup).id)
    task = next(
        one for one in suite_of(setup).tasks if (one.kind, one.domain, one.split) == ("answers", "free", "test")
    )
    with store.outputs(nodes[1], found.outputs[task.key]) as file:
        said = read_rows(file, Output)
    with store.outputs(nodes[1], found.outputs["free-test-marks"]) as file:
        marks = read_rows(file, Marked)
    assert [(one.item, one.sample) for one in said] == [(item.id, k) for item in words(6, 60) for k in range(2)]
    assert [(one.item, one.sample) for one in marks] == [(one.item, one.sample) for one in said]
    assert all(one.text is not None and one.tokens and one.finish for one in said)
    first = found.scores["test"]["free"].items[0]
    assert first == pytest.approx(sum(one.score for one in marks[:2]) / 2)


def test_every_answer_on_test_is_kept_beside_the_score(finished: Finished) -> None:
    store, setup, nodes = finished
    found = score(store, setup, nodes[1], "free")
    assert found.details is not None and found.details.nll is not None
    assert (found.details.samples, found.details.items) == (2, 6)
    pairs = zip(found.details.scores[::2], found.details.scores[1::2], strict=True)
    assert [sum(pair) / 2 for pair in pairs] == pytest.approx(found.items)
    bits = sum(found.details.reference_nll or ()) / sum(found.details.reference_bytes or ())
    assert bits / 0.6931471805599453 == pytest.approx(found.nll, abs=1e-5)
    assert record(store, setup, nodes[1]).scores["validation"]["free"].details is None


def test_answers_without_a_likelihood_leave_it_unknown(copied: Finished) -> None:
    """Outputs of an older version are marked again, not asked again; what they lack is None and not 0."""
    store, setup, nodes = copied
    for file in Path(store.url, "nodes", nodes[1].slug).glob("outputs-*/*.gz"):
        with suppress(ValueError):
            write_rows(file, [one.model_copy(update={"nll": None}) for one in read_rows(file, Output)])
    strict = setup.domains["copy"].model_copy(update={"rewards": (ExactReward(type="exact", strip=False), REWARDS[1])})
    again = setup.model_copy(update={"domains": {**setup.domains, "copy": strict}})
    again = evaluated(again, metrics=())
    run(store, again)
    found = score(store, again, nodes[1]).details
    assert found is not None
    assert (found.nll, found.reference_nll, len(found.scores)) == (None, None, 6)


DAMAGE = {
    "cut": lambda file: file.write_bytes(file.read_bytes()[:20]),
    "no gzip": lambda file: file.write_bytes(b"text"),
    "lost": lambda file: file.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_of_outputs_is_asked_again_and_that_is_said(
    damage, copied: Finished, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    store, setup, nodes = copied
    for file in Path(store.url, "nodes", nodes[1].slug).glob("outputs-*/*.gz"):
        damage(file)
    run(store, evaluated(setup, metrics=("nll",)))
    assert {kind for kind, _, _ in asked.take()} == {"answers", "references"}
    told = [line.getMessage() for line in caplog.records if "is asked again" in line.getMessage()]
    assert len(told) == 8
    assert all(line.startswith(nodes[1].slug) for line in told)


@pytest.mark.parametrize("where", ["the copying", "the reading"])
def test_a_store_that_does_not_answer_is_no_damaged_file(
    where: str, copied: Finished, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken for one, and all was asked again in silence."""
    store, setup, nodes = copied

    def dead(*_: object) -> None:
        raise OSError(5, "Input/output error")

    if where == "the copying":
        monkeypatch.setattr(patient, "WAITS", ())
        monkeypatch.setattr(LocalFiles, "local", dead)
    else:
        monkeypatch.setattr(measure, "read_rows", dead)
    with pytest.raises(StageError, match=r"store: .*nput/output error"):
        run_node(Work(nodes[0], None, evaluated(setup, metrics=("nll",)), store.url, Resources()))
    assert not asked.take()


def test_divergence_does_not_hang_on_the_bases_samples_being_there(finished: Finished, tmp_path: Path) -> None:
    """It was 0.0, silently, where the base had left none."""
    kl = Evaluation(**{**EVALUATION.model_dump(), "metrics": ("kl",)})
    store, setup = stored(str(tmp_path), evaluation=kl)
    without = [score(store, setup, node).kl for node in run(store, setup)]
    store, setup, nodes = finished
    assert [score(store, setup, node).kl for node in nodes] == without
    assert without[0] == 0.0
    assert without[1] > 0


def test_a_measurement_that_fails_leaves_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, setup = stored(str(tmp_path))

    def broken(asked, model):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(measure, "ask", broken)
    base = base_node(setup)
    with pytest.raises(StageError, match="evaluation: ZeroDivisionError"):
        run_node(Work(base, None, setup, store.url, Resources()))
    assert store.has_weights(base)
    kept = weights(store)
    monkeypatch.setattr(measure, "ask", ASK)
    run_node(Work(base, None, setup, store.url, Resources()))
    assert weights(store) == kept
    assert store.has(base, suite_of(setup).id)


def test_measured_at_once_or_later_is_the_same_to_the_bit(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, setup, nodes = finished
    later, _ = stored(str(tmp_path / "later"))
    with monkeypatch.context() as patch:
        patch.setattr("experiments.worker.node.measure", lambda *_: None)
        run(later, setup)
    assert not later.has(nodes[1], suite_of(setup).id)
    run(later, setup)
    for node in nodes:
        assert record(later, setup, node).scores == record(store, setup, node).scores
