"""Sums of three terms with their steps written out, for `benchmarks/claims/depths.yaml`: all that fit, in mixed order.

python -m benchmarks.claims.worked > benchmarks/claims/worked_sums.jsonl
"""

from __future__ import annotations

import json
import random
from itertools import product

from benchmarks.arguments import arguments

ROWS = 400


def rows(count: int = ROWS) -> list[dict[str, str]]:
    """The same ones every time. No number on the way is below 0 or above 20."""
    sums = [
        row
        for terms in product(range(1, 10), repeat=3)
        for signs in product("+-", repeat=2)
        if (row := _row(terms, signs))
    ]
    return random.Random(0).sample(sums, count)


def _row(terms: tuple[int, ...], signs: tuple[str, ...]) -> dict[str, str] | None:
    so_far, steps, question = terms[0], [], str(terms[0])
    for sign, term in zip(signs, terms[1:], strict=True):
        result = so_far + term if sign == "+" else so_far - term
        steps.append(f"{so_far} {sign} {term} = {result}")
        question += f" {sign} {term}"
        so_far = result
        if not 0 <= result <= 20:
            return None
    return {"question": question, "steps": "\n".join(steps), "number": str(so_far)}


if __name__ == "__main__":
    arguments(__doc__)
    for row in rows():
        print(json.dumps(row))
