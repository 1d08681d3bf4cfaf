"""From what a model said to numbers: pure functions of recorded outputs, a file a family.

To add a measure of outputs: write its function, name it in `curricula.schema.evaluation.Metric`, in
`nodes/suite.py` what it needs to be asked, and in `METRICS` (scores.py).
"""
