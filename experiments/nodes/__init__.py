"""What a node is, and what it left."""
