"""Each tracker as it is, where it is installed; else against the part of its documented API that is used."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, get_args

import pytest

from curricula.schema.resources import TrackerName
from domains.packages import EXTRAS
from experiments.run.tracking.entry import Entry, entry_of
from experiments.run.tracking.trackers import TRACKERS
from experiments.store import Store
from tests.support.nodes import tree_of, wait_for
from tests.support.tracking import RUN, full_record, job_of


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    return Store.open(str(tmp_path / "store"))


@pytest.fixture
def entry(store: Store) -> Entry:
    node = tree_of("sorting", steps=120).nodes[-1]
    return entry_of(job_of(store), "given", node, full_record(node))


def module(monkeypatch: pytest.MonkeyPatch, name: str, **content: Any) -> None:
    """A package with this content in place of the real one."""
    fake = ModuleType(name)
    vars(fake).update(content)
    monkeypatch.setitem(sys.modules, name, fake)


class Run:
    """What `init` returns with wandb and trackio."""

    def __init__(self) -> None:
        self.logged: list[tuple[int | None, dict[str, float]]] = []
        self.summary: dict[str, float] = {}
        self.finished = False

    def log(self, values: dict[str, float], step: int | None = None) -> None:
        """Values at a step."""
        self.logged.append((step, values))

    def finish(self) -> None:
        """The end."""
        self.finished = True


def test_a_tracker_is_named_where_it_is_written_and_where_it_is_installed() -> None:
    assert set(TRACKERS) == set(get_args(TrackerName)) <= set(EXTRAS)


def test_wandb(store: Store, entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_MODE", raising=False)
    run, asked = Run(), {}

    def init(*, project: str, group: str, name: str, job_type: str, config: Any, mode: str, **more: Any) -> Run:
        asked.update(project=project, group=group, name=name, mode=mode, config=config)
        return run

    module(monkeypatch, "wandb", init=init, Settings=lambda **_: None)
    TRACKERS["wandb"](store).tell(entry)
    assert asked["config"]["training.steps"] == 120
    assert (asked["project"], asked["group"], asked["mode"]) == ("tiny", "given", "offline")
    assert [step for step, _ in run.logged] == [step for step, _ in entry.curve]
    assert run.summary == entry.values
    assert run.finished


def test_trackio(store: Store, entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = Run(), {}

    def init(project: str, *, name: str, group: str, config: Any, **more: Any) -> Run:
        asked.update(project=project, name=name, group=group)
        return run

    module(monkeypatch, "trackio", init=init)
    TRACKERS["trackio"](store).tell(entry)
    assert (asked["project"], asked["group"]) == ("tiny", "given")
    assert run.logged[-1] == (100, entry.values)
    assert run.finished


class Client:
    """What of `mlflow.MlflowClient` is used."""

    told: dict[str, Any]

    def get_experiment_by_name(self, name: str) -> Any:
        """None is there before the first."""
        return self.told.get("experiment")

    def create_experiment(self, name: str) -> str:
        """Its id."""
        self.told["experiment"] = SimpleNamespace(experiment_id="7", name=name)
        return "7"

    def create_run(self, experiment_id: str, *, run_name: str, tags: dict[str, str]) -> Any:
        """A run that began now."""
        self.told.setdefault("runs", []).append((experiment_id, run_name, tags))
        return SimpleNamespace(info=SimpleNamespace(run_id="r", start_time=1))

    def log_batch(self, run_id: str, *, metrics: list[Any], params: list[Any]) -> None:
        """Both at once."""
        self.told["metrics"], self.told["params"] = metrics, params

    def set_terminated(self, run_id: str) -> None:
        """The end."""
        self.told["ended"] = run_id


def test_mlflow(store: Store, entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    Client.told = {}
    module(monkeypatch, "mlflow", MlflowClient=Client)
    module(monkeypatch, "mlflow.entities", Metric=lambda *rest: rest, Param=lambda *rest: rest)
    for _ in range(2):
        TRACKERS["mlflow"](store).tell(entry)
    told = Client.told
    assert told["experiment"].name == "tiny"
    assert [run[0] for run in told["runs"]] == ["7", "7"]
    assert told["runs"][0][2] == {"schedule": "given", "stagewise.run": RUN}
    assert ("validation/sorting", 0.75, 1, 100) in told["metrics"]
    assert ("training.steps", "120") in told["params"]
    assert told["ended"] == "r"


def test_tensorboard_as_it_is(store: Store, entry: Entry) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    TRACKERS["tensorboard"](store).tell(entry)
    found = EventAccumulator(
        str(Path(store.url, RUN, "tensorboard", "given", entry.slug)), size_guidance={"tensors": 0}
    )
    found.Reload()
    read = {
        tag: [(event.step, event.tensor_proto.float_val[0]) for event in found.Tensors(tag)]
        for tag in found.Tags()["tensors"]
    }
    assert read["train/reward"] == [(step, pytest.approx(value)) for step, value in entry.curve]
    assert read["validation/total"] == [(100, 0.75)]
    assert set(read) == {"train/reward", *entry.values}


def test_wandb_as_it_is(store: Store, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wandb")
    monkeypatch.delenv("WANDB_MODE", raising=False)
    TRACKERS["wandb"](store).tell(entry)
    (file,) = tmp_path.glob("wandb/offline-run-*/*.wandb")
    # A process of wandb's own writes it.
    wait_for(lambda: b"validation/sorting" in file.read_bytes())


# MLflow 3.17 asks SQLAlchemy 2.1 for what that one deprecates.
@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated")
def test_mlflow_as_it_is(store: Store, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = pytest.importorskip("mlflow")
    # Not the file store, which MLflow no longer takes up new experiments in.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    TRACKERS["mlflow"](store).tell(entry)
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("tiny")
    (run,) = client.search_runs([experiment.experiment_id], "tags.schedule = 'given'")
    assert run.data.metrics["validation/sorting"] == 0.75
    assert run.data.params["training.steps"] == "120"
    assert run.info.status == "FINISHED"


def test_trackio_as_it_is(store: Store, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Read when it is imported.
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    pytest.importorskip("trackio")
    TRACKERS["trackio"](store).tell(entry)
    assert list((tmp_path / "trackio").glob("tiny*"))
