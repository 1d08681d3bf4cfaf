"""Transfer and forgetting of one arm under every definition, as a table of the page."""

from __future__ import annotations

from experiments.analysis.report_parts import Cliff
from experiments.analysis.words import signed, signed_span
from experiments.measures.transfer import MEANINGS
from experiments.report.markup import cell, element, number_cell, row_head, table


def definitions_table(found: Cliff) -> str:
    """A row a definition; nothing where none was had."""
    if not found.transfer:
        return ""
    rows = [
        [
            row_head(name),
            number_cell(
                signed(found.transfer[name].estimate),
                element("small", text=signed_span(found.transfer[name], 2)),
                title=found.transfer[name].missing,
            ),
            cell(meaning.words, class_="words"),
            cell(meaning.source, class_="words"),
        ]
        for name, meaning in MEANINGS.items()
        if name in found.transfer
    ]
    return table(["definition", "value", "what it is", "source"], rows)
