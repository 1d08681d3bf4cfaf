"""Our samplers pass the tests that Optuna keeps for samplers.

`ordering` takes one objective only, so it passes the tests for those in place of the ones for several.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from optuna.samplers import BaseSampler
from optuna.testing.pytest_samplers import (
    BasicSamplerTestCase,
    MultiObjectiveSamplerTestCase,
    RelativeSamplerTestCase,
    SingleOnlySamplerTestCase,
)

from scheduler.search.samplers.ordering import OrderingSampler
from scheduler.search.samplers.random import random_sampler
from scheduler.search.samplers.tpe import tpe_sampler

Make = Callable[[], BaseSampler]


@pytest.mark.slow
class TestOrdering(BasicSamplerTestCase, RelativeSamplerTestCase, SingleOnlySamplerTestCase):
    @pytest.fixture
    def sampler(self) -> Make:
        return lambda: OrderingSampler(0)


@pytest.mark.slow
class TestTPE(BasicSamplerTestCase, RelativeSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture
    def sampler(self) -> Make:
        return lambda: tpe_sampler(0, n_startup=0)


class TestRandom(BasicSamplerTestCase, MultiObjectiveSamplerTestCase):
    @pytest.fixture
    def sampler(self) -> Make:
        return lambda: random_sampler(0)
