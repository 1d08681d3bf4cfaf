"""Searching over schedules with Optuna: what may be chosen, the stages that gives, who proposes, what is cut."""
