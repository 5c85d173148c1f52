"""Beginning a conversation, and adding to one."""

from typing import Any

from django.core.exceptions import ValidationError

from console.forms.fields import PAIRS_HINT, area, choice
from console.forms.keyed import KeyedForm
from console.forms.pairs import pairs
from console.forms.typed_json import value_of
from console.responses.work import NewConversation

MOST_ITEMS = 20
ROLES = ("user", "assistant", "developer", "system")
ITEMS_HINT = (
    "For experts: a JSON array of items as the API takes them, at most twenty. They come after the message."
)


class ItemsForm(KeyedForm):
    """A message, or items as JSON, or both."""

    role = choice("Says", [(one, one.capitalize()) for one in ROLES])
    text = area("Message", "", rows=4)
    items = area("Items as JSON", ITEMS_HINT)
    needs_items = True

    def clean_items(self) -> list[dict[str, Any]]:
        text = self.cleaned_data["items"].strip()
        if not text:
            return []
        try:
            found = value_of(text)
        except ValueError as error:
            raise ValidationError(f"This is not JSON: {error}.") from None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ValidationError("Write an array of objects: [{…}, {…}].")
        return found

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        clean["wanted"] = [*self.message(clean), *clean.get("items", [])]
        if len(clean["wanted"]) > MOST_ITEMS:
            self.add_error("items", f"At most {MOST_ITEMS} items at once.")
        elif self.needs_items and not clean["wanted"] and not self.errors:
            self.add_error("text", "Write a message, or items.")
        return clean

    def message(self, clean: dict[str, Any]) -> list[dict[str, Any]]:
        if not clean.get("text"):
            return []
        return [{"type": "message", "role": clean.get("role", "user"), "content": clean["text"]}]


class ConversationForm(ItemsForm):
    """A new conversation; it may be empty."""

    metadata = area("Metadata", f"{PAIRS_HINT} A “title” is what the console calls it.")
    needs_items = False

    def clean_metadata(self) -> dict[str, str]:
        return pairs(self.cleaned_data["metadata"])

    def asked(self) -> NewConversation:
        clean = self.cleaned_data
        return NewConversation(key=clean["key"], items=clean["wanted"], metadata=clean["metadata"])
