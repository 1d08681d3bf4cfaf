"""Results in sentences, the same on page, terminal and model card."""
