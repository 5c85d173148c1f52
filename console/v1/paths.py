"""Paths of requests: upstream ids and model names as segments that cannot climb out of the base URL."""

import re
from urllib.parse import quote, unquote

from console.outbound.errors import BadRequest

ID = re.compile(r"[A-Za-z0-9._:-]{1,256}")
_MODEL = re.compile(r"[A-Za-z0-9._:~@+ /-]{1,256}")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._:~-]|%(?:2F|40|2B|20|3A)){1,768}")


def segment(identifier: str) -> str:
    """An upstream id as one segment of a path; `BadRequest` for anything that is not one."""
    if ID.fullmatch(identifier) is None or not _is_plain(identifier):
        raise BadRequest("This is not an id of the resource.", sent=False)
    return identifier


def model_segment(name: str) -> str:
    """A model's name as one segment, its slashes encoded; `BadRequest` for what is no name."""
    if _MODEL.fullmatch(name) is None or not _is_plain(name):
        raise BadRequest("This is not a name of a model.", sent=False)
    return quote(name, safe="")


def checked_path(path: str) -> str:
    """The path when each of its segments is plain, else `BadRequest`: nothing climbs out of the base URL."""
    segments = path.removeprefix("/").split("/")
    if not path.startswith("/") or not all(
        _SEGMENT.fullmatch(each) and _is_plain(unquote(each)) for each in segments
    ):
        raise BadRequest("This is not a path of the resource.", sent=False)
    return path


def _is_plain(text: str) -> bool:
    return not any(part in ("", ".", "..") for part in text.split("/"))
