"""From choices to stages: how a schedule, its rate and its rivals at the same budget are made."""
