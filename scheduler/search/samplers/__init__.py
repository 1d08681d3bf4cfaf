"""Who proposes the next schedule. One file per sampler; `SAMPLERS` names them."""

from __future__ import annotations

from collections.abc import Callable

from optuna.samplers import BaseSampler

from curricula.schema import Curriculum
from curricula.search import SamplerName
from scheduler.search.samplers.ordering import OrderingSampler
from scheduler.search.samplers.random import random_sampler
from scheduler.search.samplers.tpe import tpe_sampler

SAMPLERS: dict[SamplerName, Callable[[Curriculum], BaseSampler]] = {
    "ordering": lambda curriculum: OrderingSampler(curriculum.search.seed, curriculum=curriculum),
    "tpe": lambda curriculum: tpe_sampler(curriculum.search.seed),
    "random": lambda curriculum: random_sampler(curriculum.search.seed),
}
