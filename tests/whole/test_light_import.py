"""``stagewise --help`` must answer at once: nothing heavy is loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # `make lint` runs them.

HEAVY = ("torch", "ray", "transformers", "optuna", "trl", "peft", "datasets", "pandas", "plotly", "reasoning_gym")
SLOW = ("numpy", "scipy")
"""Most commands need them; three quarters of the time that an answer without them would take."""


@pytest.mark.parametrize("module", ["curricula.loader", "experiments.run.phases"])
def test_module_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    # The page needs plotly's script; the runner writes the page.
    allowed = {"plotly"} if module == "experiments.run.phases" else set()
    assert loaded <= allowed


def test_what_must_answer_at_once_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom experiments.cli.main import app\n"
        "for option in ('--help', '--version'):\n"
        "    try:\n        app([option])\n    except SystemExit:\n        pass\n"
        f"print(*(name for name in {(*HEAVY, *SLOW)!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "profile" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("stagewise ")
    assert done.stderr.split() == []
