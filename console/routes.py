"""The console's URLs as data. A permission is read from the view's own source, so the two cannot differ."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

PUBLIC, SIGNED_IN = "public", "signed in"
DEMANDING = {
    "answer_for",
    "comparison_for",
    "connection_for",
    "item_for",
    "job_for",
    "people_for",
    "person_for",
    "require",
    "upload_for",
    "workspace_for",
}  # those that refuse; the others leave out what may not be seen
ALL_METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True)
class Route:
    """`permission` is "public", "signed in", or the verbs of console/access.py that the view asks for."""

    name: str
    pattern: str
    methods: tuple[str, ...]
    permission: str


def routes() -> list[Route]:
    return [
        Route(str(one.name), f"/{one.pattern}", methods(one.callback), permission(one.callback))
        for one in patterns()
    ]


def patterns() -> Iterator[URLPattern]:
    for one in get_resolver().url_patterns:
        if isinstance(one, URLPattern):
            yield one


def methods(view: Callable[..., Any]) -> tuple[str, ...]:
    """Return what `require_http_methods` lets through; a view of a class answers what the class does."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        names = (
            name.upper() for name in ("get", "head", "post") if hasattr(view_class, name) or name == "head"
        )
        return tuple(names)
    for layer in layers(view):
        allowed = inspect.getclosurevars(layer).nonlocals.get("request_method_list")
        if allowed:
            return tuple(sorted(allowed))
    return ALL_METHODS


def layers(view: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Yield a view and what its decorators wrapped, outermost first."""
    layer: Callable[..., Any] | None = view
    while layer is not None:
        yield layer
        layer = getattr(layer, "__wrapped__", None)


def permission(view: Callable[..., Any]) -> str:
    if not getattr(view, "login_required", True):
        return PUBLIC
    if hasattr(view, "view_class"):
        return SIGNED_IN
    asked = dict(calls(inspect.unwrap(view)))
    demanded = {verb for function, verb in asked.items() if function in DEMANDING}
    return ",".join(sorted(demanded)) or ("read" if asked else SIGNED_IN)


def calls(view: Callable[..., Any], seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Yield each function of console/access.py that a view or one of its helpers calls, with the verb."""
    for call in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(view)))):
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func)
            helper = view.__globals__.get(name)
            if name.startswith("access."):
                yield name.removeprefix("access."), verb(name.removeprefix("access."), call)
            elif (
                inspect.isfunction(helper)
                and helper.__module__.startswith("console.views.")
                and name not in seen
            ):
                yield from calls(helper, seen | {name})


def verb(function: str, call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "may" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    if function == "require" and isinstance(call.args[1], ast.Constant):
        return str(call.args[1].value)
    return "admin" if function == "people_for" else "read"
