"""Evals at work: made and run once, followed live, their items read, and two runs compared."""
