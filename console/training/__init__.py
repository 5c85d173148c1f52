"""Fine-tuning at work: jobs made once, how far one is, and its curves."""
