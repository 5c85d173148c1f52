"""Vector stores at work: what is done to them once, what they hold, how they are searched and measured."""
