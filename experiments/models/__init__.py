"""Language models: checkpoints, tokens, and what can be asked of them."""
