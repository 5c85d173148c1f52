"""Template tags: how numbers, times, states and untrusted text look on a page."""
