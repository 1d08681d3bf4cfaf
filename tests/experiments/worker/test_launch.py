"""What a process loads once is not looked through for garbage before every training."""

from __future__ import annotations

import gc
import sys

import pytest

from curricula.schema import Resources
from experiments import worker
from experiments.executors.base import Work
from experiments.nodes.tree import base_node
from experiments.worker import launch, node
from tests.support.models import stored

pytestmark = pytest.mark.slow


def test_what_is_loaded_is_kept_out_of_collections(tmp_path, monkeypatch):
    store, setup = stored(str(tmp_path))
    done = []
    monkeypatch.setattr("experiments.worker.node.run_node", done.append)
    gc.unfreeze()
    launch._load.cache_clear()
    works = [Work(base_node(setup), None, setup, store.url, Resources()) for _ in range(2)]
    launch.run_node(works[0])
    frozen = gc.get_freeze_count()
    assert frozen > 100_000
    later = [[] for _ in range(1000)]
    launch.run_node(works[1])
    assert done == works
    # Once is enough: what comes later may be garbage one day.
    assert gc.get_freeze_count() <= frozen
    assert gc.is_tracked(later)


def test_nothing_is_looked_through_while_it_is_loaded(monkeypatch):
    during = []

    class Asked:
        """Finds nothing, and notes what was so when it was asked."""

        @staticmethod
        def find_spec(name, *_):
            if name == node.__name__:
                during.append(gc.isenabled())

    monkeypatch.setattr(worker, "node", node)
    monkeypatch.delitem(sys.modules, node.__name__)
    monkeypatch.setattr(sys, "meta_path", [Asked, *sys.meta_path])
    launch._load.cache_clear()
    launch._load()
    assert during == [False]
    assert gc.isenabled()
