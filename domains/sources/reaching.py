"""A hub that does not answer: how often it was asked, and what can be done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

UNREACHED = (
    "Check the network. HF_ENDPOINT names a mirror, HF_HUB_OFFLINE=1 takes what the cache holds and asks nobody; files "
    "of your own are `type: file`."
)
LOGGER = "huggingface_hub.utils._http"
AGAIN, WHY = "Retrying in", "thrown while requesting"


class Tries(logging.Filter):
    """Counts the tries that the hub's library logs, in place of printing them."""

    def __init__(self, told: Callable[[int], None]) -> None:
        super().__init__()
        self.count = 1
        self._told = told

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to print a line: all but those of retries."""
        text = record.getMessage()
        if AGAIN in text:
            self.count += 1
            self._told(self.count)
        return AGAIN not in text and WHY not in text


@contextmanager
def tries(told: Callable[[int], None]) -> Iterator[Tries]:
    """While something is asked of the hub. `told` hears the number of each further try."""
    found, logger = Tries(told), logging.getLogger(LOGGER)
    logger.addFilter(found)
    try:
        yield found
    finally:
        logger.removeFilter(found)
