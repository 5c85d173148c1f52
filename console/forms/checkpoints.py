"""Copying a checkpoint to another resource, and letting projects use one."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from console.forms.connection_choices import by_slug
from console.forms.fields import choice, plain
from console.forms.keyed import KeyedForm
from console.models import Connection
from console.training.copying import NewCopy, NewPermissions
from console.words import region_name

ACCOUNT = re.compile(
    r"/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/Microsoft\.CognitiveServices/accounts/[^/\s]+",
    re.IGNORECASE,
)
OTHER = "other"
MOST_PROJECTS = 100


class CopyForm(KeyedForm):
    """A destination: a connection whose ARM id the console knows, or a resource that is typed."""

    place = choice("To")
    resource = plain(
        "ARM id", 400, "/subscriptions/…/resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/…"
    )
    region = plain("Region", 60, "As Azure calls it: swedencentral.")

    def __init__(self, *args: Any, connections: Iterable[Connection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = by_slug(connections)
        known = [(slug, f"{one.label}, {region_name(one.region)}") for slug, one in self.places.items()]
        self.fields["place"].choices = [*known, (OTHER, "Another resource, by its ARM id")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if place := self.places.get(clean.get("place", "")):
            clean |= {"resource": place.account_id, "region": place.region, "called": place.name}
        elif clean.get("place") == OTHER:
            if not ACCOUNT.fullmatch(clean.get("resource", "")):
                self.add_error("resource", "This is not the ARM id of an Azure OpenAI resource.")
            if not clean.get("region"):
                self.add_error("region", "The region of the resource is asked for too.")
            clean["called"] = clean.get("resource", "").rpartition("/")[2]
        clean["region"] = clean.get("region", "").replace(" ", "").lower()
        return clean

    def asked(self, job_id: str, checkpoint_id: str) -> NewCopy:
        clean = self.cleaned_data
        return NewCopy(
            key=clean["key"],
            job=job_id,
            checkpoint=checkpoint_id,
            resource=clean["resource"],
            region=clean["region"],
            place=clean["called"],
        )


class PermitForm(KeyedForm):
    """Projects that may use a checkpoint."""

    projects = plain("Project ids", 8000, "One, or several separated by spaces.", required=True)

    def clean_projects(self) -> list[str]:
        projects = list(dict.fromkeys(self.cleaned_data["projects"].replace(",", " ").split()))
        if len(projects) > MOST_PROJECTS:
            raise ValidationError(f"At most {MOST_PROJECTS} projects at once.")
        return projects

    def asked(self, job_id: str, checkpoint_id: str, model: str) -> NewPermissions:
        clean = self.cleaned_data
        return NewPermissions(clean["key"], job_id, checkpoint_id, model, clean["projects"])
