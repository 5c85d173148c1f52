"""Keeps the index: reads each kind of object of a connection from its resource, and says when that is due.

Kinds are data: a further one is one entry in `kinds.py`.
"""

from console.index.deployments import remember_deployment
from console.index.kinds import KINDS, LISTED
from console.index.refresh import due, freshness, outdated, refresh

__all__ = ["KINDS", "LISTED", "due", "freshness", "outdated", "refresh", "remember_deployment"]
