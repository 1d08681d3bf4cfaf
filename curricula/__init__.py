"""The YAML language: what a user may write, and the curricula that ship beside it."""
