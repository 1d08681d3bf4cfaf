"""Settings for all tests."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# Time is measured in benchmarks/: on a busy machine a deadline fails tests of correct code. Examples are the same on
# every machine, so that a red run says that the code changed; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("stagewise", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "stagewise"))

# A shell without job control starts background commands deaf to Ctrl-C, and so would be every process started here.
signal.signal(signal.SIGINT, signal.default_int_handler)
