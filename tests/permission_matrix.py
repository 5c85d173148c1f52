"""Every URL of the console with the verb that it asks for, by method, and the forms among them.

`tests/test_permissions.py` calls each as everybody, and fails for a URL that is not here. The verbs are those
of console/access.py; PUBLIC needs no session, ANYBODY any.
"""

from dataclasses import dataclass, field
from typing import Literal

PUBLIC, ANYBODY = "public", "signed in"
Kind = Literal["object", "place", "list"]


@dataclass(frozen=True)
class Rule:
    """What a URL asks for.

    An *object* does not exist for those who see nothing of its workspace (404); a *place* refuses them (403);
    a *list* is empty for them or refuses them. `form` is a body that gets a POST past its first checks.
    """

    kind: Kind
    methods: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


def reads(kind: Kind, verb: str = "read") -> Rule:
    return Rule(kind, {"GET": verb})


def changes(kind: Kind, verb: str, **form: str) -> Rule:
    return Rule(kind, {"POST": verb}, form)


def edits(kind: Kind, verb: str, **form: str) -> Rule:
    return Rule(kind, {"GET": verb, "POST": verb}, form)


RULES: dict[str, Rule] = {
    # Session
    "account_login": edits("place", PUBLIC),
    "account_logout": edits("place", PUBLIC),
    "account_inactive": reads("place", PUBLIC),
    "account_reauthenticate": edits("place", ANYBODY),
    "account_change_password": edits("place", ANYBODY),
    "account_set_password": edits("place", ANYBODY),
    "sign-in": reads("place", PUBLIC),
    # Frame
    "overview": reads("list"),
    "palette": reads("list"),
    "healthz": reads("place", PUBLIC),
    "readyz": reads("place", PUBLIC),
    # Connections
    "connections": reads("list"),
    "connection-new": edits("place", "manage"),
    "connection-recognise": reads("place", "manage"),
    "connection": reads("object"),
    "connection-edit": edits("object", "manage"),
    "connection-test": changes("object", "operate"),
    "connection-pause": changes("object", "manage"),
    "connection-resume": changes("object", "manage"),
    "connection-credential": edits("object", "manage"),
    "connection-remove": edits("object", "manage"),
    "sync-cancel": changes("object", "operate"),
    "connection-refresh": changes("object", "read"),
    "api-support": reads("list"),
    "connection-api-support": reads("object"),
    "connection-probe": changes("object", "operate"),
    # Models
    "models": reads("list"),
    "models-refresh": edits("list", "read"),
    "model": reads("object"),
    "model-delete": edits("object", "operate"),
    "deployments": reads("list"),
    "deployments-refresh": edits("list", "read"),
    "deployment": reads("object"),
    # Files
    "files": reads("list"),
    "files-refresh": edits("list", "read"),
    "upload-new": edits("place", "operate"),
    "upload-begin": changes("place", "operate"),
    "upload": reads("object", "operate"),
    "upload-part": changes("object", "operate"),
    "upload-send": changes("object", "operate"),
    "upload-check": changes("object", "operate"),
    "upload-cancel": changes("object", "operate"),
    "files-delete": edits("list", "operate"),
    "file-check": Rule("object", {"GET": "read", "POST": "operate"}, {"purpose": "batch"}),
    "file-mend": changes("object", "operate"),
    "file-copy": edits("object", "operate"),
    "file": reads("object"),
    "file-delete": edits("object", "operate"),
    "file-preview": reads("object"),
    "file-download": reads("object"),
    # Vector stores
    "vector-stores": reads("list"),
    "vector-stores-refresh": edits("list", "read"),
    "vector-stores-delete": edits("list", "operate"),
    "vector-store-new": edits("object", "operate"),
    "vector-store": reads("object"),
    "vector-store-edit": edits("object", "operate"),
    "vector-store-delete": edits("object", "operate"),
    "vector-store-search": edits("object", "operate"),
    "vector-store-attributes": reads("object", "operate"),
    "vector-store-golden": Rule("object", {"GET": "read", "POST": "operate"}),
    "golden-query-delete": edits("object", "operate"),
    "golden-run-start": changes("object", "operate", key="k1", most="5"),
    "golden-run": reads("object"),
    "vector-store-files": reads("object"),
    "vector-store-attach": edits("object", "operate"),
    "vector-store-upload": edits("object", "operate"),
    "vector-store-file": reads("object"),
    "vector-store-file-attributes": changes("object", "operate"),
    "vector-store-file-detach": changes("object", "operate"),
    "vector-store-batch": reads("object"),
    "vector-store-batch-cancel": changes("object", "operate"),
    # Stored completions
    "stored-completions": reads("list"),
    "stored-completions-refresh": edits("list", "read"),
    "stored-completions-delete": edits("list", "operate"),
    "stored-completions-dataset": edits("list", "operate"),
    "stored-completion": reads("object"),
    "stored-completion-messages": reads("object"),
    "stored-completion-edit": edits("object", "operate"),
    "stored-completion-delete": edits("object", "operate"),
    # Containers
    "containers": reads("list"),
    "containers-refresh": edits("list", "read"),
    "containers-delete": edits("list", "operate"),
    "container-new": edits("object", "operate"),
    "container": reads("object"),
    "container-live": reads("object"),
    "container-delete": edits("object", "operate"),
    "container-add": edits("object", "operate"),
    "container-file-download": reads("object"),
    "container-file-delete": edits("object", "operate"),
    # Fine-tuning
    "fine-tuning-jobs": reads("list"),
    "fine-tuning-jobs-refresh": edits("list", "read"),
    "fine-tuning-compare": edits("list", "read"),
    "fine-tuning-job-quote": reads("object", "operate"),
    "fine-tuning-job-check": changes("object", "operate"),
    "fine-tuning-job-upload": changes("object", "operate"),
    "grader-bench": edits("object", "operate"),
    "checkpoint": reads("object"),
    "checkpoint-live": reads("object"),
    "checkpoint-copy": changes("object", "operate"),
    "checkpoint-permit": changes("object", "operate"),
    "checkpoint-forbid": changes("object", "operate"),
    "fine-tuning-job-new": edits("object", "operate"),
    "fine-tuning-job": reads("object"),
    "fine-tuning-job-live": reads("object"),
    "fine-tuning-job-pause": changes("object", "operate"),
    "fine-tuning-job-resume": changes("object", "operate"),
    "fine-tuning-job-cancel": edits("object", "operate"),
    # Batches
    "batches": reads("list"),
    "batches-refresh": edits("list", "read"),
    "batches-cancel": edits("place", "operate"),
    "batch-new": edits("object", "operate"),
    "batch-new-template": edits("object", "operate"),
    "batch-draft": reads("object", "operate"),
    "batch-draft-start": changes("object", "operate"),
    "batch": reads("object"),
    "batch-live": reads("object"),
    "batch-cancel": edits("object", "operate"),
    "batch-results": reads("object"),
    "batch-results-read": changes("object", "read"),
    "batch-results-download": reads("object"),
    "batch-line": reads("object"),
    "batch-retry": edits("object", "operate"),
    # Evals
    "evals": reads("list"),
    "evals-refresh": edits("list", "read"),
    "evals-delete": edits("list", "operate"),
    "eval": reads("object"),
    "eval-live": reads("object"),
    "eval-delete": edits("object", "operate"),
    "eval-new": edits("object", "operate"),
    "eval-edit": edits("object", "operate"),
    "eval-compare": reads("object"),
    "eval-run-new": edits("object", "operate"),
    "eval-run": reads("object"),
    "eval-run-live": reads("object"),
    "eval-run-cancel": changes("object", "operate"),
    "eval-run-delete": edits("object", "operate"),
    "eval-items": reads("object"),
    "eval-item": reads("object"),
    # Responses
    "responses": reads("list"),
    "responses-delete": edits("list", "operate"),
    "response-open": reads("place"),
    "response-new": edits("object", "operate"),
    "response": reads("object"),
    "response-live": reads("object"),
    "response-events": reads("object"),
    "response-input": reads("object"),
    "response-thread": reads("object"),
    "response-cancel": changes("object", "operate"),
    "response-delete": edits("object", "operate"),
    # Conversations
    "conversations": reads("list"),
    "conversations-delete": edits("list", "operate"),
    "conversation-open": reads("place"),
    "conversation-new": edits("object", "operate"),
    "conversation": reads("object"),
    "conversation-items": reads("object"),
    "conversation-add": edits("object", "operate"),
    "conversation-edit": edits("object", "operate"),
    "conversation-delete": edits("object", "operate"),
    "conversation-item-delete": edits("object", "operate"),
    # Comparing
    "playground": reads("place"),
    "turns": changes("place", "operate"),
    "playground-choices": reads("list"),
    "comparisons": reads("list"),
    "comparison": reads("object"),
    "comparison-stream": reads("object"),
    "comparison-rename": changes("object", "operate", title="Another title"),
    "comparison-delete": changes("object", "operate"),
    "comparison-stop": changes("object", "operate"),
    "answer": reads("object"),
    "answer-stop": changes("object", "operate"),
    "answer-again": changes("object", "operate"),
    "answer-code": reads("object"),
    # Work
    "activity": reads("list"),
    "activity-tray": reads("list"),
    "job": reads("object"),
    "job-cancel": changes("object", "operate"),
    # Governance
    "audit": reads("place", "audit"),
    "audit-event": reads("place", "audit"),
    "audit-verify": changes("place", "audit"),
    # Accounts
    "people": reads("place", "admin"),
    "person-new": edits("place", "admin"),
    "person": edits("place", "admin", role="operator"),
    "person-disable": changes("place", "admin"),
    "person-enable": changes("place", "admin"),
    "person-link": changes("place", "admin"),
}

WRONG: dict[str, dict[str, str]] = {
    # Forms that refuse to be empty
    "connection-new": {},
    "connection-edit": {},
    "connection-credential": {},
    "connection-remove": {},
    "upload-new": {},
    "upload-begin": {},
    "file-check": {},
    "file-copy": {},
    "vector-store-new": {},
    "vector-store-edit": {},
    "vector-store-delete": {},
    "vector-store-search": {},
    "vector-store-golden": {},
    "golden-run-start": {},
    "vector-store-attach": {},
    "vector-store-upload": {},
    "stored-completion-edit": {},
    "container-new": {},
    "container-delete": {},
    "container-add": {},
    "checkpoint-copy": {},
    "checkpoint-permit": {},
    "fine-tuning-job-new": {},
    "fine-tuning-job-cancel": {},
    "batch-new": {},
    "batch-new-template": {},
    "batch-retry": {},
    "eval-new": {},
    "eval-edit": {},
    "eval-delete": {},
    "eval-run-new": {},
    "eval-run-delete": {},
    "response-new": {},
    "conversation-new": {},
    "conversation-add": {},
    "conversation-edit": {},
    "person-new": {},
    "person": {},
    "turns": {},
    "comparison-rename": {},
    # Forms that refuse something else
    "grader-bench": {"do": "run"},
    "vector-store-file-attributes": {"attributes": "team"},
}
"""What each form refuses, by the name of its URL; what takes a POST and is not here has no fields to be wrong."""
