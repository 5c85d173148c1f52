"""Responses: the list, one of them and how it is now, its input and its thread, cancelling and deleting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.index import following, responses
from console.index.origins import Origin
from console.models import AuditEvent, Comparison, Item, Job
from console.models.seen import Seen
from console.v1.responses import parse_response
from tests.upstream import Script

JSON = {"accept": "application/json"}
HTMX = {"HX-Request": "true", "HX-Target": "live"}
URL = "/c/prod/responses/resp_2/"
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [
        {
            "type": "output_text",
            "text": "It **rains**.",
            "annotations": [
                {"type": "url_citation", "title": "Weather", "url": "https://weather.test/today"},
                {"type": "url_citation", "title": "Trap", "url": "javascript:alert(1)"},
            ],
        }
    ],
}
FIRST = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "model": "gpt-5-mini",
    "created_at": 1760000000,
    "completed_at": 1760000009,
    "output": [MESSAGE],
    "usage": {"input_tokens": 10, "output_tokens": 20},
}
SECOND = {**FIRST, "id": "resp_2", "created_at": 1760000100, "previous_response_id": "resp_1"}
RUNNING = {
    **SECOND,
    "status": "in_progress",
    "background": True,
    "output": [],
    "usage": None,
    "completed_at": None,
}
MISSING = 404, {"error": {"message": "Response with id 'resp_2' not found."}}


def met(connection, raw, **origin) -> Item:
    return responses.remember(connection, parse_response(raw), Origin(**origin))


@pytest.fixture
def known(connection) -> Item:
    """Two responses, the second following the first, met a day ago."""
    met(connection, FIRST, title="Weather?", way="playground", by="alice", deployment="mini")
    met(connection, SECOND, title="And tomorrow?")
    Item.objects.update(first_seen_at=timezone.now() - timedelta(days=1))
    return Item.objects.get(remote_id="resp_2")


@pytest.fixture
def operating(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def reading(client, bob):
    client.force_login(bob)
    return client


def test_the_list_shows_the_newest_first_and_asks_nobody(reading, known, upstream):
    response = reading.get("/responses/")

    assert [row.item.remote_id for row in response.context["rows"]] == ["resp_2", "resp_1"]
    assert "The API has no list of these" in response.text
    assert upstream.hits == 0


def test_the_list_is_narrowed_by_model_state_and_maker(reading, known, connection):
    met(connection, {**RUNNING, "id": "resp_3", "model": "o4-mini"}, way="background")

    for query, ids in (
        ("family=o4-mini", ["resp_3"]),
        ("status=completed&q=weather", ["resp_1"]),
        ("way=playground", ["resp_1"]),
        ("kind=background", ["resp_3"]),
    ):
        rows = reading.get(f"/responses/?{query}").context["rows"]
        assert [row.item.remote_id for row in rows] == ids, query


def test_a_response_goes_on_where_it_belongs(operating, known, connection, upstream):
    met(connection, {**FIRST, "id": "resp_talk", "conversation": {"id": "conv_1"}}, deployment="mini")

    chained = operating.get(URL).text
    spoken = operating.get("/c/prod/responses/resp_talk/").text

    assert 'href="/c/prod/responses/new/?previous=resp_2&amp;model=gpt-5-mini"' in chained
    assert 'href="/c/prod/responses/new/?conversation=conv_1&amp;model=mini"' in spoken
    assert "previous=resp_talk" not in spoken


def test_going_on_asks_a_deployment_of_the_model_that_answered(operating, known, connection):
    met(connection, {**SECOND, "model": "gpt-5-mini-2025-08-07"})
    of_model = {"labels": frozenset({"model:gpt-5-mini"})}
    batches = {"labels": frozenset({"model:gpt-5-mini", "sku:GlobalBatch"})}
    seen = [
        Seen("a-batch", "a-batch", {}, **batches),
        Seen("b-mini", "b-mini", {}, **of_model),
        Seen("a-other", "a-other", {}),
    ]
    Item.objects.take_in(connection.pk, "deployment", seen)

    assert "previous=resp_2&amp;model=b-mini" in operating.get(URL).text


def test_htmx_gets_the_table_alone(reading, known):
    response = reading.get("/responses/?q=tomorrow", headers={"HX-Request": "true", "HX-Target": "table"})

    assert "<html" not in response.text
    assert "resp_2" in response.text
    assert "resp_1" not in response.text


def test_the_list_answers_json(reading, known):
    told = reading.get("/responses/", headers=JSON).json()

    assert [(one["id"], one["title"], one["made_by"]) for one in told["data"]] == [
        ("resp_2", "And tomorrow?", ""),
        ("resp_1", "Weather?", "alice"),
    ]


def test_reading_a_connection_again_marks_no_response_gone(operating, known, connection, upstream):
    operating.post("/c/prod/refresh/")

    assert Item.objects.present().filter(kind="response").count() == 2


def test_a_page_shows_output_citations_and_cost_and_asks_nobody(reading, known, upstream):
    page = reading.get(URL).text

    assert "<strong>rains</strong>" in page
    assert 'href="https://weather.test/today"' in page
    assert "javascript:alert" not in page.replace("&quot;", "").split("Raw JSON")[0]
    assert "10 in, 20 out" in page
    assert upstream.hits == 0


def test_a_response_answers_json(reading, known):
    told = reading.get(URL, headers=JSON).json()

    assert (told["text"], told["previous_response_id"]) == ("It **rains**.", "resp_1")
    assert told["raw"]["id"] == "resp_2"


@pytest.mark.parametrize(
    "item",
    [
        {"type": "reasoning", "id": "i", "summary": [{"type": "summary_text", "text": "SEEN"}]},
        {"type": "function_call", "id": "i", "name": "SEEN", "arguments": '{"city": "Oslo"}', "call_id": "c"},
        {"type": "file_search_call", "id": "i", "queries": ["q"], "results": [{"filename": "SEEN"}]},
        {"type": "web_search_call", "id": "i", "action": {"type": "search", "query": "SEEN"}},
        {"type": "code_interpreter_call", "id": "i", "code": "SEEN", "outputs": [{"logs": "1"}]},
        {"type": "image_generation_call", "id": "i", "revised_prompt": "SEEN", "result": "aGk="},
        {"type": "mcp_call", "id": "i", "server_label": "s", "name": "SEEN", "arguments": "{}"},
        {"type": "mcp_list_tools", "id": "i", "server_label": "s", "tools": [{"name": "SEEN"}]},
        {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "refusal", "refusal": "SEEN"}]},
        {"type": "telepathy_call", "id": "i", "thought": "SEEN"},
        {"type": "function_call", "id": "i", "name": ["odd"], "arguments": {"a": "SEEN"}},
    ],
    ids=lambda item: item["type"],
)  # fmt: skip
def test_every_kind_of_item_is_shown(reading, connection, item):
    met(connection, {**FIRST, "output": [item]})

    page = reading.get("/c/prod/responses/resp_1/").text

    assert "SEEN" in page.split('id="raw-title"')[0]


def test_a_failed_response_says_why(reading, connection):
    met(connection, {**FIRST, "status": "failed", "error": {"code": "server_error", "message": "It broke."}})

    assert "It broke." in reading.get("/c/prod/responses/resp_1/").text


def test_an_incomplete_response_says_why(reading, connection):
    met(
        connection,
        {**FIRST, "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
    )

    page = reading.get("/c/prod/responses/resp_1/").text
    assert "Incomplete: max_output_tokens" in page
    assert "The answer was cut at its token limit." in page


def test_looking_again_takes_in_what_has_changed(reading, known, upstream):
    upstream["GET /responses/resp_2"] = 200, {**SECOND, "metadata": {"team": "sales"}}

    response = reading.get(f"{URL}live/", headers=HTMX)

    assert "hx-trigger" not in response.text
    assert "sales" in response.text
    assert Item.objects.get(remote_id="resp_2").name == "And tomorrow?"


def test_a_new_response_that_is_not_there_yet_is_asked_for_again(reading, connection, upstream):
    met(connection, SECOND)
    upstream["GET /responses/resp_2"] = MISSING

    part = reading.get(f"{URL}live/", headers=HTMX).text

    assert "Not there yet" in part
    assert 'hx-trigger="every 3s"' in part
    assert Item.objects.get(remote_id="resp_2").gone_at is None


def test_after_its_time_to_settle_it_counts_as_gone(reading, known, upstream):
    upstream["GET /responses/resp_2"] = MISSING

    part = reading.get(f"{URL}live/", headers=HTMX).text

    assert "The resource does not have it" in part
    assert "hx-trigger" not in part
    assert Item.objects.get(remote_id="resp_2").gone_at is not None


def test_a_response_that_ended_just_now_may_be_missing(reading, known, connection, upstream):
    met(connection, {**SECOND, "completed_at": timezone.now().timestamp() - 5})
    upstream["GET /responses/resp_2"] = MISSING

    assert "Not there yet" in reading.get(f"{URL}live/", headers=HTMX).text


def test_a_silent_resource_leaves_what_was_known(reading, known, upstream):
    upstream["GET /responses/resp_2"] = Script(200, [b"{"], {"content-type": "application/json"}, cut=True)

    part = reading.get(f"{URL}live/", headers=HTMX).text

    assert "data-error-kind" in part
    assert "<strong>rains</strong>" in part
    assert 'hx-trigger="every 30s"' in part


def test_without_script_the_same_address_is_the_whole_page(reading, known, upstream):
    upstream["GET /responses/resp_2"] = 200, SECOND

    assert "<html" in reading.get(f"{URL}live/").text


def test_the_input_is_paged_in_the_order_it_was_said(reading, known, upstream):
    asked = {
        "id": "msg_9",
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "Hm"}],
    }
    upstream["GET /responses/resp_2/input_items"] = (
        200,
        {"object": "list", "data": [asked], "has_more": True, "last_id": "msg_9"},
    )

    part = reading.get(f"{URL}input/?after=msg_5", headers=HTMX).text

    assert upstream.requests[0].query == {"order": ["asc"], "limit": ["20"], "after": ["msg_5"]}
    assert "?before=msg_9" in part
    assert "?after=msg_9" in part


def test_the_thread_goes_back_by_reading_and_forward_by_the_index(reading, known, connection, upstream):
    met(connection, {**FIRST, "previous_response_id": "resp_0"})
    met(connection, {**SECOND, "id": "resp_3", "previous_response_id": "resp_2", "created_at": 1760000200})
    upstream["GET /responses/resp_0"] = 200, {**FIRST, "id": "resp_0"}

    response = reading.get(f"{URL}thread/", headers=HTMX)

    ids = [step.item.remote_id for step in response.context["steps"]]
    assert ids == ["resp_0", "resp_1", "resp_2", "resp_3"]
    assert [one.path.removeprefix(upstream.base) for one in upstream.requests] == [
        "/responses/resp_0",
        "/responses/resp_0/input_items",
    ]


def test_a_response_that_a_thread_met_is_called_by_what_was_asked(reading, known, connection, upstream):
    met(connection, {**FIRST, "previous_response_id": "resp_0"})
    asked = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Which tent?"}]}
    upstream["GET /responses/resp_0"] = 200, {**FIRST, "id": "resp_0"}
    upstream["GET /responses/resp_0/input_items"] = 200, {"object": "list", "data": [asked]}

    assert "Which tent?" in reading.get(f"{URL}thread/", headers=HTMX).text
    assert Item.objects.get(remote_id="resp_0").name == "Which tent?"


def test_answers_of_one_second_stand_in_the_order_in_which_they_followed(reading, known, connection):
    later = {**SECOND, "created_at": 1760000200}
    met(connection, {**later, "id": "resp_4", "previous_response_id": "resp_3"})
    met(connection, {**later, "id": "resp_3", "previous_response_id": "resp_2"})

    response = reading.get(f"{URL}thread/", headers=HTMX)

    ids = [step.item.remote_id for step in response.context["steps"]]
    assert ids[-3:] == ["resp_2", "resp_3", "resp_4"]


def test_a_step_of_a_thread_shows_words_without_marks(reading, known, connection, upstream):
    text = {"type": "output_text", "text": "## Tents\n* **Dry** & warm", "annotations": []}
    output = [{"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [text]}]
    met(connection, {**SECOND, "id": "resp_4", "output": output, "previous_response_id": "resp_2"})

    assert "Tents Dry &amp; warm" in reading.get(f"{URL}thread/", headers=HTMX).text


def test_of_one_whose_maker_is_not_known_only_the_way_is_told(reading, connection):
    met(connection, FIRST, way="opened")

    assert '<span class="muted">opened by id</span>' in reading.get("/responses/").text


def test_a_thread_whose_beginning_is_gone_says_so(reading, known, connection, upstream):
    met(connection, {**FIRST, "previous_response_id": "resp_0"})

    assert "resp_0" in reading.get(f"{URL}thread/", headers=HTMX).context["thread"].missing


def test_a_circle_of_responses_ends(reading, connection, upstream):
    met(connection, {**FIRST, "previous_response_id": "resp_2"})
    met(connection, SECOND)

    assert len(reading.get(f"{URL}thread/", headers=HTMX).context["steps"]) == 2


def test_the_code_of_a_response_has_no_secret(reading, known):
    page = reading.get(URL).text

    assert "client.responses.retrieve" in page
    assert "upstream-key-1" not in page


def test_cancelling_is_recorded_and_shown(operating, connection, upstream):
    met(connection, RUNNING)
    upstream["POST /responses/resp_2/cancel"] = 200, {**RUNNING, "status": "cancelled"}

    response = operating.post(f"{URL}cancel/")

    assert response.headers["Location"] == URL
    event = AuditEvent.objects.latest()
    assert (event.action, event.target_id, event.outcome) == ("response.cancelled", "resp_2", "success")
    assert Item.objects.get(remote_id="resp_2").status == "cancelled"


def test_a_refused_delete_is_recorded(operating, known, upstream):
    upstream["DELETE /responses/resp_2"] = 403, {"error": {"code": "PermissionDenied", "message": "No."}}

    response = operating.post(f"{URL}delete/")

    assert response.status_code == 403
    event = AuditEvent.objects.latest()
    assert (event.action, event.target_id, event.http_status) == ("response.deleted", "resp_2", 403)
    assert Item.objects.get(remote_id="resp_2").gone_at is None


def test_deleting_says_what_follows_and_then_forgets(operating, known, upstream):
    upstream["DELETE /responses/resp_1"] = 200, {"id": "resp_1", "deleted": True}

    asked = operating.get("/c/prod/responses/resp_1/delete/").text
    done = operating.post("/c/prod/responses/resp_1/delete/")

    assert "And tomorrow?" in asked
    assert done.headers["Location"] == "/responses/"
    assert Item.objects.get(remote_id="resp_1").gone_at is not None


def test_many_are_deleted_by_a_job(operating, known):
    keys = list(Item.objects.filter(kind="response").values_list("pk", flat=True))

    operating.post(operating.post("/responses/delete/", {"item": keys}).headers["Location"])

    assert Job.objects.get().title == "Delete 2 responses"


def test_the_code_beside_a_response_under_way_is_that_of_this_response(operating, known, connection):
    met(connection, RUNNING)

    page = operating.get("/c/prod/responses/resp_2/")

    assert page.context["streams"]
    assert "it follows the form" not in page.text
    assert 'id="samples"' not in page.text
    titles = [one.title for one in page.context["samples"]]
    assert titles == ["Python", "curl", "Python: cancel", "curl: cancel"]


def test_a_response_under_way_is_read_again_each_minute(known, connection, upstream):
    met(connection, RUNNING)
    Item.objects.filter(remote_id="resp_2").update(seen_at=timezone.now() - timedelta(minutes=2))
    upstream["GET /responses/resp_2"] = 200, SECOND

    assert following.follow() == 1
    assert Item.objects.get(remote_id="resp_2").status == "completed"


def test_a_reader_may_look_and_not_change(reading, known):
    assert reading.get(URL).status_code == 200
    assert f"{URL}delete/" not in reading.get(URL).text
    for verb in ("cancel", "delete"):
        assert reading.post(f"{URL}{verb}/").status_code == 403


def test_a_stranger_finds_nothing(client, mallory, known):
    client.force_login(mallory)

    for path in (URL, f"{URL}live/", f"{URL}events/", f"{URL}input/", f"{URL}thread/"):
        assert client.get(path).status_code == 404
    assert client.get("/responses/", headers=JSON).json()["data"] == []


def test_what_its_tools_search_tells_where_it_is_used(connection):
    item = met(connection, {**FIRST, "tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]})

    assert set(item.refs.values_list("kind", "remote_id")) == {("vector_store", "vs_1")}


def test_the_response_of_a_comparison_leads_back_to_it(reading, connection, alice, workspace):
    comparison = Comparison.objects.create(workspace=workspace, owner=alice, title="Two tents")
    met(connection, FIRST, comparison=str(comparison.pk))

    assert f'href="/playground/comparisons/{comparison.pk}/"' in reading.get("/c/prod/responses/resp_1/").text
