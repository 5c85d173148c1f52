"""Starting containers, and putting files into them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.container_jobs import NewContainer
from console.forms.fields import choice, number, text
from console.forms.picked_files import PickedFilesForm
from console.forms.uploads import SMALL
from console.v1.containers import MEMORY

LONGEST_LIFE = 20
"""Minutes; the specification of 2026-01-28 names no limit, the service refuses more."""


class ContainerForm(PickedFilesForm):
    """A new container."""

    name = text("Name", 256)
    memory = choice(
        "Memory",
        [("", "What the service gives"), *((one, one.replace("g", " GB")) for one in MEMORY)],
        "More memory costs more.",
        required=False,
    )
    minutes = number(
        "Ends",
        1,
        LONGEST_LIFE,
        f"Minutes after its last use, 1 to {LONGEST_LIFE}. Empty: as the service has it.",
    )

    def asked(self) -> NewContainer:
        clean = self.cleaned_data
        return NewContainer(
            key=clean["key"],
            name=clean["name"],
            memory=clean["memory"],
            minutes=clean["minutes"],
            file_ids=clean["wanted"],
        )


class AddFilesForm(PickedFilesForm):
    """Files for a container that there is: those of the resource, or one from this computer."""

    file = forms.FileField(
        label="Or a file from this computer",
        required=False,
        help_text="Up to 2 MiB; larger ones go by way of Files.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > SMALL:
            raise ValidationError("It has more than 2 MiB. Upload it to Files first, then pick it here.")
        return file

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if "file" not in self.errors and bool(clean["wanted"]) == bool(clean.get("file")):
            raise ValidationError(
                "Pick files of the resource, or choose one from this computer; not both, not none."
            )
        return clean
