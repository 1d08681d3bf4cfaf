"""What needs a GPU to be shown: how fast, and how much memory."""
