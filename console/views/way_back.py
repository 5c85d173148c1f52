"""A form that sent somebody to upload a file, and how they come back to it with the file and what they had typed."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string

WAITING = "upload_for"
"""In the session: the form that waits, as `url`, `token` and the `roles` of its entries for files."""
TYPED = "forms_left"
"""In the session: what was typed in the last forms that were left, by their tokens."""
MOST = 5
UNSAID = {"key", "csrfmiddlewaretoken", "do"}


def away(request: HttpRequest, slug: str, *, url: str, kind: str, roles: Sequence[str]) -> HttpResponse:
    """Go and upload a file of this kind; the first of the `roles` that is empty gets it.

    What was sent is kept for the form at `url`, which reads it with `typed`.
    """
    token = get_random_string(12)
    sent = [(name, one) for name, values in request.POST.lists() if name not in UNSAID for one in values]
    others = list(request.session.get(TYPED, {}).items())[1 - MOST :]
    request.session[TYPED] = {**dict(others), token: urlencode(sent)}
    request.session[WAITING] = {"url": url, "token": token, "roles": list(roles)}
    return redirect(f"{reverse('upload-new')}?{urlencode({'connection': slug, 'kind': kind, 'for': token})}")


def typed(request: HttpRequest) -> QueryDict:
    """What the form of this address was left with, and over it what else the address says."""
    kept = request.session.get(TYPED, {}).get(request.GET.get("kept", ""), "")
    found = QueryDict(kept, mutable=True)
    for name, values in request.GET.lists():
        if name != "kept":
            found.setlist(name, values)
    return found


def note(request: HttpRequest) -> str:
    """The address of the form that the uploader was opened for; who opens it by itself is led back to none."""
    waiting = request.session.get(WAITING)
    if waiting and request.GET.get("for") == waiting["token"]:
        return address(waiting)
    if waiting and request.method == "GET":
        del request.session[WAITING]
    return ""


def with_file(request: HttpRequest, file_id: str) -> str:
    """The address of the form that waits, with this file in it; "" where none waits or there is no file yet."""
    waiting = request.session.get(WAITING)
    if not waiting or not file_id:
        return ""
    left = QueryDict(request.session[TYPED].get(waiting["token"], ""))
    roles = waiting["roles"]
    role = next((one for one in roles if left.get(one, "") in ("", file_id)), roles[0])
    return address(waiting, {role: file_id})


def address(waiting: dict[str, str], more: dict[str, str] | None = None) -> str:
    return f"{waiting['url']}?{urlencode({'kept': waiting['token'], **(more or {})})}"
