"""Settings for all tests."""

from __future__ import annotations

from hypothesis import settings

# Time is measured in benchmarks/: on a busy machine a deadline fails tests of correct code.
settings.register_profile("stagewise", deadline=None)
settings.load_profile("stagewise")
