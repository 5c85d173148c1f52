"""Triggers with which the database itself refuses to change audit events, or to turn the chain's head back.

A migration that alters one of the two tables on SQLite makes the table anew and so loses them: it must call
`install_triggers` again.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EVENTS, HEAD = "console_auditevent", "console_audithead"
REFUSAL = "audit events are never changed or deleted"

SQLITE = {
    "audit_event_no_update": f"BEFORE UPDATE ON {EVENTS}",
    "audit_event_no_delete": f"BEFORE DELETE ON {EVENTS}",
    "audit_head_no_delete": f"BEFORE DELETE ON {HEAD}",
    "audit_head_one_step": f"BEFORE UPDATE ON {HEAD} WHEN NEW.seq <> OLD.seq + 1",
}
POSTGRESQL = {
    "audit_event_no_change": (f"BEFORE UPDATE OR DELETE ON {EVENTS} FOR EACH ROW", EVENTS),
    "audit_event_no_truncate": (f"BEFORE TRUNCATE ON {EVENTS} FOR EACH STATEMENT", EVENTS),
    "audit_head_no_delete": (f"BEFORE DELETE ON {HEAD} FOR EACH ROW", HEAD),
    "audit_head_no_truncate": (f"BEFORE TRUNCATE ON {HEAD} FOR EACH STATEMENT", HEAD),
    "audit_head_one_step": (
        f"BEFORE UPDATE ON {HEAD} FOR EACH ROW WHEN (NEW.seq <> OLD.seq + 1)",
        HEAD,
    ),
}
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION console_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
"""


def install_triggers(editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers; those that exist already are made anew."""
    drop_triggers(editor)
    if editor.connection.vendor == "sqlite":
        for name, event in SQLITE.items():
            editor.execute(
                f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END", params=None
            )
    else:
        editor.execute(POSTGRESQL_FUNCTION, params=None)
        for name, (event, _) in POSTGRESQL.items():
            editor.execute(
                f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION console_audit_refuse()", params=None
            )


def drop_triggers(editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away: to undo the migration, and for tests, which empty their tables."""
    if editor.connection.vendor == "sqlite":
        for name in SQLITE:
            editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
    else:
        for name, (_, table) in POSTGRESQL.items():
            editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}", params=None)
