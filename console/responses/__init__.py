"""Responses and conversations at work: begun once, followed live, read as threads and transcripts."""
