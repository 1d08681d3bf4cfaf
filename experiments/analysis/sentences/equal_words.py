"""The comparison at equal tokens and equal seconds, in sentences, for terminal and page alike."""

from __future__ import annotations

from experiments.analysis.report import EqualCost, Report
from experiments.analysis.words import signed, signed_span


def equal_lines(report: Report) -> tuple[str, ...]:
    """One line each; none where there is no joint training to compare with."""
    if report.at_equal_tokens.ratio is None and not report.at_equal_tokens.between:
        return ()
    found = (("tokens", report.at_equal_tokens), ("seconds of training", report.at_equal_train_seconds))
    return tuple(_line(report.main, what, one) for what, one in found)


def _line(main: str, what: str, found: EqualCost) -> str:
    took = f"{main} took {found.ratio:.2f} times joint's" if found.ratio else f"what {main} took is not known"
    if found.difference.estimate is None:
        return f"At equal {what} ({took}): not known, {found.difference.missing}."
    where = f"; joint read off between {' and '.join(found.between)}" if found.between else ""
    return (
        f"At equal {what} ({took}{where}): {signed(found.difference.estimate)} over joint training "
        f"({found.difference.missing or signed_span(found.difference)})."
    )
