"""A reward that fails is found before training, whatever the domain's kind and the reward's place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domains.errors import DataError
from domains.preparation.prepare import prepare_domain
from domains.preparation.splits import Sizes
from domains.spec import DomainSpec

ROWS = [{"prompt": f"Write about the number {i}.", "answer": f"Number {i} is a fine one."} for i in range(60)]
NO_JSON = "import json\ndef score(completion, **_):\n    return float(json.loads(completion)['x'])\n"
ABSTAINS = "def score(completion, **_):\n    return None if completion == '' else 1\n"


def prepared(base: Path, code: str, kind: str = "creative", before: tuple[dict[str, str], ...] = ()) -> None:
    (base / "a.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    (base / "r.py").write_text(code)
    spec = {
        "kind": kind,
        "source": {"type": "file", "path": "a.jsonl"},
        "rewards": [*before, {"type": "function", "file": "r.py", "name": "score"}],
    }
    prepare_domain("writing", DomainSpec.model_validate_json(json.dumps(spec)), Sizes(10, 10, None), 0, base)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "def score(completion, **row):\n    return row['nosuch']\n",
            "reference answers cannot be scored: r.py:2: KeyEr",
        ),
        (
            "import nltkk\ndef score(completion):\n    return 1\n",
            "scored: r.py:1: ModuleNotFoundError: No module named 'n",
        ),
        ("def score(completion):\n    return 2.0\n", "score in r.py gave 2 for 'Number "),
        (
            "def score(completion, reference):\n    return 1 / (completion == reference)\n",
            "a completion such as '' cannot",
        ),
        ("def score(completion):\n    return 1 / (completion[:6] in ('', 'Number'))\n", ""),
        ("def score(completions, **_):\n    return [1.0]\n", "completions of one prompt cannot be scored together: "),
        (ABSTAINS, "a completion such as '' cannot be scored: score gave None for ''"),
    ],
)
def test_a_reward_of_a_creative_domain_that_fails(tmp_path: Path, code: str, said: str) -> None:
    if not said:
        prepared(tmp_path, code)
        return
    with pytest.raises(DataError) as caught:
        prepared(tmp_path, code)
    assert str(caught.value).startswith("domains.writing.rewards[0]: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_reward_that_is_not_the_metric_is_tried_too(tmp_path: Path) -> None:
    for kind, first in (("structured", "exact"), ("creative", "creative")):
        with pytest.raises(DataError, match=r"writing\.rewards\[1\]: the reference answers cannot be scored: r\.py:3"):
            prepared(tmp_path, NO_JSON, kind, ({"type": first},))
        prepared(tmp_path, ABSTAINS, kind, ({"type": first},))
