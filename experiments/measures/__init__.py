"""From what a model said to numbers: pure functions of recorded outputs, a file a family, and what is asked for them.

CONTRIBUTING.md says how a measure is added.
"""
