"""Doing it: stage tree, store, training, evaluation, executors, comparison, report, command line."""
