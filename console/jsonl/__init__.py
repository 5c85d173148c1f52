"""The JSONL doctor: read, check, repair, count, price and build JSON Lines files, streaming, in constant memory.

Format: https://jsonlines.org. Knows no Django and no network.
"""

from .catalogue import CATALOGUE, REPAIRS
from .csv_cells import csv_line, guarded, to_csv
from .doctor import Report, check
from .estimate import BatchEstimate, TrainingEstimate, batch_estimate, training_estimate
from .lines import Cancelled
from .preview import Page, Row, preview
from .problems import Problem
from .purposes import ENDPOINTS, LIMITS, Expected, Limits, Purpose, likely
from .repairing import Change, RepairReport, repair
from .templating import BuildError, Template, build, columns_of, header, no_column, unclosed
from .tokens import Tokens

__all__ = [
    "CATALOGUE",
    "ENDPOINTS",
    "LIMITS",
    "REPAIRS",
    "BatchEstimate",
    "BuildError",
    "Cancelled",
    "Change",
    "Expected",
    "Limits",
    "Page",
    "Problem",
    "Purpose",
    "RepairReport",
    "Report",
    "Row",
    "Template",
    "Tokens",
    "TrainingEstimate",
    "batch_estimate",
    "build",
    "check",
    "columns_of",
    "csv_line",
    "guarded",
    "header",
    "likely",
    "no_column",
    "preview",
    "repair",
    "to_csv",
    "training_estimate",
    "unclosed",
]
