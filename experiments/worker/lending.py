"""What rewards and measures borrow while they mark: answers that the store remembers, a tally, and networks."""

from __future__ import annotations

from functools import partial

from curricula.schema.embedder import Embedder
from domains.endpoints import Tally
from domains.rewards import Lent
from experiments.measures.vendi import Embed
from experiments.models.checkpoints import device_for
from experiments.models.embedder import embedding
from experiments.models.reward_model import scores_of
from experiments.store import Store
from experiments.store.answers import StoredAnswers


def lend(store: Store, gpus: float) -> Lent:
    """For one half of a node, or one look at a model that was given: the tally counts what that asks."""
    network = partial(scores_of, device=device_for(gpus))
    return Lent(answers=StoredAnswers(store.files), tally=Tally(), network=network)


def lend_embedder(spec: Embedder | None, gpus: float) -> Embed | None:
    """None where none is named."""
    return None if spec is None else embedding(spec, device_for(gpus))
