from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from console.outbound.errors import ProtocolError
from console.v1 import models
from console.v1.client import Target
from tests.v1.test_parse import JSON


def test_a_model_of_the_specification_is_read(client, upstream):
    upstream["GET /models"] = (
        200,
        {
            "object": "list",
            "data": [
                {"id": "gpt-4.1-2025-04-14", "object": "model", "created": 1744588800, "owned_by": "azure"}
            ],
        },
    )

    (model,) = models.list_models(client)

    assert (model.id, model.name, model.version) == ("gpt-4.1-2025-04-14", "gpt-4.1", "2025-04-14")
    assert (model.family, model.created) == ("gpt-4.1", datetime(2025, 4, 14, tzinfo=UTC))
    assert (model.retires, model.capabilities, model.lifecycle) == (None, frozenset(), "")


def test_the_extras_of_the_dated_route_are_read_when_they_are_there():
    model = models.parse_model(
        {
            "id": "gpt-4o-2024-08-06",
            "created_at": 1722902400,
            "status": "succeeded",
            "lifecycle_status": "generally-available",
            "capabilities": {"chat_completion": True, "fine_tune": True, "embeddings": False},
            "deprecation": {"inference": 1796860800, "fine_tune": 1788220800},
        }
    )

    assert model.capabilities == {"chat_completion", "fine_tune"}
    assert (model.retires, model.fine_tune_retires) == (date(2026, 12, 10), date(2026, 9, 1))
    assert (model.lifecycle, model.status) == ("generally-available", "succeeded")


def test_a_fine_tuned_model_is_known_by_its_id():
    model = models.parse_model({"id": "gpt-4.1-mini-2025-04-14.ft-0e208cf33a6a466994aff31a08aba678"})

    assert (model.is_fine_tuned, model.base_model, model.family) == (
        True,
        "gpt-4.1-mini-2025-04-14",
        "gpt-4.1",
    )


def test_deleting_a_model_is_recorded(client, upstream, recorder):
    upstream["DELETE /models/base.ft-1"] = 200, {"deleted": True}

    assert models.delete_model(client, "base.ft-1") is True
    assert recorder.events[0][1]["action"] == "model.deleted"
    assert recorder.events[0][1]["target"] == Target("model", "base.ft-1")


def test_one_model_is_asked_for_by_its_name(client, upstream):
    upstream["GET /models/gpt-4.1"] = 200, {"id": "gpt-4.1"}

    assert models.get_model(client, "gpt-4.1").id == "gpt-4.1"


@given(JSON)
def test_no_json_breaks_the_reader(value):
    with suppress(ProtocolError):
        assert models.parse_model(value).id


@pytest.mark.parametrize(
    ("name", "family", "modality", "reasons"),
    [
        ("gpt-5-mini-2025-08-07", "gpt-5", "text", True),
        ("gpt-5.6-sol", "gpt-5", "text", True),
        ("gpt-5-chat", "gpt-5", "text", False),
        ("gpt-4.1-nano", "gpt-4.1", "text", False),
        ("gpt-4o-mini", "gpt-4o", "text", False),
        ("gpt-35-turbo", "gpt-3.5", "text", False),
        ("gpt-oss-120b", "gpt-oss", "text", True),
        ("o4-mini", "o-series", "text", True),
        ("grok-4", "grok", "text", True),
        ("grok-4-fast-non-reasoning", "grok", "text", False),
        ("DeepSeek-V3.2", "deepseek", "text", True),
        ("DeepSeek-R1-0528", "deepseek", "text", True),
        ("DeepSeek-V3-0324", "deepseek", "text", False),
        ("Meta-Llama-3.1-8B-Instruct", "llama", "text", False),
        ("meta/llama-4-maverick", "llama", "text", False),
        ("Mistral-Large-3", "mistral", "text", False),
        ("Phi-4-reasoning", "phi", "text", True),
        ("text-embedding-3-large", "embedding", "embedding", False),
        ("gpt-image-1", "image", "image", False),
        ("gpt-4o-transcribe", "audio", "audio", False),
        ("gpt-realtime", "audio", "audio", False),
        ("whisper-001", "audio", "audio", False),
        ("sora-2", "video", "video", False),
        ("our-own-name", "other", "text", False),
        ("foo4o", "other", "text", False),
    ],
)
def test_a_name_tells_its_family(name, family, modality, reasons):
    found = models.family(name)

    assert (found.name, found.modality, found.reasons) == (family, modality, reasons)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gpt-5-mini-2025-08-07", ("gpt-5-mini", "2025-08-07")),
        ("gpt-35-turbo-0125", ("gpt-35-turbo", "0125")),
        ("gpt-5-mini", ("gpt-5-mini", "")),
    ],
)
def test_a_version_at_the_end_is_no_part_of_the_name(name, parts):
    assert models.plain_name(name) == parts
