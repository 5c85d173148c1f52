"""Icons, states, errors and the small parts that every page is made of."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console import words
from console.outbound.kinds import ERROR_KINDS
from console.templatetags import formats

register = template.Library()
register.filters.update(formats.register.filters)

STATES: dict[str, tuple[str, ...]] = {
    "ok": (
        *("active", "complete", "completed", "done", "ga", "healthy", "ok", "passed", "processed", "ready"),
        *("success", "succeeded"),
        "supported",
    ),
    "info": (
        *("claimed", "creating", "finalizing", "in_progress", "pending", "queued", "running", "streaming"),
        *("updating", "validating"),
    ),
    "warn": (
        *("attention", "deprecated", "deprecating", "incomplete", "interrupted", "rate_limited", "throttled"),
        "unknown_outcome",
    ),
    "bad": ("denied", "disabled", "error", "failed", "failure", "refused", "retired", "unreachable"),
    "preview": ("legacy", "preview"),
}
STATUS_TONES = {state: tone for tone, states in STATES.items() for state in states}
SECTIONS: dict[str, str] = {
    "answer": "playground",
    "audit-event": "audit",
    "batch": "batches",
    "batch-cancel": "batches",
    "batch-draft": "batches",
    "batch-line": "batches",
    "batch-live": "batches",
    "batch-new": "batches",
    "batch-new-template": "batches",
    "batch-results": "batches",
    "batches-cancel": "batches",
    "batch-retry": "batches",
    "comparison": "playground",
    "comparisons": "playground",
    "connection": "connections",
    "connection-api-support": "api-support",
    "connection-credential": "connections",
    "connection-edit": "connections",
    "connection-new": "connections",
    "container": "containers",
    "container-add": "containers",
    "container-delete": "containers",
    "container-file-delete": "containers",
    "container-live": "containers",
    "container-new": "containers",
    "containers-delete": "containers",
    "deployment": "deployments",
    "file": "files",
    "file-check": "files",
    "file-copy": "files",
    "file-delete": "files",
    "files-delete": "files",
    "upload": "files",
    "upload-new": "files",
    "checkpoint": "fine-tuning-jobs",
    "checkpoint-copy": "fine-tuning-jobs",
    "checkpoint-live": "fine-tuning-jobs",
    "checkpoint-permit": "fine-tuning-jobs",
    "fine-tuning-compare": "fine-tuning-jobs",
    "fine-tuning-job": "fine-tuning-jobs",
    "fine-tuning-job-cancel": "fine-tuning-jobs",
    "fine-tuning-job-live": "fine-tuning-jobs",
    "fine-tuning-job-new": "fine-tuning-jobs",
    "grader-bench": "fine-tuning-jobs",
    "eval": "evals",
    "eval-compare": "evals",
    "eval-delete": "evals",
    "eval-edit": "evals",
    "eval-item": "evals",
    "eval-items": "evals",
    "eval-live": "evals",
    "eval-new": "evals",
    "eval-run": "evals",
    "eval-run-delete": "evals",
    "eval-run-live": "evals",
    "eval-run-new": "evals",
    "evals-delete": "evals",
    "conversation": "conversations",
    "conversation-add": "conversations",
    "conversation-delete": "conversations",
    "conversation-edit": "conversations",
    "conversation-item-delete": "conversations",
    "conversation-items": "conversations",
    "conversation-new": "conversations",
    "conversation-open": "conversations",
    "conversations-delete": "conversations",
    "job": "activity",
    "response": "responses",
    "response-delete": "responses",
    "response-input": "responses",
    "response-live": "responses",
    "response-new": "responses",
    "response-open": "responses",
    "response-thread": "responses",
    "responses-delete": "responses",
    "model": "models",
    "model-delete": "models",
    "person": "people",
    "person-new": "people",
    "stored-completion": "stored-completions",
    "stored-completion-delete": "stored-completions",
    "stored-completion-edit": "stored-completions",
    "stored-completion-messages": "stored-completions",
    "stored-completions-dataset": "stored-completions",
    "stored-completions-delete": "stored-completions",
    "vector-store": "vector-stores",
    "vector-store-attach": "vector-stores",
    "vector-store-batch": "vector-stores",
    "vector-store-delete": "vector-stores",
    "vector-store-edit": "vector-stores",
    "vector-store-upload": "vector-stores",
    "vector-store-file": "vector-stores",
    "vector-store-files": "vector-stores",
    "vector-store-golden": "vector-stores",
    "golden-run": "vector-stores",
    "vector-store-new": "vector-stores",
    "vector-store-search": "vector-stores",
    "vector-stores-delete": "vector-stores",
}
LIVE_STATES = frozenset({"streaming", "running", "in_progress", "creating", "updating"})


@register.simple_tag
def icon(name: str, modifier: str = "") -> SafeString:
    """Return one symbol of static/icons.svg as decoration; the words beside it carry the meaning."""
    classes = f"icon {modifier}" if modifier else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, static("icons.svg"), name
    )


@register.filter
def status_tone(state: Any) -> str:
    """Return the tone in which a state is shown: ok, info, warn, bad, preview, or neutral."""
    return STATUS_TONES.get(_key(state), "neutral")


@register.simple_tag
def status_badge(state: Any, label: str = "", tone: str = "") -> SafeString:
    """Render a state as a badge: a dot and a word. A state that is not known is shown as it is."""
    key = _key(state)
    shown = label or words.in_words(state) or formats.UNKNOWN
    return format_html(
        '<span class="badge" data-tone="{}"><i class="{}"></i>{}</span>',
        tone or status_tone(state),
        "dot live" if key in LIVE_STATES else "dot",
        shown,
    )


@register.filter
def in_words(name: Any) -> str:
    """Return a name of the service in words, "" for none."""
    return words.in_words(name)


@register.filter
def region(name: str) -> str:
    """Return a region as people write it, however it was told."""
    return words.region_name(name)


@register.simple_tag
def named(name: Any, otherwise: str = "") -> SafeString:
    """Render a name of the service in words, with the name itself beside it where that says more."""
    text = str(name or "").strip()
    said = words.in_words(text) or otherwise or formats.UNKNOWN
    if said.lower() == text.lower() or not text:
        return format_html("<b>{}</b>", said)
    return format_html('<b>{}</b> <code class="small">{}</code>', said, text)


@register.filter
def kind_title(kind: str) -> str:
    """Return the heading of an error kind; a kind that the vocabulary does not know is shown as it is."""
    known = ERROR_KINDS.get(kind)
    return known.title if known else words.in_words(kind)


@register.filter
def kind_remedy(kind: str) -> str:
    """Return what to do about an error kind, "" when nothing is known."""
    known = ERROR_KINDS.get(kind)
    return known.remedy if known else ""


@register.inclusion_tag("components/error_card.html", takes_context=True)
def error_card(context: Context, error: Any, retry_url: str = "") -> dict[str, Any]:
    """Show an upstream error where the content would have been, with the way to the connection of the page.

    `error` has kind, message, remedy, status, code, detail and request_id; `retry_url` adds "Try again".
    """
    return {"error": error, "retry_url": retry_url, "request": context.get("request")}


@register.inclusion_tag("components/_not_offered.html", takes_context=True)
def not_offered(context: Context, connection: Any, kind: str, error: Any = None) -> dict[str, Any]:
    """Say above a form that its resource has no objects of a kind; nothing where it has, or nobody asked yet.

    `error` is what came of sending the form; that nothing was found is no news where nothing is offered.
    """
    sync = connection.syncs.filter(kind=kind, state="not_offered").first()
    is_news = error and not (sync and error.kind == "not_found")
    return {"sync": sync, "error": error if is_news else None, "request": context.get("request")}


@register.simple_tag
def copy(text: Any, label: str = "") -> SafeString:
    """Render an identifier in mono with a button that copies it."""
    return format_html(
        '<button class="copy" type="button" data-copy="{0}" title="Copy {0}"><code>{1}</code>{2}</button>',
        text,
        label or text,
        icon("copy"),
    )


@register.filter
def message_tone(message: Message) -> str:
    """Return the tone of one of Django's messages."""
    if message.level >= constants.ERROR:
        return "bad"
    if message.level >= constants.WARNING:
        return "warn"
    return "ok" if message.level == constants.SUCCESS else "info"


@register.filter
def section(url_name: str) -> str:
    """Return the entry of the navigation that the page of this URL name belongs to."""
    return SECTIONS.get(url_name, url_name)


@register.filter
def letter(position: Any) -> str:
    """Return the letter of a pane: 1 is A."""
    return chr(ord("A") + (int(position) - 1) % 26)


def _key(state: Any) -> str:
    return str(state).strip().lower().replace("-", "_").replace(" ", "_")
