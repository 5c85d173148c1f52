"""Routes against the published specification: the list beside this file names its source and licence."""

import json
import re
from pathlib import Path

import pytest

from console.v1.routes import ROUTES, groups_of, preview_headers, preview_query, route

SPEC = json.loads((Path(__file__).parent / "operations-2026-01-28.json").read_text())["operations"]


def test_every_operation_of_the_specification_is_a_route_and_no_other_claims_to_be():
    ours = {(each.operation, each.method, each.path) for each in ROUTES if each.operation}

    assert ours == {tuple(operation) for operation in SPEC}
    assert len(ours) == 106


def test_no_two_routes_share_a_name_or_an_operation():
    assert len({each.name for each in ROUTES}) == len(ROUTES)
    assert len({(each.method, each.path) for each in ROUTES}) == len(ROUTES)


def test_the_ten_rows_of_the_support_table_have_their_status_and_header():
    rows = {
        re.sub(r"/(jobs|graders/validate)$", "/", each.path): (each.status, each.header)
        for each in ROUTES
        if each.seed
    }

    copy = "/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints/{fine_tuning_checkpoint_id}/copy"
    assert rows == {
        "/chat/completions": ("ga", None),
        "/embeddings": ("ga", None),
        "/evals": ("preview", ("aoai-evals", "preview")),
        "/files": ("ga", None),
        copy: ("preview", ("aoai-copy-ft-checkpoints", "preview")),
        "/fine_tuning/alpha/": ("preview", None),
        "/fine_tuning/": ("ga", None),
        "/models": ("ga", None),
        "/responses": ("ga", None),
        "/vector_stores": ("ga", None),
    }


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/evals", {"aoai-evals": "preview"}),
        ("GET", "/evals/e1/runs/r1/output_items/i1", {"aoai-evals": "preview"}),
        ("GET", "/evals/e1/something/new", {"aoai-evals": "preview"}),
        ("POST", "/fine_tuning/jobs/j1/checkpoints/c1/copy", {"aoai-copy-ft-checkpoints": "preview"}),
        ("GET", "/fine_tuning/jobs/j1/checkpoints", {}),
        ("POST", "/fine_tuning/alpha/graders/run", {}),
        ("GET", "/files/evals", {}),
        ("GET", "/nothing/we/know", {}),
    ],
)
def test_the_most_specific_path_decides_on_the_preview_header(method, path, headers):
    assert preview_headers(method, path) == headers


def test_audio_images_and_video_ask_for_the_preview_version():
    assert preview_query("POST", "/images/generations") == {"api-version": "preview"}
    assert preview_query("POST", "/chat/completions") == {}


def test_a_route_without_a_probe_says_why():
    assert [each.name for each in ROUTES if each.probe is None and not each.note] == []


def test_nothing_that_an_empty_request_would_create_is_probed():
    """These have no required parameter in the specification."""
    names = ["vector_stores.create", "conversations.create", "threads.create", "realtime.secrets.create"]

    assert [route(name).probe for name in names] == [None] * 4


def test_probes_of_objects_ask_for_one_that_cannot_exist():
    probed = [each for each in ROUTES if each.probe is not None and "{" in each.path]

    assert {each.probe.kind for each in probed} == {"absent"}


def test_providers_have_their_own_parts_of_the_api():
    assert groups_of("deepseek") == {"chat", "models"}
    assert "files" in groups_of("azure")
    assert groups_of("simulator") == groups_of("azure")
    assert groups_of("somebody new") == groups_of("custom")
