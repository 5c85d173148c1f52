"""How a problem is described: its gravity and its sentences, with places for details in braces."""

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Kind:
    """An error makes the service refuse the file or the line; a warning is worth a look. `once`: shown once a file."""

    severity: str
    message: str
    remedy: str
    once: bool = False
