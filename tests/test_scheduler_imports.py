"""The scheduler is pure: importing all of it loads no model library and no cluster, and only the search Optuna."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"torch", "transformers", "trl", "peft", "ray", "datasets", "optuna", "pandas", "plotly", "reasoning_gym"}
SCRIPT = """
import importlib, pkgutil, sys, scheduler
for module in pkgutil.walk_packages(scheduler.__path__, "scheduler."):
    if not module.name.startswith("scheduler.search"):
        importlib.import_module(module.name)
import experiments.comparison
print(*{name.split(".")[0] for name in sys.modules})
"""


def test_importing_the_scheduler_loads_nothing_heavy():
    loaded = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout.split()
    assert "scheduler" in loaded
    assert not HEAVY & set(loaded)
