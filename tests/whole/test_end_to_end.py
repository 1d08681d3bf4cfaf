"""The whole job with real training: on Ray, inline, with a stage that fails; the report is the same to the bit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import (
    TINY,
    begun,
    records,
    report_of,
    stable,
    variant,
    within,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def undisturbed(tiny_store: Path) -> Path:
    """The store of a run on Ray that nothing disturbed."""
    return tiny_store


def test_report_holds_the_contract(undisturbed: Path) -> None:
    report = report_of(undisturbed)
    assert set(report["domains"]) == {"sorting", "stories"}
    assert all(domain["entropy"]["delta_entropy"]["missing"] is None for domain in report["domains"].values())
    assert report["transfer"]["domains"] == ["sorting", "stories"]
    assert [len(row) for row in report["transfer"]["effects"]] == [2, 2]
    assert {"order", "predicted", "margin", "runner_up", "win_rate", "audit"} <= set(report["plan"])
    arms = {"base", "bwt-sequential", "bwt-cumulative", "joint", "joint-tuned", "joint-probes", "random"}
    assert arms <= set(report["scores"])
    assert len(report["scores"]["joint"]["stories"]["per_seed"]) == 2
    assert {"arm", "baseline", "primary", "absolute", "relative", "verdict"} <= set(report["comparisons"][0])
    assert report["comparisons"][0]["absolute"].keys() == {"estimate", "low", "high", "n", "missing"}
    cost = report["cost"]
    assert cost["stage_runs"] < cost["stage_runs_unshared"]
    assert cost["probe_stage_runs"] == 4
    assert not report["missing"]


def test_scores_are_measured_not_constant(undisturbed: Path) -> None:
    report = report_of(undisturbed)
    means = {arm: row["stories"]["estimate"] for arm, row in report["scores"].items()}
    assert all(0 <= mean <= 1 for mean in means.values())
    assert len(set(means.values())) > 2


def test_inline_gives_the_same_weights_and_scores(undisturbed: Path, few_store: Path) -> None:
    inline, on_ray = left_by(few_store), left_by(undisturbed)
    assert len(inline) == 5
    for name, left in inline.items():
        assert left == on_ray[name], name


def left_by(store: Path) -> dict[str, tuple[bytes, object, object]]:
    """Node folder → its weights, what its training says and what it scored."""
    found = {}
    for node in store.glob("nodes/*"):
        (weights,), (measured,) = node.glob("attempt-*/model.safetensors"), node.glob("measured-*")
        trained = json.loads((node / "record.json").read_text("utf-8"))
        found[node.name] = (weights.read_bytes(), trained["reward_curve"], json.loads(measured.read_text())["scores"])
    return found


def test_running_again_trains_nothing(undisturbed: Path, tmp_path: Path) -> None:
    store = begun(undisturbed, tmp_path, 1000)
    before = records(store)
    done = within("run", TINY, "--store", store, "--executor", "inline")
    assert done.returncode == 0, done.stderr
    assert "0 stages to run" in done.stdout
    assert records(store) == before == records(undisturbed)
    assert stable(report_of(store)) == stable(report_of(undisturbed))


def test_seeds_start_from_one_base_and_go_apart(undisturbed: Path) -> None:
    assert len(list(undisturbed.glob("nodes/base-*"))) == 1
    (mine,), (other,) = (list(undisturbed.glob(f"nodes/s{seed}-stories-????????????????")) for seed in (0, 1))
    weights = [next(node.glob("attempt-*/model.safetensors")).read_bytes() for node in (mine, other)]
    assert weights[0] != weights[1]


def test_page_is_self_contained(undisturbed: Path) -> None:
    (page,) = undisturbed.glob("*/report.html")
    text = page.read_text("utf-8")
    assert "<script src=" not in text
    assert "bwt-sequential" in text


def test_failed_stage_leaves_the_rest(few: Path, few_store: Path, tmp_path: Path) -> None:
    file = variant(tmp_path, ("seeds: [0]", "seeds: [0]\nstages: {stories: {kl: 1.0e+60}}"), source=few)
    store = begun(few_store, tmp_path / "store")
    done = within("run", file, "--store", store, "--executor", "inline")
    assert done.returncode == 1, done.stdout + done.stderr
    report = report_of(store)
    assert {row["boundary"] for row in report["missing"] if row["state"] == "failed"} == {"training"}
    assert "joint" in report["scores"]
    assert list(store.glob("nodes/*/error.json"))
    assert "Traceback" not in done.stdout + done.stderr
