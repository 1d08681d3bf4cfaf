"""From measurements to a plan: the order, what it should score, by what margin, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from curricula.schema import Curriculum
from domains.interval import Interval
from scheduler.arms import known_left_out, unmeasured_input
from scheduler.exact import Solutions, solve
from scheduler.measurements import Array, Measurements, Path
from scheduler.orderings import ORDERINGS, OrderingInput
from scheduler.plan import NO_OTHER_ORDER, Plan
from scheduler.plan_writer import Standing, write_plan
from scheduler.predict import counted, predict
from scheduler.statistics import draw, interval
from scheduler.transfer import effect, margin_variance, measure_transfer, sample_transfer

BOOTSTRAP_CELLS = 40_000_000
"""Work for solving all resamples; above 11 domains fewer resamples are solved, at least 50."""


def ordering_input(m: Measurements, curriculum: Curriculum, delta_entropy: Mapping[str, float | None]) -> OrderingInput:
    """What the probes say, for the orderings; `delta_entropy` may lack domains."""
    base = m.mean(())
    return OrderingInput(
        domains=m.domains,
        kinds=tuple(curriculum.domains[name].kind for name in m.domains),
        weights=m.weights,
        base=base,
        transfer=np.array([m.mean((name,)) - base for name in m.domains]),
        margin_variance=margin_variance(m),
        delta_entropy=tuple(delta_entropy.get(name) for name in m.domains),
        given=unmeasured_input(curriculum).given,
        seed=curriculum.data_seed,
    )


def make_plan(
    m: Measurements,
    curriculum: Curriculum,
    delta_entropy: Mapping[str, float | None],
    *,
    resamples: int = 2000,
    seed: int = 0,
) -> Plan:
    """The curriculum's ordering applied to these measurements.

    Whatever chose the order, margin, runner-up and win rate say how it stands among all orders by predicted
    total. The order counts as identified if the margin's interval lies above 0 and it wins at least half of
    the resamples. The margin's interval is for this runner-up as chosen; it does not price in the choice.
    """
    spec, data = curriculum.schedule, ordering_input(m, curriculum, delta_entropy)
    auto = spec.leave_out == "auto"
    kept = _kept(data, curriculum, auto)
    order = ORDERINGS[spec.order](data.only(kept))
    space = data if auto else data.only(kept)
    rival = _rival(order, solve(space.domains, space.weights, space.transfer[None], leave_out=auto))
    margin = _margin(m, order, rival, resamples, seed) if rival else NO_OTHER_ORDER
    samples = _solve_samples(m, space, auto, resamples, seed)
    standing = Standing(
        order=order,
        predicted=predict(order, data.domains, data.base, data.transfer),
        rival=rival,
        rival_total=_total(data, rival) if rival else 0.0,
        margin=margin,
        shares=_shares(samples),
        precedence=_precedence(samples, data.domains),
    )
    return write_plan(standing, m, measure_transfer(m, resamples=resamples, seed=seed), curriculum)


def _kept(data: OrderingInput, curriculum: Curriculum, auto: bool) -> Path:
    if auto:
        return solve(data.domains, data.weights, data.transfer[None], leave_out=True).order(0)
    left_out = known_left_out(curriculum)
    return tuple(name for name in data.domains if name not in left_out)


def _rival(order: Path, best: Solutions) -> Path | None:
    """The best order other than this one; None where there is no other."""
    if best.order(0) != order:
        return best.order(0)
    return best.order(0, 1) if np.isfinite(best.gains[0, 1]) else None


def _total(data: OrderingInput, order: Path) -> float:
    return float(data.weights @ predict(order, data.domains, data.base, data.transfer))


def _margin(m: Measurements, order: Path, rival: Path, resamples: int, seed: int) -> Interval:
    """Total of `order` minus total of `rival`: only effects that the two count differently enter."""
    difference = counted(order, m.domains) - counted(rival, m.domains)
    blocks = {
        name: m.weights[j] * sum(difference[i, j] * effect(m, trained, j) for i, trained in enumerate(m.domains))
        for j, name in enumerate(m.domains)
    }
    return interval(blocks, draw(blocks, resamples=resamples, seed=seed))


def _solve_samples(m: Measurements, space: OrderingInput, leave_out: bool, resamples: int, seed: int) -> Solutions:
    size = len(space.domains)
    affordable = max(50, BOOTSTRAP_CELLS // (size << size))
    _, transfer = sample_transfer(m, resamples=min(resamples, affordable), seed=seed)
    at = [m.domains.index(name) for name in space.domains]
    return solve(space.domains, space.weights, transfer[:, at][:, :, at], leave_out=leave_out)


def _shares(samples: Solutions) -> dict[Path, float]:
    """Order → share of resamples in which it is strictly the best, by name."""
    untied = np.flatnonzero(samples.gains[:, 0] > samples.gains[:, 1]).tolist()
    counts = Counter(samples.order(index) for index in untied)
    return {order: counts[order] / len(samples.gains) for order in sorted(counts)}


def _precedence(samples: Solutions, domains: Path) -> Array:
    """Share of resamples in which i stands before j; where the two best orders tie, a half each."""
    places = _places(samples, domains)
    trained = (places[:, :, None] >= 0) & (places[:, None, :] >= 0)
    before = (trained & (places[:, :, None] < places[:, None, :])).astype(np.float64)
    tied = samples.gains[:, 0] <= samples.gains[:, 1]
    before[tied] = 0.5 * trained[tied]
    share = before.mean(axis=0)
    np.fill_diagonal(share, 0.0)
    return np.asarray(share)


def _places(samples: Solutions, domains: Path) -> Array:
    """Place of each domain in the best order of each resample, −1 where it is left out: (resamples, n)."""
    places = np.full((len(samples.gains), len(domains)), -1.0)
    at = np.array([domains.index(name) for name in samples.domains])
    rows, columns = np.nonzero(samples.orders[:, 0] >= 0)
    places[rows, at[samples.orders[rows, 0, columns]]] = columns
    return places
