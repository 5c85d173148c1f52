"""Every operation of the v1 API as data: path, status, preview header, and a harmless way to find out who
offers it.

Operations with an id come from the GA specification of 2026-01-28
(https://github.com/Azure/azure-rest-api-specs, specification/ai/data-plane/OpenAI.v1); those without one are
described by Microsoft's documentation only (https://learn.microsoft.com/azure/ai-foundry/openai/).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from console.v1 import operations
from console.v1.operations import Probe, Row

Status = Literal["ga", "preview"]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `path` is relative to the base URL and names its parameters in braces."""

    name: str
    method: str
    path: str
    group: str
    status: Status
    header: tuple[str, str] | None
    probe: Probe | None
    operation: str = ""
    note: str = ""
    query: tuple[tuple[str, str], ...] = ()
    seed: bool = False


EVALS_HEADER = ("aoai-evals", "preview")
COPY_HEADER = ("aoai-copy-ft-checkpoints", "preview")
PREVIEW_QUERY = (("api-version", "preview"),)

# The representative of each row of Microsoft's v1 support table of August 2025.
_SEED = frozenset(
    {
        "chat.completions.create",
        "embeddings.create",
        "evals.list",
        "files.list",
        "fine_tuning.checkpoint_copy.get",
        "graders.validate",
        "fine_tuning.jobs.list",
        "models.list",
        "responses.create",
        "vector_stores.list",
    }
)


def _routes(
    group: str,
    rows: Iterable[Row],
    status: Status = "ga",
    *,
    header: tuple[str, str] | None = None,
    query: tuple[tuple[str, str], ...] = (),
    note: str = "",
) -> tuple[Route, ...]:
    return tuple(
        Route(
            name,
            method,
            path,
            group,
            status,
            header,
            probe if isinstance(probe, Probe) else None,
            operation=operation,
            note=note if isinstance(probe, Probe) else probe,
            query=query,
            seed=name in _SEED,
        )
        for name, method, path, operation, probe in rows
    )


ROUTES: tuple[Route, ...] = (
    *_routes("chat", operations.CHAT),
    *_routes(
        "chat", operations.STORED, "preview", note="Stored completions: documented, not in the specification."
    ),
    *_routes("completions", operations.COMPLETIONS, note="Legacy."),
    *_routes("embeddings", operations.EMBEDDINGS),
    *_routes(
        "evals",
        operations.EVALS,
        "preview",
        header=EVALS_HEADER,
        note="Preview in Microsoft's support table; the newest specification asks for no header.",
    ),
    *_routes("files", operations.FILES),
    *_routes("fine_tuning", operations.COPY, "preview", header=COPY_HEADER),
    *_routes("fine_tuning", operations.GRADERS, "preview", note="Preview by its path; no header."),
    *_routes("fine_tuning", operations.FINE_TUNING),
    *_routes("models", operations.MODELS),
    *_routes("responses", operations.RESPONSES),
    *_routes(
        "responses",
        operations.COMPACT,
        "preview",
        note="Documented, and listed as unsupported on the same page.",
    ),
    *_routes("vector_stores", operations.VECTOR_STORES),
    *_routes("batches", operations.BATCHES),
    *_routes("containers", operations.CONTAINERS),
    *_routes("conversations", operations.CONVERSATIONS),
    *_routes("realtime", operations.REALTIME),
    *_routes(
        "threads",
        operations.THREADS,
        note="Assistants without /assistants; in the specification, being retired.",
    ),
    *_routes(
        "audio",
        operations.AUDIO,
        "preview",
        query=PREVIEW_QUERY,
        note="Documented, not in the specification.",
    ),
    *_routes(
        "images",
        operations.IMAGES,
        "preview",
        query=PREVIEW_QUERY,
        note="Documented, not in the specification.",
    ),
    *_routes(
        "video",
        operations.VIDEO,
        "preview",
        query=PREVIEW_QUERY,
        note="Documented, not in the specification.",
    ),
    *_routes(
        "videos",
        operations.VIDEOS,
        "preview",
        note="Documented; the specification has the shapes, not the paths.",
    ),
    *_routes("webhooks", operations.WEBHOOKS, "preview", note="Documented, not in the specification."),
)

_BY_NAME: Mapping[str, Route] = MappingProxyType({each.name: each for each in ROUTES})

_AZURE = frozenset(each.group for each in ROUTES)
_OPENAI = _AZURE - {"threads", "video"}
_GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "azure": _AZURE,
        "simulator": _AZURE,
        "openai": _OPENAI,
        "xai": frozenset({"chat", "models", "responses"}),
        "deepseek": frozenset({"chat", "models"}),
        "custom": frozenset({"chat", "completions", "embeddings", "models", "responses"}),
    }
)


def route(name: str) -> Route:
    """The operation of that name; `KeyError` when there is none."""
    return _BY_NAME[name]


def groups_of(provider: str) -> frozenset[str]:
    """The route groups that a provider has at all; one that we do not know is treated like `custom`."""
    return _GROUPS.get(provider, _GROUPS["custom"])


def preview_headers(method: str, path: str) -> dict[str, str]:
    """Headers that a preview operation asks for; the most specific path wins, so copy beats its GA prefix."""
    found = _closest(method, path)
    return dict([found.header]) if found is not None and found.header is not None else {}


def preview_query(method: str, path: str) -> dict[str, str]:
    """Query parameters of a preview operation (`api-version=preview` on audio, images and video)."""
    found = _closest(method, path)
    return dict(found.query) if found is not None else {}


def _closest(method: str, path: str) -> Route | None:
    """The route whose template is the longest prefix of the path, fixed words before placeholders."""
    segments = path.strip("/").split("/")
    best: tuple[tuple[int, int, bool], Route] | None = None
    for each, template in _TEMPLATES:
        if _is_prefix(template, segments):
            fixed = sum(not part.startswith("{") for part in template)
            rank = (len(template), fixed, each.method == method)
            if best is None or rank > best[0]:
                best = (rank, each)
    return best[1] if best is not None else None


def _is_prefix(template: list[str], segments: list[str]) -> bool:
    if len(template) > len(segments):
        return False
    return all(
        part == segment or part.startswith("{") for part, segment in zip(template, segments, strict=False)
    )


_TEMPLATES = [(each, each.path.strip("/").split("/")) for each in ROUTES]
