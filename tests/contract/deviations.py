"""Where the console and the simulator are known to differ from the published specifications, with reasons.

Sources named `docs:` are pages of MicrosoftDocs/azure-ai-docs (CC BY 4.0; only names were taken from them).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Documented:
    """An operation that Microsoft documents on the v1 base and that the specification lacks."""

    source: str
    query: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()


STORED = "docs: foundry-classic/openai/how-to/stored-completions.md @0d7dbfc1"
COMPACT = "docs: foundry/openai/how-to/responses.md @036e3f55"
WEBHOOKS = "docs: foundry/openai/includes/how-to-webhooks-content.md @0f8eae3d"
PREVIEW = "docs: the v1 preview inference reference"
VIDEOS = "docs: foundry/openai/concepts/video-generation.md @12de3ab7"


def documented(source: str, *, query: str = "", members: str = "") -> Documented:
    version = ["api-version"] if source == PREVIEW else []
    return Documented(source, frozenset([*version, *query.split()]), frozenset(members.split()))


COMPLETION = "/openai/v1/chat/completions/{completion_id}"
AUDIO, IMAGES = "/openai/v1/audio", "/openai/v1/images"
JOBS = "/openai/v1/video/generations/jobs"
GENERATION = "/openai/v1/video/generations/{generation_id}"
VIDEO = "/openai/v1/videos/{video_id}"
WEBHOOK = "/openai/v1/dashboard/webhook_endpoints"

DOCUMENTED: Mapping[tuple[str, str], Documented] = {
    ("GET", "/openai/v1/chat/completions"): documented(STORED, query="metadata after limit order model"),
    ("GET", COMPLETION): documented(STORED),
    ("POST", COMPLETION): documented(STORED, members="metadata"),
    ("DELETE", COMPLETION): documented(STORED),
    ("GET", f"{COMPLETION}/messages"): documented(STORED, query="after limit order"),
    ("POST", "/openai/v1/responses/compact"): documented(COMPACT, members="model input previous_response_id"),
    ("GET", WEBHOOK): documented(WEBHOOKS),
    ("POST", WEBHOOK): documented(WEBHOOKS, members="name url event_types"),
    ("POST", f"{WEBHOOK}/{{webhook_id}}"): documented(WEBHOOKS, members="name url event_types"),
    ("DELETE", f"{WEBHOOK}/{{webhook_id}}"): documented(WEBHOOKS),
    ("POST", f"{AUDIO}/speech"): documented(
        PREVIEW, members="model input voice response_format speed instructions stream_format"
    ),
    ("POST", f"{AUDIO}/transcriptions"): documented(PREVIEW),
    ("POST", f"{AUDIO}/translations"): documented(PREVIEW),
    ("POST", f"{IMAGES}/generations"): documented(
        PREVIEW,
        members="model prompt n size quality style background moderation output_format output_compression "
        "response_format user",
    ),
    ("POST", f"{IMAGES}/edits"): documented(PREVIEW),
    ("POST", JOBS): documented(
        PREVIEW, members="model prompt width height n_seconds n_variants files inpaint_items"
    ),
    ("GET", JOBS): documented(PREVIEW, query="before after limit statuses"),
    ("GET", f"{JOBS}/{{job_id}}"): documented(PREVIEW),
    ("DELETE", f"{JOBS}/{{job_id}}"): documented(PREVIEW),
    ("GET", GENERATION): documented(PREVIEW),
    ("GET", f"{GENERATION}/content/thumbnail"): documented(PREVIEW),
    ("GET", f"{GENERATION}/content/video"): documented(PREVIEW, query="quality"),
    ("POST", "/openai/v1/videos"): documented(
        VIDEOS, members="model prompt size seconds input_reference remix_video_id"
    ),
    ("GET", "/openai/v1/videos"): documented(VIDEOS, query="after limit order"),
    ("GET", VIDEO): documented(VIDEOS),
    ("DELETE", VIDEO): documented(VIDEOS),
    ("GET", f"{VIDEO}/content"): documented(VIDEOS, query="variant"),
    ("POST", f"{VIDEO}/remix"): documented(VIDEOS, members="prompt"),
}

# Members of a request that the specification lacks: operation, place, reason.
FLEX = "docs: foundry/openai/how-to/flex-processing.md @21d88975"
MEMBERS: Mapping[str, Mapping[str, str]] = {
    "createChatCompletion": {"$.service_tier": FLEX},
    "createResponse": {"$.service_tier": FLEX},
}

# Places in the simulator's answers that the specification does not know, indexes left out, by operation.
DATED_MODEL = "a member of the dated authoring API (2024-06-01); readers of either find what they know"
FLAT = "the specification nests the results once more; the wire (docs: content filtering) is flat"
CAPTURED = "so in answers of Azure captured in September 2025, whatever the specification says"
RESPONSE_MEMBERS = ("user", "safety_identifier", "prompt_cache_key", "usage", "service_tier", "store")
RESPONSE = dict.fromkeys((f"$.{name}" for name in RESPONSE_MEMBERS), CAPTURED)
MODEL_MEMBERS = ("status", "created_at", "updated_at", "capabilities", "lifecycle_status", "deprecation")
CATEGORIES = ("hate", "self_harm", "sexual", "violence", "jailbreak", "indirect_attack")
EMPTY_LIST = "null in a list without rows, which has no first and no last one"
LISTS = (
    "listFiles",
    "listVectorStores",
    "listVectorStoreFiles",
    "listFilesInVectorStoreBatch",
    "listBatches",
    "listEvals",
    "listContainers",
    "listContainerFiles",
    "listConversationItems",
    "createConversationItems",
)
ENDS = dict.fromkeys(("$.first_id", "$.last_id"), EMPTY_LIST)
NO_ERROR = "null where nothing went wrong; the specification wants an error even then"
PAUSED = "`paused` is Azure's own state of a job, and not in the specification's list"
ANSWERS: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(LISTS, ENDS),
    "createEvalRun": {"$.error": NO_ERROR},
    "getEvalRun": {"$.error": NO_ERROR},
    "cancelEvalRun": {"$.error": NO_ERROR},
    "getEvalRuns": {**ENDS, "$.data[].error": NO_ERROR},
    "getEvalRunOutputItems": {**ENDS, "$.data[].sample.error": NO_ERROR},
    "getEvalRunOutputItem": {"$.sample.error": NO_ERROR},
    "pauseFineTuningJob": {"$.status": PAUSED},
    "retrieveFineTuningJob": {"$.status": PAUSED},
    "listPaginatedFineTuningJobs": {"$.data[].status": PAUSED},
    "listModels": {f"$.data[].{name}": DATED_MODEL for name in MODEL_MEMBERS},
    "retrieveModel": {f"$.{name}": DATED_MODEL for name in MODEL_MEMBERS},
    "createChatCompletion": {
        f"$.prompt_filter_results[].content_filter_results.{name}": FLAT for name in CATEGORIES
    },
    "createEmbedding": {"$.data[].embedding": "a text when base64 was asked for, which is the SDK's default"},
    "createResponse": RESPONSE,
    "getResponse": RESPONSE,
    "cancelResponse": RESPONSE,
}
FILTER_PAGE = "docs: foundry/openai/concepts/content-filter.md, content streaming"
CHUNK: Mapping[str, str] = {
    "$.choices[].content_filter_results": FILTER_PAGE,
    "$.usage": "null in every chunk but the last when usage was asked for, as its own description says",
}
FIRST_CHUNK: Mapping[str, str] = {
    "$.object": "Azure's first chunk has the filter results of the prompt, and every other member empty",
}
ARM_ANSWERS: Mapping[str, str] = {
    "$.value[].skus[].rateLimits[]": "`key` is in captured catalogues, not in the package's CallRateLimit",
    "$.value[].model.skus[].rateLimits[]": "the same, in the catalogue of a region",
}

# The support matrix asks whether a resource offers an operation by a request that must be refused: a create
# without its required parameters, or a change (also without them) of an object that cannot exist. Exactly
# `POST` with the body `{}` to exactly these paths; anything else is held to the specification.
NONE = "console-probe-absent"
EMPTY_PROBES = frozenset(
    f"/openai/v1/{path}"
    for path in (
        "batches",
        "chat/completions",
        "completions",
        "containers",
        f"containers/{NONE}/files",
        f"conversations/{NONE}",
        f"conversations/{NONE}/items",
        "embeddings",
        "evals",
        f"evals/{NONE}/runs",
        "files",
        "fine_tuning/alpha/graders/run",
        f"fine_tuning/checkpoints/{NONE}/permissions",
        "fine_tuning/jobs",
        f"fine_tuning/jobs/{NONE}/checkpoints/{NONE}/copy",
        "realtime/calls",
        f"realtime/calls/{NONE}/accept",
        f"realtime/calls/{NONE}/refer",
        "threads/runs",
        f"threads/{NONE}/messages",
        f"threads/{NONE}/runs",
        f"threads/{NONE}/runs/{NONE}/submit_tool_outputs",
        f"vector_stores/{NONE}/files",
        f"vector_stores/{NONE}/files/{NONE}",
        f"vector_stores/{NONE}/search",
    )
)
