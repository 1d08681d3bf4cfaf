"""The comparison at equal tokens and equal seconds, in sentences, for terminal and page alike."""

from __future__ import annotations

from experiments.analysis.report_parts import EqualCost
from experiments.analysis.words import signed, signed_span


def equal_lines(arm: str, at_equal_tokens: EqualCost, at_equal_train_seconds: EqualCost) -> tuple[str, ...]:
    """One line each of `arm`; none where there is no joint training to compare with."""
    if at_equal_tokens.ratio is None and not at_equal_tokens.between:
        return ()
    found = (("tokens", at_equal_tokens), ("seconds of training", at_equal_train_seconds))
    return (*(_line(arm, what, one) for what, one in found), *_uneven(at_equal_train_seconds))


UNEVEN = 1.5
"""So many times as long as another seed's a token of one seed of an arm takes where other work shares the machine."""


def _uneven(seconds: EqualCost) -> tuple[str, ...]:
    if seconds.spread is None or seconds.spread < UNEVEN:
        return ()
    return (
        f"A token took one of these arms {seconds.spread:.1f} times as long with one seed as with another, as where "
        "other work shares the machine: seconds then say as much of that work as of the arms.",
    )


def _line(arm: str, what: str, found: EqualCost) -> str:
    took = f"{arm} took {found.ratio:.2f} times joint's" if found.ratio else f"what {arm} took is not known"
    if found.difference.estimate is None:
        return f"At equal {what} ({took}): not known, {found.difference.missing}."
    where = f"; joint read off between {' and '.join(found.between)}" if found.between else ""
    return (
        f"At equal {what} ({took}{where}): {signed(found.difference.estimate)} over joint training "
        f"({found.difference.missing or signed_span(found.difference)})."
    )
