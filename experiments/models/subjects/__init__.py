"""Who is examined: models in this process and behind endpoints, and those that a person names."""
