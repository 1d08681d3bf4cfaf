"""Scores over seeds and items as means with intervals: by arm, by stage, at equal cost, against predictions."""
