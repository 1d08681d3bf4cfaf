"""What came of single stages and of the way through them."""
