"""Creating and changing vector stores, and adding files to them."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.forms.fields import PAIRS_HINT, area, choice, number, text
from console.forms.keyed import KeyedForm
from console.forms.metadata import MetadataForm, checked_metadata
from console.forms.pairs import scalars
from console.forms.picked_files import PickedFilesForm
from console.forms.uploads import small
from console.models import Upload
from console.models.seen import canonical
from console.retrieval.work import NewFiles, NewStore
from console.v1 import vector_store_files, vector_stores
from console.v1.vector_store_files import LARGEST_BATCH
from console.v1.vector_stores import LONGEST_LIFE, VectorStore

DAYS_HINT = f"Days after its last use, 1 to {LONGEST_LIFE}. Empty: it stays until it is deleted."
SMALLEST_CHUNK, LARGEST_CHUNK = 100, 4096


class CutForm(forms.Form):
    """How files are cut into chunks."""

    chunking = choice(
        "Chunking",
        [("auto", "Automatic"), ("static", "Sizes of my own")],
        "Automatic cuts into 800 tokens that overlap by 400.",
        initial="auto",
    )
    size = number("Tokens a chunk", SMALLEST_CHUNK, LARGEST_CHUNK)
    overlap = number("Overlap in tokens", 0, LARGEST_CHUNK // 2, "At most half of a chunk.")

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if clean.get("chunking") == "static":
            self.check_sizes(clean)
        return clean

    def check_sizes(self, clean: dict[str, Any]) -> None:
        size, overlap = clean.get("size"), clean.get("overlap")
        for name in ("size", "overlap"):
            if clean.get(name) is None and name not in self.errors:
                self.add_error(name, "Sizes of your own need this one.")
        if size is not None and overlap is not None and overlap * 2 > size:
            self.add_error("overlap", f"At most half of a chunk: {size // 2}.")

    @property
    def cut(self) -> dict[str, Any] | None:
        """How files are to be cut, None for what the service does by itself."""
        clean = self.cleaned_data
        if clean["chunking"] != "static":
            return None
        return {"type": "static", "size": clean["size"], "overlap": clean["overlap"]}


class FilesForm(PickedFilesForm, CutForm):
    """Files by their ids, picked or typed, and how they are cut."""

    most = LARGEST_BATCH


class StoreForm(FilesForm):
    """A new store."""

    name = text("Name", 256)
    description = text("Description", 512, required=False)
    days = number("Expires", 1, LONGEST_LIFE, DAYS_HINT)
    metadata = area("Metadata", PAIRS_HINT)

    def clean_metadata(self) -> dict[str, str]:
        return checked_metadata(self.cleaned_data["metadata"])

    def asked(self) -> NewStore:
        clean = self.cleaned_data
        return NewStore(
            key=clean["key"],
            name=clean["name"],
            description=clean["description"],
            days=clean["days"],
            file_ids=clean["wanted"],
            chunking=self.cut,
            metadata=clean["metadata"],
        )


class AttachForm(FilesForm):
    """Files for a store that there is, with attributes to filter by."""

    attributes = area("Attributes", f"{PAIRS_HINT} Numbers and true or false are kept as such.")

    def clean_attributes(self) -> dict[str, Any]:
        return scalars(self.cleaned_data["attributes"])

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not clean["wanted"]:
            raise ValidationError("Pick a file, or type the id of one.")
        return clean

    def asked(self) -> NewFiles:
        clean = self.cleaned_data
        return NewFiles(
            key=clean["key"], file_ids=clean["wanted"], attributes=clean["attributes"], chunking=self.cut
        )


class UploadedForm(KeyedForm, CutForm):
    """Uploads that wait in the spool for a store, and one more in the form itself, for browsers without scripts."""

    uploads = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    file = forms.FileField(label="File", required=False, help_text="Up to 2 MiB in this way.")
    attributes = area("Attributes", f"{PAIRS_HINT} Numbers and true or false are kept as such.")

    def __init__(self, *args: Any, waiting: Iterable[Upload], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = {str(one.pk): one for one in waiting}
        self.fields["uploads"].choices = [(key, one.name) for key, one in self.waiting.items()]  # type: ignore[attr-defined]

    def clean_attributes(self) -> dict[str, Any]:
        return scalars(self.cleaned_data["attributes"])

    def clean_file(self) -> Any:
        return small(self.cleaned_data["file"])

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not clean.get("uploads") and not clean.get("file") and not self.errors:
            raise ValidationError("Choose a file, and wait until it has arrived.")
        if len(clean.get("uploads", [])) > LARGEST_BATCH:
            self.add_error(None, f"At most {LARGEST_BATCH} files at once.")
        return clean


class EditForm(MetadataForm):
    """Name, life and metadata of a store."""

    name = text("Name", 256)
    days = number("Expires", 1, LONGEST_LIFE)
    field_order: Iterable[str] = ("seen", "name", "days", "metadata")

    def __init__(self, *args: Any, store: VectorStore, **kwargs: Any) -> None:
        others = {"name": store.name, "days": store.days}
        super().__init__(*args, stored=store.metadata, others=others, **kwargs)
        had = "It can be changed, not taken away." if store.days else "Empty: it stays until it is deleted."
        self.fields["days"].help_text = f"Days after its last use, 1 to {LONGEST_LIFE}. {had}"
        self.fields["days"].required = store.days is not None

    def body(self) -> dict[str, Any]:
        clean = self.cleaned_data
        return vector_stores.changes(name=clean["name"], days=clean["days"], metadata=self.metadata_to_send)


class AttributesForm(forms.Form):
    """The attributes of one file in a store; `seen` are those that the page showed."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    attributes = area("Attributes", f"{PAIRS_HINT} Numbers and true or false are kept as such.")

    def clean_attributes(self) -> dict[str, Any]:
        return scalars(self.cleaned_data["attributes"])

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        return vector_store_files.changes(self.cleaned_data["attributes"])


def attributes_seen(attributes: Mapping[str, Any]) -> str:
    """A digest of a file's attributes: equal as long as nobody changed them."""
    return hashlib.sha256(canonical(dict(attributes)).encode()).hexdigest()
