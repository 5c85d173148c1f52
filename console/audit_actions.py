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
    "response.deleted": Action("data", "delete", "deleted the response {target} on {connection}"),
    "response.cancelled": Action("data", "update", "cancelled the response {target} on {connection}"),
    "model.deleted": Action("data", "delete", "deleted the model {target} on {connection}"),
    "file.uploaded": Action("data", "create", "uploaded the file {target} to {connection}"),
    "file.deleted": Action("data", "delete", "deleted the file {target} on {connection}"),
    "job.cancelled": Action("data", "update", "cancelled the job {target}"),
    "access.denied": Action("access", "read", "was refused {target}"),
    "audit.verified": Action("system", "read", "verified the audit chain"),
}
