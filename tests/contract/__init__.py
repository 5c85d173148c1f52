"""Holds the console and the simulator to the published specification."""
