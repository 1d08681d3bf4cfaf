"""A tiny model and a tiny domain for tests that train and evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curricula.schema import Evaluation, Model, ScratchModel, Warmup
from domains.decoding import Sampling
from domains.example import SPLITS, Example, Split
from domains.rewards.exact import ExactReward
from domains.rewards.pattern import PatternReward
from experiments.executors.base import Work
from experiments.nodes.setup import Setup, SetupDomain
from experiments.store import Store

if TYPE_CHECKING:
    from experiments.models.subjects.local import LocalModel

TINY = ScratchModel(type="scratch", hidden_size=32, layers=2, heads=2, context=64, warmup=Warmup(steps=3, batch=8))
EVALUATION = Evaluation(validation=6, test=6, entropy_items=4, batch=4)
PAIRS = Sampling(samples=2)
# An untrained model is never right, so that the second reward is what moves it.
REWARDS = (ExactReward(type="exact"), PatternReward(type="regex", pattern=r"(?s).*[A-Za-z0-9 ].*"))
VERSIONS: dict[Split, str] = {split: str(number) * 64 for number, split in enumerate(SPLITS)}
DOMAIN = SetupDomain(
    kind="structured",
    data=VERSIONS,
    rewards=REWARDS,
    metric="exact",
    max_tokens=5,
    decoding="greedy",
)


def words(count: int, first: int = 0) -> tuple[Example, ...]:
    """``copy <n>: `` → ``<n>``, prompts of different lengths."""
    return tuple(Example(prompt=f"copy {n * n}: ", answer=str(n * n)) for n in range(first, first + count))


def item(text: str) -> Example:
    """A prompt whose answer is its own text."""
    return Example(prompt=text, answer=text)


def seeded(model: Model, seed: int) -> Model:
    """The same model with other random weights."""
    return model.model_copy(update={"seed": seed})


def subject(seed: int = 0, batch: int = 4, model: ScratchModel = TINY) -> LocalModel:
    """An untrained model, ready to be examined."""
    from experiments.models.checkpoints import build_model
    from experiments.models.subjects.local import LocalModel

    network, tokenizer = build_model(seeded(model, seed))
    return LocalModel(network.eval(), tokenizer, batch)


def left(work: Work) -> tuple[Any, ...]:
    """What a node's training left that must be equal however it came to its end: weights, moments, how many processes
    trained it, curve, health, cost without seconds."""
    store = Store.open(work.store)
    record = store.training(work.node)
    with store.checkpoint(work.node) as folder:
        files = {file.name: file.read_bytes() for file in folder.glob("*.safetensors")}
    cost = record.cost.model_dump(exclude={"train_seconds", "step_seconds"})
    return files, record.weights, record.processes, record.reward_curve, record.health, cost


def stored(url: str, model: ScratchModel = TINY, evaluation: Evaluation = EVALUATION) -> tuple[Store, Setup]:
    """A store that holds the data of one structured and one creative-kind domain, and the setup over them."""
    splits = {"train": words(40), "validation": words(6, 50), "test": words(6, 60)}
    store = Store.open(url)
    domains = {"copy": DOMAIN, "free": DOMAIN.model_copy(update={"kind": "creative", "decoding": PAIRS})}
    for name in domains:
        store.put_data(name, DOMAIN.data, splits)
    return store, Setup(model=model, domains=domains, evaluation=evaluation)
