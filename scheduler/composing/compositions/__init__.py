"""How an order and a budget become stages: a composition a file, all of them in table.py, for runs and searches."""
