"""What goes along with a recipe so that its rewards run where stagewise is not: their code, items and packages.

A copy, not an import: other trainers pin other versions of torch and transformers than stagewise, so that both are
rarely installed in one place; and the scores stay those of the run whatever a later stagewise does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path

from curricula.schema import Curriculum
from domains.rewards import kind_of
from domains.rewards.function import FunctionReward
from domains.rewards.kind import RewardKind
from domains.rewards.reward_model import RewardModelReward
from domains.scoring import FILE, Scored, written
from domains.spec import DomainSpec
from experiments.run.job import Job
from experiments.run.recipes.recipe import Recipe

PACKAGE = "stagewise_rewards"
"""The name that the copy of `domains` has: no other package's."""
OURS = re.compile(r"^(\s*(?:from|import) )domains\b", re.MULTILINE)
NETWORK = "reward_network.py"
ALWAYS = ("pydantic", "regex")
"""What the copy cannot be imported without."""
TRAINERS = ("torch", "transformers")
"""What every trainer brings in versions of its own, and no other version may replace."""
REWARDS = f'''"""The domains' rewards as functions for other trainers. They need this folder, and no stagewise."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    # Also for the processes in which some rewards work.
    sys.path.insert(0, str(HERE))

from {PACKAGE}.scoring import Scorer  # noqa: E402


def network(spec):
    """A reward model's network, loaded when it is first asked."""
    from {PACKAGE}.reward_network import scores_of

    return scores_of(spec)


SCORER = Scorer(HERE, network)


def reward(prompts=None, completions=(), *, domain=(), item=(), **_):
    """For TRL and axolotl: one score in [0, 1] for each completion."""
    return SCORER.trl(completions, domain, item)


def rows(cfg, *args, **kwargs):
    """For axolotl: its rows are as the rewards need them."""
    return lambda example, tokenizer=None: example


def compute_score(data_source, solution_str, ground_truth=None, extra_info=None, **_):
    """For verl: the score of one completion in [0, 1]."""
    return SCORER.verl(data_source, extra_info["item"], solution_str)
'''


def carried(recipe: Recipe, job: Job, curriculum: Curriculum) -> dict[str, str]:
    """Path in the folder → text: the functions, our code, what is scored by what, and the items.

    `curriculum`: the recipe's, with places of users' functions in the folder (`with_functions`).
    """
    specs = {name: curriculum.domains[name] for name in recipe.reinforced}
    found = {"rewards.py": REWARDS, **reward_code(network=_has_network(specs.values()))}
    found[FILE] = written({name: Scored(rewards=spec.rewards, stop=spec.stop) for name, spec in specs.items()})
    for name in recipe.reinforced:
        items = job.prepared.data[name]["train"]
        found[f"items/{name}.jsonl"] = "".join(item.model_dump_json() + "\n" for item in items)
    return found


def needed(recipe: Recipe) -> list[str]:
    """What pip must install for the rewards, beside the trainer. Of what judges by itself it is the run's version."""
    judges = {name for kind in _kinds(recipe) for name in kind.version.libraries}
    names = {*ALWAYS, *judges, *(name for kind in _kinds(recipe) for name in kind.packages)} - {*TRAINERS}
    bounds = _bounds()
    return sorted(f"{name}=={version(name)}" if name in judges else bounds.get(name, name) for name in names)


def brought(recipe: Recipe) -> str | None:
    """With which versions of what the trainer brings the rewards scored here; None where they ask none of it."""
    asked = {name for kind in _kinds(recipe) for name in kind.packages}
    versions = [f"{name} {version(name)}" for name in TRAINERS if name in asked]
    if not versions:
        return None
    return f"The reward model scored with {' and '.join(versions)}; here it scores with the trainer's own versions."


def with_functions(curriculum: Curriculum) -> tuple[Curriculum, dict[str, str]]:
    """The curriculum with users' reward functions read from beside it, and their files."""
    found: dict[str, str] = {}
    domains = {}
    for name, spec in curriculum.domains.items():
        rewards = list(spec.rewards)
        for at, reward in enumerate(rewards):
            if isinstance(reward, FunctionReward) and reward.texts:
                place = f"code/{name}-{at + 1}"
                found |= {f"{place}/{file}": text for file, text in reward.texts.items()}
                rewards[at] = reward.model_copy(update={"file": f"{place}/{Path(reward.file).name}"})
        domains[name] = spec.model_copy(update={"rewards": tuple(rewards)})
    return curriculum.model_copy(update={"domains": domains}), found


def reward_code(*, network: bool) -> dict[str, str]:
    """All of `domains`, and the file that loads reward models, with their imports of one another renamed."""
    copied = f"\n# A copy of the package `domains` of stagewise {_version()} (Apache-2.0).\n"
    root = Path(str(files("domains")))
    sources = {file.relative_to(root).as_posix(): file for file in sorted(root.rglob("*.py"))}
    if network:
        sources[NETWORK] = Path(str(files("experiments.models"))) / NETWORK
    found = {f"{PACKAGE}/{name}": OURS.sub(rf"\1{PACKAGE}", file.read_text("utf-8")) for name, file in sources.items()}
    found[f"{PACKAGE}/__init__.py"] += copied
    return found


def _has_network(specs: Iterable[DomainSpec]) -> bool:
    return any(isinstance(reward, RewardModelReward) for spec in specs for reward in spec.rewards)


def _kinds(recipe: Recipe) -> list[RewardKind]:
    """Of all rewards that a trainer asks."""
    return [kind_of(reward) for name in recipe.reinforced for reward in recipe.curriculum.domains[name].rewards]


def _version() -> str:
    try:
        return version("stagewise")
    except PackageNotFoundError:
        return "without a version"


def _bounds() -> dict[str, str]:
    """Distribution → what stagewise itself asks of it."""
    try:
        asked = [one.partition(";")[0].strip() for one in requires("stagewise") or []]
    except PackageNotFoundError:
        return {}
    return {re.split(r"[^\w.-]", one, maxsplit=1)[0]: one for one in asked}
