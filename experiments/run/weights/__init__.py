"""Weights in a store: which are needed no more, and how an arm's leave it."""
