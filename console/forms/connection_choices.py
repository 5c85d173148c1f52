"""Connections to choose from in a form: those whose last check went well come first, the others say so."""

from collections.abc import Iterable

from console.index.keeping import may_have
from console.models import Connection
from console.models.connection import reachable_first


def by_slug(connections: Iterable[Connection]) -> dict[str, Connection]:
    """Return them in the order of a select, whose first is chosen as long as nobody chooses."""
    return {one.slug: one for one in reachable_first(connections)}


def taking_files(connections: Iterable[Connection]) -> dict[str, Connection]:
    """Return those that a file can be sent to now."""
    return by_slug(one for one in connections if may_have(one) and not one.is_paused)


def labelled(connections: dict[str, Connection]) -> list[tuple[str, str]]:
    """Return the choices of a field."""
    return [(slug, one.label) for slug, one in connections.items()]
