"""What a person reads after a search. Pages only: what they show is worked out in `experiments.search.analysis`."""
