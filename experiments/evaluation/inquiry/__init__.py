"""What is asked of a model about answers that it gave: whether their reasoning carries them, and how sure it is."""
