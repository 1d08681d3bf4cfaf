"""What an order rests on, in a terminal: the base model's profiles, what training on each domain did, and the plan."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from domains.profile import EntropyProfile
from experiments.analysis.sentences.group_words import GROUP_ROWS, labelled, labels
from experiments.analysis.sentences.plan_words import plan_lines
from experiments.analysis.words import number, signed, signed_span
from experiments.report.terminal.tables import LONG, SHORT, Fitting, columns, titled
from scheduler.plan import Effects, Plan

SIGN_STYLES = {-1: "bold red", 0: "", 1: "bold green"}


def profile_table(profiles: Mapping[str, EntropyProfile]) -> Fitting:
    """How uncertain the base model is on each domain, and which way its own probe moved that."""
    longest = max(map(len, profiles), default=0)
    return Fitting(lambda width: _profiles(profiles, wide=width >= 102 + min(longest, LONG)))


def _profiles(profiles: Mapping[str, EntropyProfile], *, wide: bool) -> Table:
    table = titled("Entropy profiles of the base model (nats per token)")
    columns(table, "domain", wrap=LONG)
    columns(table, "declared")
    texts = ("on refs", "bits/byte", "zlib", "distinct-2") if wide else ()
    columns(table, "entropy", *texts, "Δ by probe", "95 % interval", right=True)
    columns(table, "measured")
    for name, profile in profiles.items():
        of_text = (profile.reference_entropy, profile.nll, profile.compression_ratio, profile.distinct[1])
        table.add_row(
            Text(labelled(name, profile.group)),
            profile.kind,
            number(profile.entropy.estimate, 2),
            *(number(value, 2) for value in of_text if wide),
            signed(profile.delta_entropy.estimate, 2),
            signed_span(profile.delta_entropy, 2),
            Text(profile.measured, style="red" if profile.contradicts else ""),
        )
    return table


ENTROPY = "Entropy: training on the row changed the column's, in nats per token, by"
ALONE = "one effect excludes 0; claims are corrected for how many there are"
SCORES = "Transfer: training on the row changed the column's score by"


def transfer_table(transfer: Effects, title: str = SCORES) -> Table:
    """What training on the row's domain did to the column's; what its interval tells from 0 is bold."""
    some = any(found.sign for row in transfer.effects for found in row)
    told = [f"bold: the interval of that {ALONE}"] if some else []
    told += [GROUP_ROWS] if transfer.groups else []
    table = titled(title, caption="; ".join(told) or None)
    size = len(transfer.domains)
    columns(table, "trained", wrap=LONG if size <= 4 else SHORT)
    columns(table, *transfer.domains, right=True, wrap=8 if size <= 6 else 6)
    for name, row in zip(labels(transfer.domains, transfer.groups), transfer.effects, strict=True):
        table.add_row(Text(name), *(Text(signed(found.estimate), style=SIGN_STYLES[found.sign]) for found in row))
    return table


def plan_text(plan: Plan) -> RenderableType:
    """The order, its margin, and what is known of its assumptions."""
    title = Text("Order", style=Style(bold=True))
    return Group(title, *(Text("  " + line) for line in plan_lines(plan)), Text())


def plan_since(before: Plan, now: Plan | None) -> RenderableType:
    """What is known of the order beyond what was printed `before`."""
    known = set(plan_lines(before))
    new = [line for line in plan_lines(now) if line not in known] if now else []
    title = Text("Of the order, since then", style=Style(bold=True))
    return Group(title, *(Text("  " + line) for line in new), Text()) if new else Text()
