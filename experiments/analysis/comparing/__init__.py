"""Arms against arms: pairs, verdicts, and the correction for how many are looked at."""
