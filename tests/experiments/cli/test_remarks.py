"""What `stagewise measure` says of its data: nothing of training, since nothing is trained."""

from __future__ import annotations

import json
from pathlib import Path

from curricula.schema import Curriculum
from experiments.cli.measure import _remarks
from experiments.run.job import prepare_data

LINES = [{"prompt": f"What is {number} + 1?", "answer": str(number + 1)} for number in range(20, 60)]
GIVEN = [{"prompt": f"{number} + 1? (answer: {number + 1})", "answer": str(number + 1)} for number in range(70, 75)]


def test_notes_on_training_items_are_no_remarks_of_a_measurement(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, [*LINES, *LINES[:3], *GIVEN])))
    domain = {
        "kind": "structured",
        "source": {"type": "file", "path": "a.jsonl"},
        "rewards": [{"type": "exact"}],
    }
    sizes = {"validation": 4, "test": 4}
    written = {"name": "x", "model": {"type": "scratch"}, "domains": {"sums": domain}, "evaluation": sizes}
    prepared = prepare_data(Curriculum.model_validate(written), tmp_path / "x.yaml")
    assert any("training prompts" in note for note in prepared.notes)
    assert set(prepared.of_training) < set(prepared.notes)
    remarks = _remarks((), prepared, ())
    assert remarks == ["sums: 3 of 48 rows are duplicates"]
