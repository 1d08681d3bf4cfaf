"""What the rewards of one node borrow: answers that the store remembers, a tally of its own, and networks."""

from __future__ import annotations

from functools import partial

from domains.endpoints import Tally
from domains.rewards import Lent
from experiments.executors.base import Work
from experiments.models.checkpoints import device_for
from experiments.models.reward_model import scores_of
from experiments.store import Store
from experiments.store.answers import StoredAnswers


def lend(work: Work, store: Store) -> Lent:
    """For one half of a node: its tally counts what that half asks."""
    network = partial(scores_of, device=device_for(work.resources.gpus))
    return Lent(answers=StoredAnswers(store.files), tally=Tally(), network=network)
