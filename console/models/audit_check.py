"""Verifying the audit chain: every hash recomputed, every column compared with the canonical text.

What this cannot show, since nothing is signed outside of the database: that its owner cut off the newest
events together with the head, or wrote the whole chain anew.
"""

from dataclasses import dataclass
from datetime import UTC

from django.db.models import Max

from console.models import audit
from console.models.audit import AuditEvent, AuditHead
from console.models.audit_chain import CHAIN, GENESIS, chained

LIMITS = (
    "Without signed checkpoints outside of the database, its owner could cut off the newest events "
    "or write the whole chain anew, and this check would not see it."
)


@dataclass(frozen=True)
class Verdict:
    """The outcome of a verification of the events `first` to `last`, of which `verified` are intact.

    `problem` is empty when all are; else `seq` is the first bad event, `expected` and `found` are hashes.
    """

    first: int
    last: int
    verified: int
    problem: str = ""
    seq: int | None = None
    expected: str = ""
    found: str = ""

    @property
    def is_intact(self) -> bool:
        return not self.problem


def verify(*, first: int = 1, last: int | None = None) -> Verdict:
    """Recompute the chain from `first` to `last` (default: the newest), in constant memory."""
    head = AuditHead.objects.filter(chain=CHAIN).first() or AuditHead(seq=0)
    end = head.seq if last is None else min(last, head.seq)
    before = AuditEvent.objects.filter(seq=first - 1).first()
    if first > 1 and before is None:
        return Verdict(first, end, 0, f"event {first - 1} is missing", first - 1)
    previous = before.hash if before else GENESIS
    seq = first - 1
    rows = AuditEvent.objects.filter(seq__gte=first, seq__lte=end).order_by("seq")
    for event in rows.iterator(chunk_size=1000):
        seq += 1
        problem = flaw(event, seq, previous)
        if problem:
            expected = chained(seq, previous, event.canonical)
            return Verdict(first, end, seq - first, problem, seq, expected, event.hash)
        previous = event.hash
    problem = "" if last is not None else flaw_at_end(head, seq, previous)
    if seq < end:
        problem = "the events from here on are missing"
    if problem:
        return Verdict(first, end, seq - first + 1, problem, seq + 1, head.hash, previous)
    return Verdict(first, end, max(seq - first + 1, 0))


def flaw(event: AuditEvent, seq: int, previous: str) -> str:
    """Return what is wrong with `event` as number `seq` after the hash `previous`; empty if nothing."""
    if event.seq != seq:
        return f"event {seq} is missing"
    if event.prev_hash != previous:
        return "it does not follow the event before it"
    if event.hash != chained(seq, previous, event.canonical):
        return "its text or its hash was changed"
    differing = columns_that_differ(event)
    return f"its columns differ from its text: {', '.join(differing)}" if differing else ""


def columns_that_differ(event: AuditEvent) -> list[str]:
    content = event.content
    differing = [name for name in AuditEvent.INDEXED if content.get(name) != getattr(event, name)]
    if content.get("occurred_at") != event.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"):
        differing.append("occurred_at")
    return differing


def flaw_at_end(head: AuditHead, seq: int, previous: str) -> str:
    """Return what is wrong with the head after the last event `seq`; newer events of others are no flaw."""
    newest = AuditEvent.objects.aggregate(Max("seq"))["seq__max"] or 0
    now = AuditHead.objects.filter(chain=CHAIN).first() or AuditHead(seq=0)
    if seq == head.seq and previous != head.hash:
        return "the head does not belong to the last event"
    return "events stand behind the head of the chain" if newest > now.seq else ""


def size() -> int:
    """Return how many events there are."""
    head = AuditHead.objects.filter(chain=CHAIN).first()
    return head.seq if head else 0


def verify_and_record() -> Verdict:
    """Verify the whole chain and write the result into it."""
    verdict = verify()
    audit.record(
        "audit.verified",
        outcome="success" if verdict.is_intact else "failure",
        verified=verdict.verified,
        last=verdict.last,
        problem=verdict.problem,
        problem_seq=verdict.seq,
    )
    return verdict


def last_check() -> AuditEvent | None:
    """Return the event of the newest verification."""
    return AuditEvent.objects.filter(action="audit.verified").first()
