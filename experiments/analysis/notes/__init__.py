"""What a reader has to know beside the figures, and what the curriculum's author may do about it."""
