"""What runs inside a worker: one node, start to end."""
