"""Comparisons afterwards: list, page, answers, and what can be done with them."""

import uuid

import pytest
from django.utils import timezone

from console.models import Answer, AuditEvent, Comparison

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def operator(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def comparison(workspace, alice):
    panes = [{"position": 0, "connection": "prod", "model": "m", "api": "chat", "parameters": {}}]
    return Comparison.objects.create(workspace=workspace, owner=alice, title="A question", panes=panes)


def answer(comparison, connection=None, **more):
    turn = comparison.turns.first() or comparison.turns.create(
        number=1, input="What is it?", asked_by=comparison.owner
    )
    usual = {
        "position": 0,
        "connection_name": "prod",
        "model": "m",
        "api": "chat",
        "state": "complete",
        "text": "It is.",
    }
    return Answer.objects.create(turn=turn, connection=connection, **usual | more)


def test_the_list_finds_words_of_titles_and_prompts(operator, comparison, workspace, alice):
    answer(comparison)
    Comparison.objects.create(workspace=workspace, owner=alice, title="Another")

    def found(query: str) -> list[str]:
        return [
            row["title"]
            for row in operator.get(f"/playground/comparisons/?q={query}", headers=JSON).json()["data"]
        ]

    assert found("") == ["Another", "A question"]
    assert found("QUESTION") == ["A question"]
    assert found("what+question") == ["A question"]
    assert found("nowhere") == []


def test_the_list_is_a_page_and_a_part(operator, comparison):
    page = operator.get("/playground/comparisons/").content
    headers = {"HX-Request": "true", "HX-Target": "table"}
    part = operator.get("/playground/comparisons/", headers=headers).content

    assert b"<html" in page
    assert b"A question" in part
    assert b"<html" not in part


def test_back_gets_the_whole_list(operator, comparison):
    headers = {"HX-Request": "true", "HX-Target": "table", "HX-History-Restore-Request": "true"}

    assert b"<html" in operator.get("/playground/comparisons/", headers=headers).content


def test_the_page_shows_every_turn_with_its_answer(operator, comparison, connection):
    answer(comparison, connection, text="**Bold** and <script>alert(1)</script>", reasoning="<b>hm</b>")

    page = operator.get(f"/playground/comparisons/{comparison.pk}/").content.decode()

    assert "What is it?" in page
    assert "<strong>Bold</strong>" in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;hm&lt;/b&gt;" in page
    assert "data-stream" not in page


def test_a_page_of_a_running_turn_goes_on_where_it_shows(operator, comparison, connection):
    running = answer(comparison, connection, state="streaming", text="half of")

    page = operator.get(f"/playground/comparisons/{comparison.pk}/").content.decode()

    assert f"/stream/?after={running.pk.hex[:8]}%3A7.0.0.0" in page
    assert 'aria-busy="true"' in page
    assert 'role="log"' in page


def test_the_best_of_a_turn_are_marked(operator, comparison, connection):
    comparison.panes = [pane | {"position": number} for number in (0, 1) for pane in comparison.panes]
    comparison.save()
    answer(comparison, connection, ttft_ms=100, latency_ms=900, cost="0.02")
    answer(comparison, connection, position=1, ttft_ms=300, latency_ms=400, cost="0.01")

    page = operator.get(f"/playground/comparisons/{comparison.pk}/").content.decode()

    assert page.count("data-best") == 3


def test_an_error_is_told_with_its_kind_and_once_more(operator, comparison, connection):
    error = {"kind": "rate_limited", "message": "Slow down.", "remedy": "Wait.", "status": 429, "code": "x<y"}
    failed = answer(comparison, connection, state="failed", text="", error=error)

    page = operator.get(f"/playground/comparisons/{comparison.pk}/").content.decode()

    assert 'data-error-kind="rate_limited"' in page
    assert "Slow down." in page
    assert "x&lt;y" in page
    assert f"/playground/answers/{failed.pk}/again/" in page


def test_the_page_as_json_has_everything(operator, comparison, connection):
    answer(comparison, connection, cost="0.5", input_tokens=3)

    told = operator.get(f"/playground/comparisons/{comparison.pk}/", headers=JSON).json()

    found = told["turns"][0]["answers"][0]
    assert (told["title"], told["turns"][0]["input"]) == ("A question", "What is it?")
    assert (found["text"], found["cost"], found["usage"]["input_tokens"]) == ("It is.", 0.5, 3)


def test_many_turns_cost_no_more_queries(operator, comparison, connection, django_assert_max_num_queries):
    for number in range(1, 21):
        turn = comparison.turns.create(number=number, input="q", asked_by=comparison.owner)
        Answer.objects.create(
            turn=turn, position=0, connection_name="p", model="m", api="chat", state="complete"
        )

    with django_assert_max_num_queries(14):
        operator.get(f"/playground/comparisons/{comparison.pk}/")


def test_renaming_is_recorded(operator, comparison):
    response = operator.post(f"/playground/comparisons/{comparison.pk}/rename/", {"title": "  New  title "})

    assert response["Location"] == f"/playground/comparisons/{comparison.pk}/"
    event = AuditEvent.objects.get(action="comparison.renamed")
    assert event.changes == {"title": ["A question", "New title"]}


@pytest.mark.parametrize("title", ["", "   ", "a\x00b"])
def test_a_title_must_be_text(operator, comparison, title):
    response = operator.post(f"/playground/comparisons/{comparison.pk}/rename/", {"title": title})

    assert response.status_code == 422
    comparison.refresh_from_db()
    assert comparison.title == "A question"


def test_deleting_takes_the_answers_and_is_recorded(operator, comparison, connection):
    answer(comparison, connection)

    response = operator.post(f"/playground/comparisons/{comparison.pk}/delete/")

    assert response["Location"] == "/playground/comparisons/"
    assert not Answer.objects.exists()
    assert AuditEvent.objects.get(action="comparison.deleted").target_label == "A question"


@pytest.mark.parametrize("what", ["rename", "delete", "stop"])
def test_a_reader_changes_nothing(client, bob, comparison, what):
    client.force_login(bob)

    assert client.post(f"/playground/comparisons/{comparison.pk}/{what}/", {"title": "x"}).status_code == 403
    assert Comparison.objects.filter(title="A question").exists()


@pytest.mark.parametrize("what", ["", "rename/", "delete/", "stop/", "stream/"])
def test_what_is_not_theirs_is_not_there_for_strangers(client, mallory, comparison, what):
    client.force_login(mallory)
    send = client.get if what in ("", "stream/") else client.post

    theirs = send(f"/playground/comparisons/{comparison.pk}/{what}")
    nobodys = send(f"/playground/comparisons/{uuid.uuid4()}/{what}")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)


def test_stopping_all_tells_the_process_that_writes(operator, comparison, connection):
    running = answer(comparison, connection, state="streaming", owner_process="elsewhere:1:x")
    answer(comparison, connection, position=1)

    response = operator.post(f"/playground/comparisons/{comparison.pk}/stop/", headers=JSON)

    assert response.json() == {"stopped": [str(running.pk)]}
    running.refresh_from_db()
    assert running.stop_requested_at is not None


def test_an_answer_is_a_part_with_the_numbers_of_its_turn(operator, comparison, connection):
    found = answer(comparison, connection, ttft_ms=312, request_id="req-9")

    part = operator.get(f"/playground/answers/{found.pk}/", headers={"HX-Request": "true"}).content.decode()

    assert f'id="answer-{found.pk}"' in part
    assert 'id="metrics-0" hx-swap-oob="true"' in part
    assert "req-9" in part
    assert (
        operator.get(f"/playground/answers/{found.pk}/")["Location"]
        == f"/playground/comparisons/{comparison.pk}/"
    )


def test_an_answer_leads_to_the_response_that_the_resource_keeps(operator, comparison, connection):
    asked = {"api": "responses", "response_id": "resp_1"}
    kept = answer(comparison, connection, **asked)
    other = answer(comparison, connection, position=1, parameters={"store": False}, **asked)

    htmx = {"HX-Request": "true"}
    pages = [operator.get(f"/playground/answers/{one.pk}/", headers=htmx).text for one in (kept, other)]

    assert ["/responses/open/?connection=prod&amp;id=resp_1" in page for page in pages] == [True, False]


def test_an_answer_whose_connection_is_gone_is_not_asked_again(operator, comparison):
    found = answer(comparison, state="failed")

    assert operator.post(f"/playground/answers/{found.pk}/again/").status_code == 422
    assert Answer.objects.count() == 1


def test_an_answer_that_runs_is_not_asked_again(operator, comparison, connection):
    found = answer(comparison, connection, state="streaming", lease_until=timezone.now())

    assert operator.post(f"/playground/answers/{found.pk}/again/").status_code == 409
    assert Answer.objects.count() == 1


def test_the_code_of_an_answer_has_no_key(operator, comparison, connection):
    found = answer(comparison, connection)

    page = operator.get(f"/playground/answers/{found.pk}/code/").content.decode()

    assert "chat.completions.create" in page
    assert "upstream-key-1" not in page


def test_django_does_not_serve_the_stream(operator, comparison):
    assert operator.get(f"/playground/comparisons/{comparison.pk}/stream/").status_code == 501
