from console.v1 import checkpoints
from console.v1.checkpoints import Destination
from console.v1.client import Target

RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/other"
COPY = {
    "checkpointedModelName": "gpt-4.1-mini.ft-1",
    "fineTuningJobId": "ftjob-1",
    "copiedAccountDetails": [
        {"destinationResourceId": RESOURCE, "region": "swedencentral", "status": "InProgress"}
    ],
}
PERMISSION = {
    "id": "cp_1",
    "object": "checkpoint.permission",
    "created_at": 1741369938,
    "project_id": "proj_1",
}
PATH = "/fine_tuning/jobs/ftjob-1/checkpoints/ftckpt-1/copy"


def test_a_checkpoint_is_copied_with_the_preview_header(client, upstream, recorder):
    upstream[f"POST {PATH}"] = 200, COPY

    asked = checkpoints.copy_body(resource=RESOURCE, region="swedencentral")
    copy = checkpoints.copy(client, "ftjob-1", "ftckpt-1", asked)

    (request,) = upstream.requests
    assert request.json() == {"destinationResourceId": RESOURCE, "region": "swedencentral"}
    assert request.headers["aoai-copy-ft-checkpoints"] == "preview"
    assert copy.destinations == (Destination(RESOURCE, "swedencentral", "in_progress"),)
    assert copy.has_ended is False
    assert recorder.events[0][1]["action"] == "checkpoint.copied"
    assert recorder.events[0][1]["target"] == Target("checkpoint", "ftckpt-1")


def test_a_copy_is_followed_with_the_preview_header(client, upstream):
    done = {**COPY["copiedAccountDetails"][0], "status": "Completed"}
    upstream[f"GET {PATH}"] = 200, {**COPY, "copiedAccountDetails": [done]}

    copy = checkpoints.get_copy(client, "ftjob-1", "ftckpt-1")

    assert upstream.requests[0].headers["aoai-copy-ft-checkpoints"] == "preview"
    assert (copy.model, copy.has_ended) == ("gpt-4.1-mini.ft-1", True)


def test_permissions_are_listed_in_their_own_words_for_order(client, upstream):
    upstream["GET /fine_tuning/checkpoints/gpt-4.1-mini.ft-1/permissions"] = (
        200,
        {"object": "list", "data": [PERMISSION], "has_more": False},
    )

    (page,) = checkpoints.permission_pages(client, "gpt-4.1-mini.ft-1", project="proj_1", order="ascending")

    assert [each.project for each in page.rows] == ["proj_1"]
    assert upstream.requests[0].query == {
        "project_id": ["proj_1"],
        "order": ["ascending"],
        "limit": ["100"],
    }


def test_a_permission_is_given_and_taken_back(client, upstream, recorder):
    path = "/fine_tuning/checkpoints/gpt-4.1-mini.ft-1:ckpt-step-80/permissions"
    upstream[f"POST {path}"] = 200, {"object": "list", "data": [PERMISSION, {}], "has_more": False}
    upstream[f"DELETE {path}/cp_1"] = 200, {"id": "cp_1", "deleted": True}
    model = "gpt-4.1-mini.ft-1:ckpt-step-80"

    (permission,) = checkpoints.permit(client, model, ["proj_1"])

    assert upstream.requests[0].json() == {"project_ids": ["proj_1"]}
    assert checkpoints.forbid(client, model, permission.id) is True
    assert [facts["action"] for name, facts in recorder.events if name == "intent"] == [
        "checkpoint_permission.created",
        "checkpoint_permission.deleted",
    ]
