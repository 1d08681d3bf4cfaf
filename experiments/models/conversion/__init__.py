"""Checkpoints made of other checkpoints: merged, exported, or out of another format."""
