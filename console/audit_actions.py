"""The catalogue of audit actions: what each is called, its category, its operation and its sentence (docs/audit.md)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """`sentence` follows the actor's name; `{target}` and `{connection}` are filled in."""

    category: str
    operation: str
    sentence: str


ACTIONS: dict[str, Action] = {
    "auth.login": Action("auth", "execute", "signed in"),
    "auth.login_failed": Action("auth", "execute", "failed to sign in as {target}"),
    "auth.logout": Action("auth", "execute", "signed out"),
    "auth.password_changed": Action("auth", "update", "changed their password"),
    "user.created": Action("admin", "create", "created the account {target}"),
    "user.role_changed": Action("admin", "update", "changed the role of {target}"),
    "user.disabled": Action("admin", "update", "disabled the account {target}"),
    "user.enabled": Action("admin", "update", "enabled the account {target}"),
    "user.sign_in_link": Action("auth", "create", "made a one-time sign-in link for {target}"),
    "connection.created": Action("config", "create", "added the connection {target}"),
    "connection.updated": Action("config", "update", "changed the connection {target}"),
    "connection.credential_set": Action("config", "update", "set the credential of {target}"),
    "connection.credential_rotated": Action("config", "update", "replaced the credential of {target}"),
    "connection.host_changed": Action("config", "update", "changed the host of {target}"),
    "connection.paused": Action("config", "update", "paused the connection {target}"),
    "connection.resumed": Action("config", "update", "resumed the connection {target}"),
    "connection.removed": Action("config", "delete", "removed the connection {target}"),
    "connection.tested": Action("access", "execute", "tested the connection {target}"),
    "connection.probed": Action("access", "execute", "checked the API support of {target}"),
    "encryption.rotated": Action("system", "update", "encrypted all secrets with the newest key"),
    "run.answer": Action("run", "execute", "asked {target} on {connection}"),
    "comparison.created": Action("data", "create", "started the comparison {target}"),
    "comparison.renamed": Action("data", "update", "renamed the comparison {target}"),
    "comparison.deleted": Action("data", "delete", "deleted the comparison {target}"),
    "response.created": Action("run", "execute", "asked {target} on {connection} in the background"),
    "response.deleted": Action("data", "delete", "deleted the response {target} on {connection}"),
    "response.cancelled": Action("data", "update", "cancelled the response {target} on {connection}"),
    "model.deleted": Action("data", "delete", "deleted the model {target} on {connection}"),
    "file.uploaded": Action("data", "create", "uploaded the file {target} to {connection}"),
    "file.downloaded": Action("data", "export", "downloaded the file {target} of {connection}"),
    "file.deleted": Action("data", "delete", "deleted the file {target} on {connection}"),
    "vector_store.created": Action("data", "create", "created the vector store {target} on {connection}"),
    "vector_store.updated": Action("data", "update", "changed the vector store {target} on {connection}"),
    "vector_store.deleted": Action("data", "delete", "deleted the vector store {target} on {connection}"),
    "vector_store.searched": Action("run", "execute", "searched the vector store {target} on {connection}"),
    "vector_store_file.attached": Action(
        "data", "create", "attached a file to the vector store {target} on {connection}"
    ),
    "vector_store_file.updated": Action(
        "data", "update", "changed the attributes of the file {target} in a vector store on {connection}"
    ),
    "vector_store_file.detached": Action(
        "data", "delete", "detached the file {target} from a vector store on {connection}"
    ),
    "vector_store_batch.created": Action(
        "data", "create", "attached files to the vector store {target} on {connection}"
    ),
    "vector_store_batch.cancelled": Action(
        "data", "update", "stopped attaching the files of {target} on {connection}"
    ),
    "fine_tuning_job.created": Action(
        "data", "create", "started the fine-tuning job {target} on {connection}"
    ),
    "fine_tuning_job.cancelled": Action(
        "data", "update", "cancelled the fine-tuning job {target} on {connection}"
    ),
    "fine_tuning_job.paused": Action("data", "update", "paused the fine-tuning job {target} on {connection}"),
    "fine_tuning_job.resumed": Action(
        "data", "update", "resumed the fine-tuning job {target} on {connection}"
    ),
    "checkpoint.copied": Action(
        "data", "create", "copied the checkpoint {target} of {connection} to another resource"
    ),
    "checkpoint_permission.created": Action(
        "data", "create", "let projects use the checkpoint {target} on {connection}"
    ),
    "checkpoint_permission.deleted": Action(
        "data", "delete", "took back a permission for the checkpoint {target} on {connection}"
    ),
    "grader.run": Action("run", "execute", "tried the grader {target} on {connection}"),
    "grader.validated": Action("run", "execute", "checked the grader {target} on {connection}"),
    "batch.created": Action("data", "create", "started the batch {target} on {connection}"),
    "batch.downloaded": Action(
        "data", "export", "downloaded the results of the batch {target} on {connection}"
    ),
    "batch.cancelled": Action("data", "update", "cancelled the batch {target} on {connection}"),
    "eval.created": Action("data", "create", "created the eval {target} on {connection}"),
    "eval.updated": Action("data", "update", "changed the eval {target} on {connection}"),
    "eval.deleted": Action("data", "delete", "deleted the eval {target} on {connection}"),
    "eval_run.created": Action("run", "execute", "ran the eval {target} on {connection}"),
    "eval_run.cancelled": Action("data", "update", "cancelled the run {target} of an eval on {connection}"),
    "eval_run.deleted": Action("data", "delete", "deleted the run {target} of an eval on {connection}"),
    "conversation.created": Action("data", "create", "began a conversation on {connection}"),
    "conversation.updated": Action(
        "data", "update", "changed the metadata of the conversation {target} on {connection}"
    ),
    "conversation.deleted": Action("data", "delete", "deleted the conversation {target} on {connection}"),
    "conversation_item.created": Action(
        "data", "create", "added to the conversation {target} on {connection}"
    ),
    "conversation_item.deleted": Action(
        "data", "delete", "deleted an item of the conversation {target} on {connection}"
    ),
    "container.created": Action("data", "create", "started the container {target} on {connection}"),
    "container.deleted": Action("data", "delete", "deleted the container {target} on {connection}"),
    "container_file.created": Action("data", "create", "put {target} into a container on {connection}"),
    "container_file.downloaded": Action(
        "data", "export", "downloaded {target} out of a container on {connection}"
    ),
    "container_file.deleted": Action(
        "data", "delete", "deleted the file {target} of a container on {connection}"
    ),
    "stored_completion.updated": Action(
        "data", "update", "changed the metadata of the stored completion {target} on {connection}"
    ),
    "stored_completion.deleted": Action(
        "data", "delete", "deleted the stored completion {target} on {connection}"
    ),
    "golden_query.added": Action("data", "create", "saved a golden query for the vector store {target}"),
    "golden_query.removed": Action("data", "delete", "deleted a golden query of the vector store {target}"),
    "golden_run.started": Action("run", "execute", "ran the golden queries of the vector store {target}"),
    "job.cancelled": Action("data", "update", "cancelled the job {target}"),
    "access.denied": Action("access", "read", "was refused {target}"),
    "audit.verified": Action("system", "read", "verified the audit chain"),
}
