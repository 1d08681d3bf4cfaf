"""What scoring costs a GRPO step: milliseconds for a group of 8 completions, by reward and by kind of answer.

    python -m benchmarks.rewards

A step with 64 completions has eight groups. Times are wall clock, the median of `GROUPS` groups of texts that were not
seen before; processes are warm.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from pydantic import TypeAdapter

from benchmarks.arguments import arguments
from domains.example import Example
from domains.preparation.prepare import prepare
from domains.rewards import RewardSpec, build_reward, with_codes
from domains.spec import DomainSpec

SIZE, GROUPS = 8, 50
SIMPLE = """
def score(completion, reference):
    return float(completion.strip() == reference)
"""
BY_GROUP = """
def score(completions, reference, **_):
    return [float(text.strip() == gold) for text, gold in zip(completions, reference)]
"""


def main() -> None:
    """Print the table."""
    gym = {"type": "reasoning_gym", "task": "chain_sum"}
    spec = DomainSpec.model_validate(
        {"kind": "structured", "source": gym, "prompt": "{question}", "rewards": [{"type": "scorer"}], "train": 60}
    )
    made = prepare("sums", spec, validation=5, test=5, seed=0, base=Path())["train"][0]
    plain, formula = Example(prompt="?", answer="10"), Example(prompt="?", answer=r"\frac{x}{2}")
    _row("numeric, plain numbers", {"type": "numeric"}, plain, lambda n: f"The answer is {n}.")
    _row("numeric, equal text", {"type": "numeric"}, formula, lambda _: formula.answer)
    _row("numeric, expressions", {"type": "numeric"}, formula, lambda n: f"\\boxed{{\\frac{{x+{n}}}{{2}}}}")
    _row("scorer (chain_sum)", {"type": "scorer"}, made, str)
    for name, code in (("function, one completion", SIMPLE), ("function, TRL's way", BY_GROUP)):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rewards.py"
            file.write_text(code, encoding="utf-8")
            _row(name, {"type": "function", "file": str(file), "name": "score"}, plain, str)
    endless = r"\boxed{(x+y+z+w+v+u)^{99}}"
    print(f"{'numeric, one that never ends':28} {1000 * _once({'type': 'numeric'}, formula, [endless] * SIZE):8.0f} ms")


def _row(name: str, given: dict[str, object], example: Example, text: Callable[[int], str]) -> None:
    (spec,) = with_codes([TypeAdapter[RewardSpec](RewardSpec).validate_python(given)], Path())
    reward = build_reward(spec, [example])
    taken = []
    for group in range(-3, GROUPS):
        texts = [text(1000 + group * SIZE + i) for i in range(SIZE)]
        start = time.perf_counter()
        reward(texts, example)
        taken.append(time.perf_counter() - start)
    print(f"{name:28} {1000 * median(taken[3:]):8.2f} ms")


def _once(given: dict[str, object], example: Example, texts: list[str]) -> float:
    reward = build_reward(TypeAdapter[RewardSpec](RewardSpec).validate_python(given), [example])
    start = time.perf_counter()
    reward(texts, example)
    return time.perf_counter() - start


if __name__ == "__main__":
    arguments(__doc__)
    main()
