"""The console's URLs as data. A permission is read from the view's own source, so the two cannot differ."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

PUBLIC, SIGNED_IN = "public", "signed in"
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
    return ",".join(sorted(set(asked(inspect.unwrap(view))))) or SIGNED_IN


def asked(view: Callable[..., Any]) -> Iterator[str]:
    """Yield each verb that a view's own lines ask console/access.py for."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(view)))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("access."):
            yield verb(ast.unparse(call.func).removeprefix("access."), call)


def verb(function: str, call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "may" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    if function in {"require", "may"} and isinstance(call.args[1], ast.Constant):
        return str(call.args[1].value)
    return "admin" if function == "people_for" else "read"
