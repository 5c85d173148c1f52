"""Who may sign in and what their role is; for admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import access
from console.forms.people import PASSWORD, DisableForm, PersonForm, RoleForm
from console.models import Role, SignInLink, User
from console.views.shared import form_page, json_page, paged, wants_json

ROLES = {
    Role.READER: "sees everything, changes nothing",
    Role.OPERATOR: "also asks models and works with what is on a resource",
    Role.MANAGER: "also adds, changes and removes connections",
    Role.ADMIN: "also manages people and sees the audit log",
    Role.AUDITOR: "sees everything and the audit log, changes nothing",
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    people = access.people_for(request.user)
    page = paged(request, people)
    if wants_json(request):
        return json_page(page, as_json)
    return render(request, "people/index.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add an account; with a link, the next page shows it, once."""
    access.require(request.user, "admin")
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person = form.save()
        if form.cleaned_data["way"] == PASSWORD:
            messages.success(request, f"Added {person}.")
            return redirect("people")
        return shown_once(request, person, status=201)
    return form_page(request, "people/new.html", {"form": form, "roles": ROLES}, form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account, and change its role."""
    person = access.person_for(request.user, pk, may="admin")
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": person.role})
    if form.is_bound and form.is_valid() and form.save(person):
        messages.success(request, f"{person} is {person.role} now.")
        return redirect("people")
    return shown(request, person, form)


@require_POST
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    person = access.person_for(request.user, pk, may="admin")
    form = DisableForm(request.POST)
    if form.is_valid() and form.save(person):
        messages.success(request, f"{person} can no longer sign in.")
        return redirect("people")
    return shown(request, person, form)


@require_POST
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    person = access.person_for(request.user, pk, may="admin")
    person.enable()
    messages.success(request, f"{person} can sign in again.")
    return redirect("people")


@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a one-time sign-in link and show it, once."""
    person = access.person_for(request.user, pk, may="admin")
    if not person.is_active:
        messages.error(request, f"{person} is disabled, so no link would work.")
        return redirect("person", pk)
    return shown_once(request, person, status=200)


def shown(request: HttpRequest, person: User, form: RoleForm | DisableForm) -> HttpResponse:
    if wants_json(request) and not form.is_bound:
        return JsonResponse(as_json(person))
    role_form = form if isinstance(form, RoleForm) else RoleForm(initial={"role": person.role})
    history = access.history_for(request.user, person.target)
    context = {"person": person, "form": role_form, "problem": form, "roles": ROLES, "history": history}
    return form_page(request, "people/edit.html", context, form)


def shown_once(request: HttpRequest, person: User, *, status: int) -> HttpResponse:
    """Show a new link; only its hash is stored, so this page is the only place where it ever stands."""
    path = reverse("sign-in", args=[SignInLink.make(person)])
    context = {"person": person, "url": request.build_absolute_uri(path)}
    return render(request, "people/link.html", context, status=status)


def as_json(person: User) -> dict[str, object]:
    return {
        "id": person.pk,
        "username": person.username,
        "role": person.role,
        "is_active": person.is_active,
        "has_password": person.has_usable_password(),
        "last_login": person.last_login,
    }
