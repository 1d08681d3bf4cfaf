"""benchmarks/room.py: the search that it gives can be given, and bytes are those of the files."""

from __future__ import annotations

from pathlib import Path

from benchmarks.room import FILE, KEEPS, SHORT, room
from curricula.loader import load_curriculum
from curricula.search_checks import search_problems
from experiments.store import Store


def test_the_short_demo_can_be_searched() -> None:
    curriculum = load_curriculum(FILE, sets=SHORT)
    assert not list(search_problems(curriculum))
    assert (curriculum.training.steps, curriculum.stages) == (4, {})
    assert set(KEEPS) == {"ends", "best", "none"}


def test_weights_are_told_apart_from_what_else_a_store_takes(tmp_path: Path) -> None:
    store = Store.open(str(tmp_path))
    before = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    for node, weights in (("one", 400_000), ("two", 1_600_000)):
        folder = Path(store.url, "nodes", node, "attempt-1")
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"0" * weights)
    (tmp_path / "nodes/one/record.json").write_bytes(b"0" * (1_000_000 - before))
    found = room(tmp_path)
    assert (found["megabytes"], found["of_weights"]) == (3.0, 2.0)
