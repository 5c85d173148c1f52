"""What the simulated resources hold when they are shown for the first time: believable objects of every kind."""

from console.simulator.furnish.house import furnish

__all__ = ["furnish"]
