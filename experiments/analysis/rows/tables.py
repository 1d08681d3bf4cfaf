"""The full evaluation matrix as CSV."""

from __future__ import annotations

import csv
import io

from experiments.analysis.report import Report
from experiments.analysis.report_parts import MatrixRow


def matrix_csv(report: Report) -> str:
    """One line per seed, node, split and domain, with a header; further metrics last. The path's stages are joined by
    `` > ``.

    Missing values are empty; numbers are written so that reading them gives the same floats.
    """
    stream = io.StringIO(newline="")
    more = sorted({name for row in report.matrix for name in row.more})
    columns = [name for name in MatrixRow.model_fields if name != "more"] + more
    writer = csv.DictWriter(stream, fieldnames=columns, lineterminator="\n")
    writer.writeheader()
    for row in report.matrix:
        values = row.model_dump(mode="json", exclude={"more"})
        writer.writerow({**values, **row.more, "path": " > ".join(row.path)})
    return stream.getvalue()
