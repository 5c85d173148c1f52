"""Signing in with a one-time link."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from console.models import SignInLink


@login_not_required
@require_safe
def redeem(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in and go on to `next`; looking first (HEAD, prefetching) does not use the link up."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return HttpResponse(status=204)
    if sign_in(request, token):
        return redirect(destination(request))
    return render(request, "sign_in/redeem.html", status=410)


@transaction.atomic
def sign_in(request: HttpRequest, token: str) -> bool:
    """Use the link up and sign in, both or neither."""
    user = SignInLink.redeem(token)
    if user is None:
        return False
    request.signed_in_by_link = True  # type: ignore[attr-defined]
    get_adapter(request).login(request, user)
    return True


def destination(request: HttpRequest) -> str:
    """Return `next` if it is a page of this console, else the overview."""
    wanted = request.GET.get("next", "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure())
    return wanted if is_ours else "overview"
