"""Measures what the README claims, each figure beside a reference run of the same minute: `make bench`."""
