"""The JSONL doctor: read, check, repair, count, price and build JSON Lines files, streaming, in constant memory.

Format: https://jsonlines.org. Knows no Django and no network.
"""

from .catalogue import CATALOGUE, REPAIRS
from .doctor import Report, check
from .estimate import BatchEstimate, TrainingEstimate, batch_estimate, training_estimate
from .lines import Cancelled
from .problems import Problem
from .purposes import ENDPOINTS, LIMITS, Expected, Limits, Purpose
from .repairing import Change, RepairReport, repair
from .tokens import Tokens

__all__ = [
    "CATALOGUE",
    "ENDPOINTS",
    "LIMITS",
    "REPAIRS",
    "BatchEstimate",
    "Cancelled",
    "Change",
    "Expected",
    "Limits",
    "Problem",
    "Purpose",
    "RepairReport",
    "Report",
    "Tokens",
    "TrainingEstimate",
    "batch_estimate",
    "check",
    "repair",
    "training_estimate",
]
