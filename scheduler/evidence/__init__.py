"""What measurements say: effects with their intervals, what is claimed of them, and whether the assumptions held."""
