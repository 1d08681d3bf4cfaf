"""The evaluation matrix as CSV reads back to the same numbers."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from experiments.analysis.assembly import build_report
from experiments.analysis.report_parts import MatrixRow
from experiments.analysis.rows.tables import matrix_csv
from tests.support.report import interrupted, make_inputs


def test_csv_round_trip():
    report = build_report(make_inputs(2, (0, 1)))
    rows = list(csv.DictReader(io.StringIO(matrix_csv(report))))
    assert len(rows) == len(report.matrix)
    for row, original in zip(rows, report.matrix, strict=True):
        path = tuple(row.pop("path").split(" > ")) if original.path else ()
        values = {key: value or None for key, value in row.items()}
        assert MatrixRow.model_validate({**values, "path": original.path}) == original
        assert path == original.path


def test_missing_measurements_are_empty_cells():
    inputs = make_inputs(2, (0,))
    bare = {
        node: record.model_copy(
            update={
                "scores": {
                    split: {
                        name: score.model_copy(update={"entropy": None, "kl": None, "nll": None})
                        for name, score in by_domain.items()
                    }
                    for split, by_domain in record.scores.items()
                }
            }
        )
        for node, record in inputs.records.items()
    }
    first = next(csv.DictReader(io.StringIO(matrix_csv(build_report(replace(inputs, records=bare))))))
    assert (first["entropy"], first["kl"], first["nll"]) == ("", "", "")


def test_an_empty_run_still_has_a_header():
    text = matrix_csv(build_report(interrupted(make_inputs(2), 0)))
    assert text == ",".join(name for name in MatrixRow.model_fields if name != "more") + "\n"


def test_further_metrics_are_columns_of_their_own():
    inputs = make_inputs(2)
    node, record = next(iter(inputs.records.items()))
    scores = {
        split: {name: one.model_copy(update={"more": {"margin": 0.25}}) for name, one in block.items()}
        for split, block in record.scores.items()
    }
    more = {**inputs.records, node: record.model_copy(update={"scores": scores})}
    plain, found = build_report(inputs), build_report(replace(inputs, records=more))
    header = matrix_csv(plain).splitlines()[0]
    assert "more" not in header
    assert matrix_csv(found).splitlines()[0] == f"{header},margin"
    rows = list(csv.DictReader(io.StringIO(matrix_csv(found))))
    assert {row["margin"] for row in rows if row["node"] == node} == {"0.25"}
    assert {row["margin"] for row in rows if row["node"] != node} == {""}
    assert "more" not in plain.matrix[0].model_dump(mode="json")
