"""Settings for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# Time is measured in benchmarks/: on a busy machine a deadline fails tests of correct code. Examples are the same on
# every machine, so that a red run says that the code changed; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("stagewise", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "stagewise"))
