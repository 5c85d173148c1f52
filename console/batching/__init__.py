"""Batches at work: started once, built from rows, their results joined to their requests, and what they save."""
