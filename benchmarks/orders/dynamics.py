"""How well sums and the dynamics foretell the totals of all orders from single stages, on the tables beside this.

    python -m benchmarks.orders.dynamics

One JSON: table → model → root mean square error and mean error of the validation totals over all orders, from the mean
over all seeds of base and one stage a domain. `sum` is scheduler/prediction/predict.py; `repair c` is
scheduler/prediction/dynamics.py, whose exposure has no part where one domain is trained at a time.
"""

from __future__ import annotations

import json

import numpy as np

from benchmarks.arguments import arguments
from benchmarks.orders.planners import probes
from benchmarks.orders.regret import HERE, read_tables
from benchmarks.orders.table import Table
from scheduler.evidence.transfer import mean_transfer
from scheduler.measurements import Array
from scheduler.prediction.dynamics import Truth, scores_after, stages_of
from scheduler.prediction.predict import predict

REPAIRS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


def errors(table: Table) -> dict[str, dict[str, float]]:
    """Model → its errors."""
    m = table.measurements([(), *probes(table)], range(len(table.seeds)))
    base, transfer = m.mean(()), mean_transfer(m)
    measured = np.array([table.totals("validation")[order].mean() for order in table.orders])
    sums = np.array([predict(order, m.domains, base, transfer) @ m.weights for order in table.orders])
    found = {"sum": sums}
    for repair in REPAIRS:
        known = Truth(base, transfer[None], np.array([repair]), np.array([1.0]))
        found[f"repair {repair:g}"] = np.array(
            [scores_after(stages_of(order, m.domains), known)[0] @ m.weights for order in table.orders]
        )
    return {name: _errors(predicted - measured) for name, predicted in found.items()}


def main() -> None:
    """Print the JSON."""
    print(json.dumps({name: errors(table) for name, table in read_tables(HERE).items()}, indent=1))


def _errors(off: Array) -> dict[str, float]:
    return {"rmse": round(float(np.sqrt((off**2).mean())), 4), "mean": round(float(off.mean()), 4)}


if __name__ == "__main__":
    arguments(__doc__)
    main()
