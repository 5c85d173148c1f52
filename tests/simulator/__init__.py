"""Tests of the simulator: facts about how it behaves on the wire."""
