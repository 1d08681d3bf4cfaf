"""Who proposes the next schedule. One file per sampler; `SAMPLERS` names them."""

from __future__ import annotations

from collections.abc import Callable

from optuna.samplers import BaseSampler

from curricula.schema import Curriculum, SamplerName
from scheduler.measurements import Path
from scheduler.search.samplers.ordering import OrderingSampler
from scheduler.search.samplers.random import random_sampler
from scheduler.search.samplers.tpe import tpe_sampler

SAMPLERS: dict[SamplerName, Callable[[Curriculum, Path | None], BaseSampler]] = {
    "ordering": lambda curriculum, order: OrderingSampler(curriculum.search.seed, curriculum=curriculum, order=order),
    "tpe": lambda curriculum, order: tpe_sampler(curriculum.search.seed),
    "random": lambda curriculum, order: random_sampler(curriculum.search.seed),
}
"""Name → sampler of a curriculum's search; the order is the plan's, for ``search.order: plan``."""
