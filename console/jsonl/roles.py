"""Who speaks in a message, also where the role is written in a way that has one meaning only."""

from typing import Any

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
ALIASES = {
    "ai": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "human": "user",
}


def role_of(message: Any) -> str:
    """Return the role that a message has or clearly means, "" for none."""
    role = message.get("role") if isinstance(message, dict) else None
    if not isinstance(role, str):
        return ""
    if role in ROLES:
        return role
    plain = role.strip().lower()
    return plain if plain in ROLES else ALIASES.get(plain, "")
