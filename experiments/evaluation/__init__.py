"""What a model can do: forward passes only."""
