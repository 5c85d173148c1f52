from console.v1 import evals
from console.v1.client import Target

CRITERION = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.label}}",
    "operation": "eq",
}
EVAL = {
    "object": "eval",
    "id": "eval_1",
    "name": "Tickets",
    "data_source_config": {"type": "custom", "schema": {"type": "object"}},
    "testing_criteria": [CRITERION],
    "created_at": 1741369938,
    "metadata": {"team": "support"},
}


def test_an_eval_is_read(client, upstream):
    upstream["GET /evals/eval_1"] = 200, EVAL

    found = evals.get(client, "eval_1")

    assert (found.name, found.source, found.schema) == ("Tickets", "custom", {"type": "object"})
    assert (found.criteria, found.metadata) == ((CRITERION,), {"team": "support"})


def test_every_call_carries_the_preview_header(client, upstream):
    upstream["GET /evals"] = 200, {"data": [EVAL], "has_more": False}
    upstream["DELETE /evals/eval_1"] = 200, {"object": "eval.deleted", "deleted": True}

    list(evals.pages(client))
    evals.delete(client, "eval_1")

    assert [each.headers["aoai-evals"] for each in upstream.requests] == ["preview", "preview"]


def test_the_list_can_be_ordered_by_its_changes(client, upstream):
    upstream["GET /evals"] = 200, {"data": [EVAL], "has_more": False}

    (page,) = evals.pages(client, order="desc", order_by="updated_at", after="eval_0")

    assert [each.id for each in page.rows] == ["eval_1"]
    assert upstream.requests[0].query == {
        "order": ["desc"],
        "order_by": ["updated_at"],
        "limit": ["100"],
        "after": ["eval_0"],
    }


def test_an_eval_is_made_without_the_member_that_only_the_specification_knows(client, upstream, recorder):
    upstream["POST /evals"] = 200, EVAL
    config = {"type": "custom", "item_schema": {"type": "object"}, "include_sample_schema": True}

    evals.create(
        client,
        evals.body(
            name="Tickets", data_source_config=config, testing_criteria=[CRITERION], metadata={"team": "x"}
        ),
    )

    assert upstream.requests[0].json() == {
        "name": "Tickets",
        "data_source_config": config,
        "testing_criteria": [CRITERION],
        "metadata": {"team": "x"},
    }
    assert recorder.events[0][1]["action"] == "eval.created"
    assert recorder.events[0][1]["target"] == Target("eval", "", "Tickets")


def test_an_eval_is_renamed(client, upstream, recorder):
    upstream["POST /evals/eval_1"] = 200, EVAL

    evals.update(client, "eval_1", evals.changes(name="Support tickets"), label="Tickets")

    assert upstream.requests[0].json() == {"name": "Support tickets"}
    assert recorder.events[0][1]["action"] == "eval.updated"


def test_deleting_an_eval_is_recorded(client, upstream, recorder):
    upstream["DELETE /evals/eval_1"] = 200, {"object": "eval.deleted", "deleted": True}

    assert evals.delete(client, "eval_1", label="Tickets") is True
    assert evals.delete(client, "eval_2") is False
    assert recorder.events[0][1]["target"] == Target("eval", "eval_1", "Tickets")
