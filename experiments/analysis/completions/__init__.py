"""What models said, chosen for people to read."""
