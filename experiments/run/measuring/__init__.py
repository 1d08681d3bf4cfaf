"""`stagewise measure`: models that are given and not trained here."""
