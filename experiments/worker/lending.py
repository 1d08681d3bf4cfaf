"""What rewards borrow while they mark: answers that the store remembers, a tally of its own, and networks."""

from __future__ import annotations

from functools import partial

from domains.endpoints import Tally
from domains.rewards import Lent
from experiments.models.checkpoints import device_for
from experiments.models.reward_model import scores_of
from experiments.store import Store
from experiments.store.answers import StoredAnswers


def lend(store: Store, gpus: float) -> Lent:
    """For one half of a node, or one look at a model that was given: the tally counts what that asks."""
    network = partial(scores_of, device=device_for(gpus))
    return Lent(answers=StoredAnswers(store.files), tally=Tally(), network=network)
