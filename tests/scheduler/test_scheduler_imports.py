"""The scheduler is pure: importing all of it loads no model library and no cluster, and only the search Optuna."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"torch", "transformers", "trl", "peft", "ray", "datasets", "optuna", "pandas", "plotly", "reasoning_gym"}
SCRIPT = """
import importlib, pathlib, sys, scheduler
root = pathlib.Path(scheduler.__path__[0])
for file in root.rglob("*.py"):
    parts = file.relative_to(root.parent).with_suffix("").parts
    if parts[1] != "search":
        importlib.import_module(".".join(parts).removesuffix(".__init__"))
import experiments.analysis.comparing.comparison
print(*{name.split(".")[0] for name in sys.modules})
"""


@pytest.mark.slow
def test_importing_the_scheduler_loads_nothing_heavy():
    loaded = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout.split()
    assert "scheduler" in loaded
    assert not HEAVY & set(loaded)
