"""What a schedule should score, by assumptions that need no fit, and what choosing one may cost."""
