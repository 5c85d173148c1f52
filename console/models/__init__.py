"""Tables, and what can be done with them; one file per idea."""

from console.models.audit import AuditEvent, AuditHead
from console.models.comparison import Answer, Comparison, Turn
from console.models.connection import Connection
from console.models.golden import GoldenQuery, GoldenRun
from console.models.item import Item, Reference, Revision
from console.models.job import Job
from console.models.route_probe import RouteProbe
from console.models.secret import Secret
from console.models.selection import Selection
from console.models.sign_in_link import SignInLink
from console.models.sync import Sync
from console.models.upload import Upload
from console.models.user import User
from console.models.workspace import Membership, Role, Workspace

__all__ = [
    "Answer",
    "AuditEvent",
    "AuditHead",
    "Comparison",
    "Connection",
    "GoldenQuery",
    "GoldenRun",
    "Item",
    "Job",
    "Membership",
    "Reference",
    "Revision",
    "Role",
    "RouteProbe",
    "Secret",
    "Selection",
    "SignInLink",
    "Sync",
    "Turn",
    "Upload",
    "User",
    "Workspace",
]
