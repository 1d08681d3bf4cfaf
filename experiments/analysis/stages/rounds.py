"""Adaptive mixing as the report shows it: what every round trained, why, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.stage import Schedule
from domains.frozen import Frozen
from scheduler.measurements import Array
from scheduler.mixing import MEANINGS
from scheduler.mixing.rounds import Rounds, mixing_name


class RoundReport(Frozen):
    """One round. All keys are domains."""

    mixture: dict[str, float]
    """Shares; 0 for a domain that is left out."""
    reasons: dict[str, float]
    """What spoke for each domain; `meaning` says what the number is."""
    meaning: str
    predicted: dict[str, float] | None
    """Validation scores that were expected after it; None where the rule predicts nothing."""
    measured: dict[str, float] | None
    """Mean validation scores over seeds after it; None where it is not finished by all of them."""


def round_reports(found: Sequence[Rounds], schedule: Schedule, domains: Sequence[str]) -> tuple[RoundReport, ...]:
    """Of this arm; none where it does not mix adaptively."""
    rounds = next((one for one in found if mixing_name(one.rule) == schedule.name), None)
    if rounds is None:
        return ()

    def by_domain(values: Array) -> dict[str, float]:
        return dict(zip(domains, values.tolist(), strict=True))

    return tuple(
        RoundReport(
            mixture=by_domain(one.shares),
            reasons=by_domain(one.reasons),
            meaning=MEANINGS[rounds.rule],
            predicted=None if one.predicted is None else by_domain(one.predicted),
            measured=by_domain(rounds.measured[at]) if at < len(rounds.measured) else None,
        )
        for at, one in enumerate(rounds.proposals, start=1)
    )


def rounds_line(name: str, rounds: Sequence[RoundReport]) -> str:
    """What an arm trained, for a terminal: the shares of every round in per cent, in the domains' order."""
    domains = "/".join(rounds[0].mixture)
    shares = ", ".join("/".join(f"{100 * share:.0f}" for share in one.mixture.values()) for one in rounds)
    return f"{name}, {domains} in per cent by the round: {shares}"
