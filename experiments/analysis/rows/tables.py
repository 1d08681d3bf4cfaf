"""The full evaluation matrix as CSV."""

from __future__ import annotations

import csv
import io

from experiments.analysis.report import MatrixRow, Report


def matrix_csv(report: Report) -> str:
    """One line per seed, node, split and domain, with a header. The path's stages are joined by `` > ``.

    Missing values are empty; numbers are written so that reading them gives the same floats.
    """
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(MatrixRow.model_fields), lineterminator="\n")
    writer.writeheader()
    for row in report.matrix:
        writer.writerow({**row.model_dump(mode="json"), "path": " > ".join(row.path)})
    return stream.getvalue()
