"""How a model's next tokens are chosen, changed, ended and read off."""
