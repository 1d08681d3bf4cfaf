"""From measurements to a plan: each way to choose an order, and whether to stage at all."""
