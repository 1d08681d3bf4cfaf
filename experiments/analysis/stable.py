"""What of a report is the same for two runs of the same thing."""

from __future__ import annotations


def without_seconds(value: object) -> object:
    """JSON values with every key that ends in ``seconds`` dropped."""
    if isinstance(value, dict):
        return {key: without_seconds(item) for key, item in value.items() if not key.endswith("seconds")}
    if isinstance(value, list):
        return [without_seconds(item) for item in value]
    return value
