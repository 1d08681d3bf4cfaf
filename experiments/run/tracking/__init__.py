"""Finished stages told to trackers of experiments: a run a stage, in a group of its schedule."""
