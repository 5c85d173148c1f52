"""Ends what a killed process left behind.

Nothing is sent again: whether to ask once more is a person's decision.
"""

from django.utils import timezone

from console.models import Answer
from console.outbound.errors import Interrupted
from console.playground.problems import told


def sweep() -> int:
    """Mark running answers whose process has gone as interrupted; return how many.

    Safe to run anywhere, any time.
    """
    return Answer.objects.abandoned().update(
        state=Answer.State.INTERRUPTED,
        error=told(Interrupted()),
        finished_at=timezone.now(),
        lease_until=None,
    )
