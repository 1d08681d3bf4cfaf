"""A tiny model and a tiny domain for tests that train and evaluate."""

from __future__ import annotations

from collections.abc import Sequence

from curricula.schema import Evaluation, ScratchModel, Warmup
from domains.example import Example
from domains.rewards import build_reward
from domains.rewards.exact import ExactReward
from domains.rewards.pattern import PatternReward
from experiments.evaluation.tasks import Exam
from experiments.models.checkpoints import build_model
from experiments.models.local import Subject
from experiments.nodes.setup import Setup, SetupDomain
from experiments.store import Store

TINY = ScratchModel(type="scratch", hidden_size=32, layers=2, heads=2, context=64, warmup=Warmup(steps=3, batch=8))
EVALUATION = Evaluation(validation=6, test=6, samples=2, entropy_items=4, batch=4)
# An untrained model is never right, so that the second reward is what moves it.
REWARDS = (ExactReward(type="exact"), PatternReward(type="regex", pattern=r"(?s).*[A-Za-z0-9 ].*"))
DOMAIN = SetupDomain(kind="structured", data="0" * 64, rewards=REWARDS, metric="exact", max_tokens=5)


def words(count: int, first: int = 0) -> tuple[Example, ...]:
    """``copy <n>: `` → ``<n>``, prompts of different lengths."""
    return tuple(Example(prompt=f"copy {n * n}: ", answer=str(n * n)) for n in range(first, first + count))


def subject(seed: int = 0, batch: int = 4, model: ScratchModel = TINY) -> Subject:
    """An untrained model, ready to be examined."""
    network, tokenizer = build_model(model, seed)
    return Subject(network.eval(), tokenizer, batch)


def exam(items: Sequence[Example], domain: SetupDomain = DOMAIN, settings: Evaluation = EVALUATION) -> Exam:
    """`items` as the validation split of a domain."""
    reward = build_reward(domain.rewards[0], items)
    return Exam("copy", domain, tuple(items), "validation", reward, settings, seed=0)


def stored(url: str, model: ScratchModel = TINY, evaluation: Evaluation = EVALUATION) -> tuple[Store, Setup]:
    """A store that holds the data of one structured and one creative-kind domain, and the setup over them."""
    splits = {"train": words(40), "validation": words(6, 50), "test": words(6, 60)}
    store = Store.open(url)
    domains = {"copy": DOMAIN, "free": DOMAIN.model_copy(update={"kind": "creative"})}
    for name in domains:
        store.put_data(name, DOMAIN.data, splits)
    return store, Setup(model=model, domains=domains, evaluation=evaluation)
