"""For tests that need a sandbox."""

import pytest

from domains.errors import DataError
from domains.rewards.sandbox import require_sandbox


def _missing():
    try:
        require_sandbox()
    except DataError as error:
        return str(error)
    return None


MISSING = _missing()
needs_sandbox = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
