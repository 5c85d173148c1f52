"""The code beside a form follows what the form says: the card asks for it at each change, and nothing else happens."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from console.views.code import Sample

ASKS = "code"
"""What `do` says then, as it says a step elsewhere."""


def is_asked(request: HttpRequest) -> bool:
    """Whether a form was sent for its code alone: it must have no effect then."""
    return request.method == "POST" and request.POST.get("do") == ASKS


def files(request: HttpRequest) -> MultiValueDict[str, Any]:
    """For the file that was chosen, whose name alone is sent, one of that name with a byte in it."""
    name = request.POST.get("file")
    return MultiValueDict({"file": [SimpleUploadedFile(name, b"-")]} if name else {})


def answered(request: HttpRequest, samples: Sequence[Sample] | None) -> HttpResponse:
    """What the card shows; None, of a form that is not complete, leaves it as it is."""
    if samples is None:
        return HttpResponse(status=204)
    return render(request, "components/_samples.html#code", {"samples": samples})
