"""Asking several models at once: turns, the runner that owns the calls, the stream that readers follow,
prices.
"""
