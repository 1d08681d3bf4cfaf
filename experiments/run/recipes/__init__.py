"""A schedule written down for other tools: what each needs to train the same stages, and what comes out otherwise."""
