"""A GPU that is there and not used is told, once."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from curricula.schema import Resources
from domains.errors import ClusterError
from experiments.cli.validate import validate
from experiments.cli.workers import workers_of
from experiments.executors.gpus import idle_note, missing_note, own_gpus
from tests.support.commands import variant, within


@pytest.fixture
def devices(tmp_path: Path) -> Path:
    """The device files of a machine with two GPUs."""
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("visible", "count"),
    [(None, 2), ("", 0), ("-1", 0), ("0", 1), ("0,1", 2), ("0,-1,1", 1), ("GPU-8932f937", 1), ("0,1,2,3", 2)],
)
def test_gpus_are_those_that_cuda_would_see(devices: Path, visible: str | None, count: int) -> None:
    assert own_gpus(devices, {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}) == count


def test_a_machine_without_gpus(tmp_path: Path) -> None:
    assert own_gpus(tmp_path, {}) == 0


def test_the_note() -> None:
    assert idle_note(0, 0) is idle_note(1, 1) is idle_note(0.5, 4) is None
    assert idle_note(0, 1) == "A GPU is there and not used: to train on it, set resources.gpus to 1."
    assert idle_note(0, 8.0) == "8 GPUs are there and not used: to train on them, set resources.gpus to 1."


def test_a_gpu_that_is_not_there_is_noted() -> None:
    assert missing_note(0, 0) is missing_note(1, 1) is missing_note(0.5, 1) is missing_note(4, 4) is None
    assert missing_note(4, 2) == (
        "resources.gpus is 4 and this machine shows 2 of them: here `run` would be refused. Name a cluster with "
        "--address, or set it to 2."
    )
    assert missing_note(1, 0) == (
        "resources.gpus is 1 and this machine shows no GPU: here `run` would be refused. Name a cluster with "
        "--address, or set it to 0."
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gpus", "there", "said"), [(1, 0, "no GPU is visible here"), (4, 2, "2 GPUs are visible here")]
)
def test_fewer_than_a_stage_is_to_have_are_refused(
    gpus: float, there: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything trains: a process without a GPU of its own would fail long after that."""
    import torch

    from experiments.models.checkpoints import check_gpus

    monkeypatch.setattr(torch.cuda, "device_count", lambda: there)
    with pytest.raises(ClusterError, match=f"resources.gpus: {said}, got {gpus}. Set it to {there}."):
        check_gpus(gpus)
    check_gpus(there)


@pytest.mark.slow
@pytest.mark.parametrize(("address", "noted"), [(None, True), ("local", True), ("ray://head:10001", False)])
def test_validate_says_so_unless_a_cluster_is_named(
    address: str | None,
    noted: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("experiments.executors.gpus.own_gpus", lambda: 0)
    monkeypatch.setattr("experiments.run.estimating.estimate.trial", lambda _, **__: None)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    if address:
        monkeypatch.setenv("RAY_ADDRESS", address)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    validate(variant(tmp_path, ("seeds: [0, 1]", "seeds: [0, 1]\nresources: {gpus: 1}")))
    assert (f"Note: {missing_note(1, 0)}" in capsys.readouterr().out) == noted


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gpus", "there", "why"),
    [
        (1, 0, "resources.gpus is 1 and no GPU is visible here."),
        (4, 2, "resources.gpus is 4 and 2 GPUs are visible here."),
    ],
)
def test_validate_ends_well_where_only_a_run_here_would_be_refused(
    gpus: float, there: int, why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("experiments.executors.gpus.own_gpus", lambda: there)
    monkeypatch.setattr("torch.cuda.device_count", lambda: there)
    file = variant(tmp_path, ("seeds: [0, 1]", f"seeds: [0, 1]\nresources: {{gpus: {gpus}}}"))
    done = within(
        "validate", file, "--store", tmp_path / "store", RAY_ADDRESS="", XDG_CACHE_HOME=str(tmp_path), COLUMNS="300"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Note: {missing_note(gpus, there)}" in done.stdout
    assert f"Time: not estimated: {why}" in done.stdout


class Cluster(nullcontext):
    """Stands in for Ray's connection."""

    gpus = 2.0

    def __init__(self, *_: object) -> None:
        super().__init__(self)


@pytest.mark.parametrize("name", ["inline", "ray"])
def test_a_command_says_it_once_on_standard_error(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("experiments.executors.gpus.own_gpus", lambda: 2)
    monkeypatch.setattr("experiments.executors.ray.Connection", Cluster)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with ExitStack() as stack:
        workers_of(name, Resources(), None, stack)  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip() == idle_note(0, 2)
