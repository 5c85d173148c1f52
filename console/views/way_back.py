"""A form that sent somebody to upload a file, and how they come back to it with the file."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

KEPT = "upload_for"
ROLES = ("training_file", "validation_file")
"""The entries that wait for a file; the first that is empty gets it."""


def note(request: HttpRequest) -> str:
    """Remember the form that `?next=` names, and return its address; "" for any other place.

    Who opens the uploader without one is led back to none.
    """
    asked = request.GET.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, None)
    if is_ours:
        request.session[KEPT] = asked
    elif request.method == "GET":
        request.session.pop(KEPT, None)
    return asked if is_ours else ""


def with_file(request: HttpRequest, file_id: str) -> str:
    """The address of the form that waits, with this file in it; "" where none waits or there is no file yet."""
    address = urlsplit(request.session.get(KEPT, ""))
    if not address.path or not file_id:
        return ""
    typed = dict(parse_qsl(address.query))
    role = next((one for one in ROLES if typed.get(one, file_id) == file_id), ROLES[0])
    return f"{address.path}?{urlencode({**typed, role: file_id})}"
