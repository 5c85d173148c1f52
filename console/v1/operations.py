"""The operations of the v1 API, a table per group; `routes` adds status and headers.

Operations with an id come from the GA specification of 2026-01-28
(https://github.com/Azure/azure-rest-api-specs, specification/ai/data-plane/OpenAI.v1); those without one are
described by Microsoft's documentation only (https://learn.microsoft.com/azure/ai-foundry/openai/).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Probe:
    """How to ask for an operation without creating, changing or paying for anything."""

    kind: Literal["list", "absent", "empty"]
    query: tuple[tuple[str, str], ...] = ()
    body: bool = False


# `list`: one row of a list. `absent`: an object that cannot exist. `empty`: a create without its parameters.
LIST = Probe("list", query=(("limit", "1"),))
LIST_WHOLE = Probe("list")
ABSENT = Probe("absent")
ABSENT_EMPTY = Probe("absent", body=True)
EMPTY = Probe("empty", body=True)


# One row: name, method, path, operation id ("" when only documented), probe or the reason why there is none.
Row = tuple[str, str, str, str, Probe | str]

_WOULD_CREATE = "It needs no parameter, so that even an empty request would create something."
_WOULD_ISSUE = "It needs no parameter, so that even an empty request would issue a session secret."

BATCHES: tuple[Row, ...] = (
    ("batches.create", "POST", "/batches", "createBatch", EMPTY),
    ("batches.list", "GET", "/batches", "listBatches", LIST),
    ("batches.get", "GET", "/batches/{batch_id}", "retrieveBatch", ABSENT),
    ("batches.cancel", "POST", "/batches/{batch_id}/cancel", "cancelBatch", ABSENT),
)
CHAT: tuple[Row, ...] = (
    ("chat.completions.create", "POST", "/chat/completions", "createChatCompletion", EMPTY),
)
COMPLETIONS: tuple[Row, ...] = (("completions.create", "POST", "/completions", "createCompletion", EMPTY),)
STORED: tuple[Row, ...] = (
    ("chat.completions.list", "GET", "/chat/completions", "", LIST),
    ("chat.completions.get", "GET", "/chat/completions/{completion_id}", "", ABSENT),
    ("chat.completions.messages.list", "GET", "/chat/completions/{completion_id}/messages", "", ABSENT),
    ("chat.completions.update", "POST", "/chat/completions/{completion_id}", "", ABSENT_EMPTY),
    ("chat.completions.delete", "DELETE", "/chat/completions/{completion_id}", "", ABSENT),
)
_CONTAINER = "/containers/{container_id}"
CONTAINERS: tuple[Row, ...] = (
    ("containers.list", "GET", "/containers", "listContainers", LIST),
    ("containers.create", "POST", "/containers", "createContainer", EMPTY),
    ("containers.get", "GET", _CONTAINER, "retrieveContainer", ABSENT),
    ("containers.delete", "DELETE", _CONTAINER, "deleteContainer", ABSENT),
    ("containers.files.list", "GET", f"{_CONTAINER}/files", "listContainerFiles", ABSENT),
    ("containers.files.create", "POST", f"{_CONTAINER}/files", "createContainerFile", ABSENT_EMPTY),
    ("containers.files.get", "GET", f"{_CONTAINER}/files/{{file_id}}", "retrieveContainerFile", ABSENT),
    ("containers.files.delete", "DELETE", f"{_CONTAINER}/files/{{file_id}}", "deleteContainerFile", ABSENT),
    (
        "containers.files.content",
        "GET",
        f"{_CONTAINER}/files/{{file_id}}/content",
        "retrieveContainerFileContent",
        ABSENT,
    ),
)
_CONVERSATION = "/conversations/{conversation_id}"
CONVERSATIONS: tuple[Row, ...] = (
    ("conversations.create", "POST", "/conversations", "createConversation", _WOULD_CREATE),
    ("conversations.get", "GET", _CONVERSATION, "retrieveConversation", ABSENT),
    ("conversations.update", "POST", _CONVERSATION, "updateConversation", ABSENT_EMPTY),
    ("conversations.delete", "DELETE", _CONVERSATION, "deleteConversation", ABSENT),
    ("conversations.items.list", "GET", f"{_CONVERSATION}/items", "listConversationItems", ABSENT),
    ("conversations.items.create", "POST", f"{_CONVERSATION}/items", "createConversationItems", ABSENT_EMPTY),
    (
        "conversations.items.get",
        "GET",
        f"{_CONVERSATION}/items/{{item_id}}",
        "retrieveConversationItem",
        ABSENT,
    ),
    (
        "conversations.items.delete",
        "DELETE",
        f"{_CONVERSATION}/items/{{item_id}}",
        "deleteConversationItem",
        ABSENT,
    ),
)
EMBEDDINGS: tuple[Row, ...] = (("embeddings.create", "POST", "/embeddings", "createEmbedding", EMPTY),)
_EVAL = "/evals/{eval_id}"
_RUN = f"{_EVAL}/runs/{{run_id}}"
EVALS: tuple[Row, ...] = (
    ("evals.list", "GET", "/evals", "listEvals", LIST),
    ("evals.create", "POST", "/evals", "createEval", EMPTY),
    ("evals.get", "GET", _EVAL, "getEval", ABSENT),
    ("evals.update", "POST", _EVAL, "updateEval", ABSENT_EMPTY),
    ("evals.delete", "DELETE", _EVAL, "deleteEval", ABSENT),
    ("evals.runs.list", "GET", f"{_EVAL}/runs", "getEvalRuns", ABSENT),
    ("evals.runs.create", "POST", f"{_EVAL}/runs", "createEvalRun", ABSENT_EMPTY),
    ("evals.runs.get", "GET", _RUN, "getEvalRun", ABSENT),
    ("evals.runs.cancel", "POST", _RUN, "cancelEvalRun", ABSENT),
    ("evals.runs.delete", "DELETE", _RUN, "deleteEvalRun", ABSENT),
    ("evals.runs.output_items.list", "GET", f"{_RUN}/output_items", "getEvalRunOutputItems", ABSENT),
    (
        "evals.runs.output_items.get",
        "GET",
        f"{_RUN}/output_items/{{output_item_id}}",
        "getEvalRunOutputItem",
        ABSENT,
    ),
)
FILES: tuple[Row, ...] = (
    ("files.create", "POST", "/files", "createFile", EMPTY),
    ("files.list", "GET", "/files", "listFiles", LIST),
    ("files.get", "GET", "/files/{file_id}", "retrieveFile", ABSENT),
    ("files.delete", "DELETE", "/files/{file_id}", "deleteFile", ABSENT),
    ("files.content", "GET", "/files/{file_id}/content", "downloadFile", ABSENT),
)
_JOB = "/fine_tuning/jobs/{fine_tuning_job_id}"
_PERMISSIONS = "/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions"
FINE_TUNING: tuple[Row, ...] = (
    ("fine_tuning.jobs.create", "POST", "/fine_tuning/jobs", "createFineTuningJob", EMPTY),
    ("fine_tuning.jobs.list", "GET", "/fine_tuning/jobs", "listPaginatedFineTuningJobs", LIST),
    ("fine_tuning.jobs.get", "GET", _JOB, "retrieveFineTuningJob", ABSENT),
    ("fine_tuning.jobs.cancel", "POST", f"{_JOB}/cancel", "cancelFineTuningJob", ABSENT),
    ("fine_tuning.jobs.pause", "POST", f"{_JOB}/pause", "pauseFineTuningJob", ABSENT),
    ("fine_tuning.jobs.resume", "POST", f"{_JOB}/resume", "resumeFineTuningJob", ABSENT),
    ("fine_tuning.jobs.events.list", "GET", f"{_JOB}/events", "listFineTuningEvents", ABSENT),
    (
        "fine_tuning.jobs.checkpoints.list",
        "GET",
        f"{_JOB}/checkpoints",
        "listFineTuningJobCheckpoints",
        ABSENT,
    ),
    ("fine_tuning.permissions.list", "GET", _PERMISSIONS, "listFineTuningCheckpointPermissions", ABSENT),
    (
        "fine_tuning.permissions.create",
        "POST",
        _PERMISSIONS,
        "createFineTuningCheckpointPermission",
        ABSENT_EMPTY,
    ),
    (
        "fine_tuning.permissions.delete",
        "DELETE",
        f"{_PERMISSIONS}/{{permission_id}}",
        "deleteFineTuningCheckpointPermission",
        ABSENT,
    ),
)
_COPY_PATH = f"{_JOB}/checkpoints/{{fine_tuning_checkpoint_id}}/copy"
COPY: tuple[Row, ...] = (
    ("fine_tuning.checkpoint_copy.create", "POST", _COPY_PATH, "FineTuning_CopyCheckpoint", ABSENT_EMPTY),
    ("fine_tuning.checkpoint_copy.get", "GET", _COPY_PATH, "FineTuning_GetCheckpoint", ABSENT),
)
GRADERS: tuple[Row, ...] = (
    ("graders.validate", "POST", "/fine_tuning/alpha/graders/validate", "validateGrader", EMPTY),
    ("graders.run", "POST", "/fine_tuning/alpha/graders/run", "runGrader", EMPTY),
)
MODELS: tuple[Row, ...] = (
    ("models.list", "GET", "/models", "listModels", LIST_WHOLE),
    ("models.get", "GET", "/models/{model}", "retrieveModel", ABSENT),
    ("models.delete", "DELETE", "/models/{model}", "deleteModel", ABSENT),
)
_CALL = "/realtime/calls/{call_id}"
REALTIME: tuple[Row, ...] = (
    ("realtime.calls.create", "POST", "/realtime/calls", "createRealtimeCall", EMPTY),
    ("realtime.calls.accept", "POST", f"{_CALL}/accept", "acceptRealtimeCall", ABSENT_EMPTY),
    ("realtime.calls.hangup", "POST", f"{_CALL}/hangup", "hangupRealtimeCall", ABSENT),
    ("realtime.calls.refer", "POST", f"{_CALL}/refer", "referRealtimeCall", ABSENT_EMPTY),
    ("realtime.calls.reject", "POST", f"{_CALL}/reject", "rejectRealtimeCall", ABSENT_EMPTY),
    (
        "realtime.secrets.create",
        "POST",
        "/realtime/client_secrets",
        "createRealtimeClientSecret",
        _WOULD_ISSUE,
    ),
    ("realtime.sessions.create", "POST", "/realtime/sessions", "createRealtimeSession", _WOULD_ISSUE),
    (
        "realtime.transcription_sessions.create",
        "POST",
        "/realtime/transcription_sessions",
        "createRealtimeTranscriptionSession",
        _WOULD_ISSUE,
    ),
)
RESPONSES: tuple[Row, ...] = (
    ("responses.create", "POST", "/responses", "createResponse", EMPTY),
    ("responses.get", "GET", "/responses/{response_id}", "getResponse", ABSENT),
    ("responses.delete", "DELETE", "/responses/{response_id}", "deleteResponse", ABSENT),
    ("responses.cancel", "POST", "/responses/{response_id}/cancel", "cancelResponse", ABSENT),
    ("responses.input_items.list", "GET", "/responses/{response_id}/input_items", "listInputItems", ABSENT),
)
COMPACT: tuple[Row, ...] = (("responses.compact", "POST", "/responses/compact", "", EMPTY),)
_THREAD = "/threads/{thread_id}"
_MESSAGE = f"{_THREAD}/messages/{{message_id}}"
_THREAD_RUN = f"{_THREAD}/runs/{{run_id}}"
THREADS: tuple[Row, ...] = (
    ("threads.create", "POST", "/threads", "createThread", _WOULD_CREATE),
    ("threads.create_and_run", "POST", "/threads/runs", "createThreadAndRun", EMPTY),
    ("threads.get", "GET", _THREAD, "retrieveThread", ABSENT),
    ("threads.update", "POST", _THREAD, "modifyThread", ABSENT_EMPTY),
    ("threads.delete", "DELETE", _THREAD, "deleteThread", ABSENT),
    ("threads.messages.list", "GET", f"{_THREAD}/messages", "listMessages", ABSENT),
    ("threads.messages.create", "POST", f"{_THREAD}/messages", "createMessage", ABSENT_EMPTY),
    ("threads.messages.get", "GET", _MESSAGE, "retrieveMessage", ABSENT),
    ("threads.messages.update", "POST", _MESSAGE, "modifyMessage", ABSENT_EMPTY),
    ("threads.messages.delete", "DELETE", _MESSAGE, "deleteMessage", ABSENT),
    ("threads.runs.list", "GET", f"{_THREAD}/runs", "listRuns", ABSENT),
    ("threads.runs.create", "POST", f"{_THREAD}/runs", "createRun", ABSENT_EMPTY),
    ("threads.runs.get", "GET", _THREAD_RUN, "retrieveRun", ABSENT),
    ("threads.runs.update", "POST", _THREAD_RUN, "modifyRun", ABSENT_EMPTY),
    ("threads.runs.cancel", "POST", f"{_THREAD_RUN}/cancel", "cancelRun", ABSENT),
    ("threads.runs.steps.list", "GET", f"{_THREAD_RUN}/steps", "listRunSteps", ABSENT),
    ("threads.runs.steps.get", "GET", f"{_THREAD_RUN}/steps/{{step_id}}", "getRunStep", ABSENT),
    (
        "threads.runs.submit_tool_outputs",
        "POST",
        f"{_THREAD_RUN}/submit_tool_outputs",
        "submitToolOutputsToRun",
        ABSENT_EMPTY,
    ),
)
_STORE = "/vector_stores/{vector_store_id}"
_STORE_FILE = f"{_STORE}/files/{{file_id}}"
_STORE_BATCH = f"{_STORE}/file_batches/{{batch_id}}"
VECTOR_STORES: tuple[Row, ...] = (
    ("vector_stores.list", "GET", "/vector_stores", "listVectorStores", LIST),
    ("vector_stores.create", "POST", "/vector_stores", "createVectorStore", _WOULD_CREATE),
    ("vector_stores.get", "GET", _STORE, "getVectorStore", ABSENT),
    ("vector_stores.update", "POST", _STORE, "modifyVectorStore", ABSENT_EMPTY),
    ("vector_stores.delete", "DELETE", _STORE, "deleteVectorStore", ABSENT),
    ("vector_stores.search", "POST", f"{_STORE}/search", "searchVectorStore", ABSENT_EMPTY),
    ("vector_stores.files.list", "GET", f"{_STORE}/files", "listVectorStoreFiles", ABSENT),
    ("vector_stores.files.create", "POST", f"{_STORE}/files", "createVectorStoreFile", ABSENT_EMPTY),
    ("vector_stores.files.get", "GET", _STORE_FILE, "getVectorStoreFile", ABSENT),
    ("vector_stores.files.update", "POST", _STORE_FILE, "updateVectorStoreFileAttributes", ABSENT_EMPTY),
    ("vector_stores.files.delete", "DELETE", _STORE_FILE, "deleteVectorStoreFile", ABSENT),
    (
        "vector_stores.files.content",
        "GET",
        f"{_STORE_FILE}/content",
        "retrieveVectorStoreFileContent",
        ABSENT,
    ),
    (
        "vector_stores.batches.create",
        "POST",
        f"{_STORE}/file_batches",
        "createVectorStoreFileBatch",
        ABSENT_EMPTY,
    ),
    ("vector_stores.batches.get", "GET", _STORE_BATCH, "getVectorStoreFileBatch", ABSENT),
    ("vector_stores.batches.cancel", "POST", f"{_STORE_BATCH}/cancel", "cancelVectorStoreFileBatch", ABSENT),
    (
        "vector_stores.batches.files.list",
        "GET",
        f"{_STORE_BATCH}/files",
        "listFilesInVectorStoreBatch",
        ABSENT,
    ),
)
AUDIO: tuple[Row, ...] = (
    ("audio.speech", "POST", "/audio/speech", "", EMPTY),
    ("audio.transcriptions", "POST", "/audio/transcriptions", "", EMPTY),
    ("audio.translations", "POST", "/audio/translations", "", EMPTY),
)
IMAGES: tuple[Row, ...] = (
    ("images.generations", "POST", "/images/generations", "", EMPTY),
    ("images.edits", "POST", "/images/edits", "", EMPTY),
)
_GENERATION = "/video/generations/{generation_id}"
VIDEO: tuple[Row, ...] = (
    ("video.jobs.create", "POST", "/video/generations/jobs", "", EMPTY),
    ("video.jobs.list", "GET", "/video/generations/jobs", "", LIST),
    ("video.jobs.get", "GET", "/video/generations/jobs/{job_id}", "", ABSENT),
    ("video.jobs.delete", "DELETE", "/video/generations/jobs/{job_id}", "", ABSENT),
    ("video.generations.get", "GET", _GENERATION, "", ABSENT),
    ("video.generations.thumbnail", "GET", f"{_GENERATION}/content/thumbnail", "", ABSENT),
    ("video.generations.content", "GET", f"{_GENERATION}/content/video", "", ABSENT),
)
VIDEOS: tuple[Row, ...] = (
    ("videos.create", "POST", "/videos", "", EMPTY),
    ("videos.list", "GET", "/videos", "", LIST),
    ("videos.get", "GET", "/videos/{video_id}", "", ABSENT),
    ("videos.content", "GET", "/videos/{video_id}/content", "", ABSENT),
    ("videos.remix", "POST", "/videos/{video_id}/remix", "", ABSENT_EMPTY),
    ("videos.delete", "DELETE", "/videos/{video_id}", "", ABSENT),
)
_WEBHOOK = "/dashboard/webhook_endpoints"
WEBHOOKS: tuple[Row, ...] = (
    ("webhooks.create", "POST", _WEBHOOK, "", EMPTY),
    ("webhooks.list", "GET", _WEBHOOK, "", LIST_WHOLE),
    ("webhooks.update", "POST", f"{_WEBHOOK}/{{webhook_id}}", "", ABSENT_EMPTY),
    ("webhooks.delete", "DELETE", f"{_WEBHOOK}/{{webhook_id}}", "", ABSENT),
)
