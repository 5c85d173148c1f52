"""Every URL called as everybody: who may gets in, who may not is refused, who sees nothing learns nothing."""

import functools
import re

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from console import routes as console_routes
from console.access import VERBS
from console.batching import results
from console.batching.store import Writer
from console.jsonl.lines import Line
from console.models import (
    Answer,
    Comparison,
    GoldenQuery,
    GoldenRun,
    Item,
    Job,
    Membership,
    Turn,
    Upload,
    User,
    Workspace,
    audit,
)
from tests.permission_matrix import ANYBODY, PUBLIC, RULES, WRONG, Rule

pytestmark = pytest.mark.django_db
routes = functools.cache(console_routes.routes)
CANARY = "canary-of-another-team"
PEOPLE = {
    "anonymous": "",
    "mallory": "",
    "bob": "reader",
    "alice": "operator",
    "carol": "manager",
    "root": "admin",
    "audrey": "auditor",
}


def may(who: str, verb: str) -> bool:
    return verb == PUBLIC or (verb == ANYBODY and who != "anonymous") or verb in VERBS.get(PEOPLE[who], ())


CALLS = [(name, method) for name, rule in RULES.items() for method in rule.methods]


@pytest.fixture
def world(connection, workspace, alice, upstream):
    """One object of each kind, and what names it in a URL."""
    connection.name = CANARY
    connection.save(update_fields=["name"])
    for kind in ("model", "deployment", "file"):
        Item.objects.create(
            connection=connection,
            kind=kind,
            remote_id="gpt-5",
            name=CANARY,
            raw={"id": "gpt-5"},
            digest="0" * 64,
            seen_at=timezone.now(),
        )
    upstream["GET /files/gpt-5/content"] = 200, b"{}", {}
    golden = with_a_vector_store(connection, upstream)
    with_a_fine_tuning_job(connection, upstream)
    with_a_stored_completion(connection, upstream)
    with_a_batch(connection, upstream)
    with_an_eval(connection, upstream)
    with_a_container(connection, upstream)
    with_a_conversation(connection, upstream)
    comparison = Comparison.objects.create(workspace=workspace, owner=alice, title=CANARY)
    turn = Turn.objects.create(comparison=comparison, number=1, input=CANARY, asked_by=alice)
    answer = Answer.objects.create(
        turn=turn,
        position=0,
        asked_by=alice,
        connection=connection,
        connection_name=CANARY,
        model="gpt-5",
        api="chat",
        state=Answer.State.COMPLETE,
        text=CANARY,
    )
    job = Job.objects.create(workspace=workspace, kind="try", title=CANARY, effect="read", created_by=alice)
    upload = Upload.objects.create(
        workspace=workspace, connection=connection, owner=alice, name=CANARY, size=3, purpose="batch"
    )
    person = User.add("zoe", "reader")
    event = audit.record("connection.paused", target=connection.target, connection=connection)
    return {
        "slug": connection.slug,
        "model_id": "gpt-5",
        "name": "gpt-5",
        "file_id": "gpt-5",
        "kind": "model",
        "store_id": "vs-1",
        "batch_id": "vsfb-1",
        "form": "csv",
        "draft": a_draft(connection, alice, upload).pk,
        "job_id": "ftjob-1",
        "completion_id": "chatcmpl-1",
        "response_id": "resp_1",
        "conversation_id": "conv_1",
        "container_id": "cntr-1",
        "checkpoint_id": "ftchkpt-1",
        "permission_id": "cp-1",
        "eval_id": "eval_1",
        "run_id": "evalrun_1",
        "item_id": "outputitem_1",
        "golden": golden.pk,
        "token": "no-such-token",
        "seq": event.seq,
        "comparison": comparison.pk,
        "answer": answer.pk,
        "job": job.pk,
        "upload": upload.pk,
        "number": 0,
        "person": person.pk,
    }


def with_a_fine_tuning_job(connection, upstream) -> None:
    """A job under way in the index and on the resource."""
    job = {"id": "ftjob-1", "status": "running", "model": "gpt-5", "fine_tuned_model": "gpt-5.ft-1"}
    Item.objects.create(
        connection=connection,
        kind="fine_tuning_job",
        remote_id="ftjob-1",
        name=CANARY,
        raw=job,
        digest="0" * 64,
        seen_at=timezone.now(),
    )
    path = "/fine_tuning/jobs/ftjob-1"
    upstream[f"GET {path}"] = 200, job
    upstream[f"GET {path}/events"] = 200, {"object": "list", "data": []}
    kept = {"id": "ftchkpt-1", "step_number": 1, "fine_tuned_model_checkpoint": "gpt-5.ft-1"}
    upstream[f"GET {path}/checkpoints"] = 200, {"object": "list", "data": [kept]}
    upstream["DELETE /fine_tuning/checkpoints/gpt-5.ft-1/permissions/cp-1"] = 200, {"deleted": True}
    for verb in ("pause", "resume", "cancel"):
        upstream[f"POST {path}/{verb}"] = 200, job


def with_a_stored_completion(connection, upstream) -> None:
    """A stored completion in the index and on the resource."""
    stored = {"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-5", "metadata": {}}
    Item.objects.create(
        connection=connection,
        kind="stored_completion",
        remote_id="chatcmpl-1",
        name=CANARY,
        raw=stored,
        digest="0" * 64,
        seen_at=timezone.now(),
    )
    path = "/chat/completions/chatcmpl-1"
    upstream[f"GET {path}"] = upstream[f"POST {path}"] = 200, stored
    upstream[f"GET {path}/messages"] = 200, {"object": "list", "data": []}


def with_a_batch(connection, upstream) -> None:
    """A batch under way, in the index and on the resource; it shares its id with a batch of a vector store."""
    batch = {"id": "vsfb-1", "object": "batch", "status": "in_progress", "input_file_id": "gpt-5"}
    Item.objects.create(
        connection=connection,
        kind="batch",
        remote_id="vsfb-1",
        name=CANARY,
        raw=batch,
        digest="0" * 64,
        seen_at=timezone.now(),
    )
    upstream["GET /batches/vsfb-1"] = upstream["POST /batches/vsfb-1/cancel"] = 200, batch
    results.folder().mkdir(exist_ok=True)
    with Writer(results.path_of(Item.objects.get(kind="batch"))) as writer:
        writer.request(Line(0, b'{"custom_id": "row-1"}', b"\n"))
        writer.finish({"input": "gpt-5"})


def with_an_eval(connection, upstream) -> None:
    """An eval with a run of one item, in the index and on the resource."""
    evaluation = {"id": "eval_1", "name": CANARY, "data_source_config": {"type": "custom"}}
    run = {"id": "evalrun_1", "eval_id": "eval_1", "name": CANARY, "status": "in_progress"}
    item = {"id": "outputitem_1", "status": "pass", "datasource_item_id": 0}
    for kind, raw in (("eval", evaluation), ("eval_run", run)):
        Item.objects.create(
            connection=connection,
            kind=kind,
            remote_id=raw["id"],
            name=CANARY,
            raw=raw,
            digest="0" * 64,
            seen_at=timezone.now(),
        )
    path = "/evals/eval_1"
    upstream[f"GET {path}"] = upstream[f"POST {path}"] = 200, evaluation
    upstream[f"GET {path}/runs"] = 200, {"object": "list", "data": [run]}
    upstream[f"GET {path}/runs/evalrun_1"] = upstream[f"POST {path}/runs/evalrun_1"] = 200, run
    upstream[f"GET {path}/runs/evalrun_1/output_items"] = 200, {"object": "list", "data": [item]}
    upstream[f"GET {path}/runs/evalrun_1/output_items/outputitem_1"] = 200, item


def with_a_container(connection, upstream) -> None:
    """A container with one file, in the index and on the resource."""
    container = {"id": "cntr-1", "object": "container", "name": CANARY, "status": "running"}
    Item.objects.create(
        connection=connection,
        kind="container",
        remote_id="cntr-1",
        name=CANARY,
        raw=container,
        digest="0" * 64,
        seen_at=timezone.now(),
    )
    file = {"id": "gpt-5", "object": "container.file", "path": "/mnt/data/a.csv", "bytes": 2}
    upstream["GET /containers/cntr-1"] = 200, container
    upstream["GET /containers/cntr-1/files"] = 200, {"object": "list", "data": [file]}
    upstream["GET /containers/cntr-1/files/gpt-5"] = 200, file
    upstream["GET /containers/cntr-1/files/gpt-5/content"] = 200, b"{}", {}


def with_a_conversation(connection, upstream) -> None:
    """A conversation with a response under way, in the index and on the resource."""
    response = {"id": "resp_1", "object": "response", "status": "in_progress", "background": True}
    talk = {"id": "conv_1", "object": "conversation", "created_at": 1760000000, "metadata": {}}
    for kind, raw in (("response", response), ("conversation", talk)):
        Item.objects.create(
            connection=connection,
            kind=kind,
            remote_id=raw["id"],
            name=CANARY,
            status=raw.get("status", ""),
            raw=raw,
            digest="0" * 64,
            seen_at=timezone.now(),
        )
    upstream["GET /responses/resp_1"] = upstream["POST /responses/resp_1/cancel"] = 200, response
    upstream["GET /responses/resp_1/input_items"] = 200, {"object": "list", "data": []}
    upstream["GET /conversations/conv_1"] = upstream["POST /conversations/conv_1"] = 200, talk
    upstream["GET /conversations/conv_1/items"] = 200, {"object": "list", "data": []}


def a_draft(connection, alice, upload) -> Job:
    """The draft of a batch, whose requests are built."""
    batch = {"key": "", "endpoint": "/v1/chat/completions", "name": CANARY}
    return Job.objects.create(
        workspace=connection.workspace,
        connection=connection,
        kind="batch.build",
        title=CANARY,
        effect="idempotent",
        state="done",
        created_by=alice,
        arguments={"upload": str(upload.pk), "batch": batch},
    )


def with_a_vector_store(connection, upstream) -> GoldenQuery:
    """A store with one file, which came in a batch, in the index and on the resource."""
    store = {"id": "vs-1", "object": "vector_store", "name": CANARY, "file_counts": {"total": 1}}
    Item.objects.create(
        connection=connection,
        kind="vector_store",
        remote_id="vs-1",
        name=CANARY,
        raw=store,
        digest="0" * 64,
        seen_at=timezone.now(),
    )
    file = {"id": "gpt-5", "object": "vector_store.file", "status": "in_progress"}
    batch = {"id": "vsfb-1", "object": "vector_store.files_batch", "status": "in_progress"}
    rows = {"object": "list", "data": [file], "has_more": False}
    upstream["GET /vector_stores/vs-1"] = upstream["POST /vector_stores/vs-1"] = 200, store
    upstream["GET /vector_stores/vs-1/files"] = 200, rows
    upstream["GET /vector_stores/vs-1/files/gpt-5"] = 200, file
    upstream["POST /vector_stores/vs-1/files/gpt-5"] = 200, file
    upstream["GET /vector_stores/vs-1/file_batches/vsfb-1"] = 200, batch
    upstream["GET /vector_stores/vs-1/file_batches/vsfb-1/files"] = 200, rows
    upstream["POST /vector_stores/vs-1/file_batches/vsfb-1/cancel"] = 200, batch
    named = {"connection": connection, "store_id": "vs-1"}
    golden = GoldenQuery.objects.create(query=CANARY, expected=["gpt-5"], key="k0", **named)
    GoldenRun.objects.create(pk=golden.pk, **named)
    return golden


def address(name: str, world: dict) -> str:
    """Return the URL `name` of the objects of the world."""
    pattern = next(one.pattern for one in routes() if one.name == name)
    wanted = {
        part
        for part in (
            "slug",
            "model_id",
            "file_id",
            "name",
            "token",
            "seq",
            "kind",
            "number",
            "store_id",
            "batch_id",
            "draft",
            "form",
            "job_id",
            "checkpoint_id",
            "completion_id",
            "response_id",
            "conversation_id",
            "container_id",
            "permission_id",
            "eval_id",
            "run_id",
            "item_id",
        )
        if f":{part}>" in pattern
    }
    arguments = {part: world[part] for part in wanted}
    if ":pk>" in pattern:
        arguments["pk"] = world[name.split("-")[0]]
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:  # pragma: no cover
        pytest.fail(f"{name}: the world has nothing for {pattern}")


def call(client, name: str, method: str, world: dict):
    """The answer; one that streams is left unread, as by a browser that goes away."""
    if method == "POST":
        response = client.post(address(name, world), RULES[name].form)
    else:
        response = client.get(address(name, world))
    if response.streaming:
        # As Django's client does around the responses that it closes itself.
        request_finished.disconnect(close_old_connections)
        response.close()
        request_finished.connect(close_old_connections)
    return response


def is_sent_to_sign_in(response) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/accounts/login/")


@pytest.fixture
def enter(client, request):
    """Sign in as one of PEOPLE, or out."""

    def enter(who: str) -> None:
        client.logout()
        if who != "anonymous":
            client.force_login(request.getfixturevalue(who))

    return enter


@pytest.mark.parametrize(("name", "method"), CALLS)
def test_who_may_not_is_refused(client, enter, world, name, method):
    rule = RULES[name]
    for who in (who for who in PEOPLE if not may(who, rule.methods[method])):
        enter(who)

        response = call(client, name, method, world)

        if who == "anonymous":
            assert is_sent_to_sign_in(response)
        else:
            assert response.status_code in refusals(rule, who), who


def check_entrance(client, enter, world, name: str, method: str, who: str) -> None:
    enter(who)
    response = call(client, name, method, world)
    assert response.status_code not in {401, 403, 404, 405, 500}, who
    assert not is_sent_to_sign_in(response), who


@pytest.mark.parametrize("name", [name for name, method in CALLS if method == "GET"])
def test_who_may_look_gets_in(client, enter, world, name):
    for who in (who for who in PEOPLE if may(who, RULES[name].methods["GET"])):
        check_entrance(client, enter, world, name, "GET", who)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        (name, who)
        for name, method in CALLS
        for who in PEOPLE
        if method == "POST" and may(who, RULES[name].methods["POST"])
    ],
)
def test_who_may_change_gets_in(client, enter, world, name, who):
    check_entrance(client, enter, world, name, "POST", who)


def refusals(rule: Rule, who: str) -> set[int]:
    """Return the statuses with which somebody may be refused."""
    if who != "mallory":
        return {403}
    return {"object": {404}, "place": {403}, "list": {200, 204, 302, 403}}[rule.kind]


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if "GET" in rule.methods])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_who_has_no_role_learns_nothing(client, mallory, world, name, accept):
    client.force_login(mallory)

    response = client.get(address(name, world), headers={"accept": accept})

    assert CANARY not in response.content.decode()


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.kind == "object"])
def test_a_foreign_object_and_one_that_never_was_get_the_same_answer(client, mallory, world, name):
    """A member of another workspace, with every verb there, asks for ours."""
    Membership.objects.create(user=mallory, workspace=Workspace.objects.create(name="Other"), role="admin")
    client.force_login(mallory)
    method = next(iter(RULES[name].methods))
    nobody = dict.fromkeys(world, "nobody") | {
        "comparison": "00000000-0000-4000-8000-000000000000",
        "answer": "00000000-0000-4000-8000-000000000000",
        "job": "00000000-0000-4000-8000-000000000000",
        "golden": "00000000-0000-4000-8000-000000000000",
        "upload": "00000000-0000-4000-8000-000000000000",
        "draft": "00000000-0000-4000-8000-000000000000",
        "number": 0,
    }

    foreign, missing = call(client, name, method, world), call(client, name, method, nobody)

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert told(foreign) == told(missing)


def told(response) -> str:
    """Return the words of a page without what differs between any two pages."""
    return re.sub(r'"[^"]{20,}"|[0-9a-f]{32}', "", response.content.decode())


@pytest.mark.parametrize("name", [name for name in RULES if not name.startswith("account_")])
def test_a_method_that_an_address_does_not_take_is_refused(client, root, world, name):
    client.force_login(root)
    allowed = next(set(one.methods) for one in routes() if one.name == name)

    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
        assert client.generic(method, address(name, world)).status_code == 405


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if "GET" in rule.methods])
def test_looking_changes_nothing(client, root, world, upstream, name):
    """A GET writes no event of a change (a download leaves one, and is none), and sends no change to a resource."""
    from console.models import AuditEvent

    client.force_login(root)
    changes = AuditEvent.objects.exclude(operation="export")
    before = changes.count()

    call(client, name, "GET", world)

    assert changes.count() == before
    assert [one for one in upstream.requests if one.method not in {"GET", "HEAD"}] == []


@pytest.mark.parametrize(
    "name", [name for name, method in CALLS if method == "POST" and not name.startswith("account_")]
)
def test_what_is_wrong_in_a_form_is_told_as_json_by_its_field(client, root, world, name):
    client.force_login(root)

    response = client.post(address(name, world), WRONG.get(name, {}), headers={"accept": "application/json"})

    wrong = response.json()["error"]["fields"] if response.status_code == 422 else {}
    assert bool(wrong) == (name in WRONG)
    assert all(isinstance(one, str) for texts in wrong.values() for one in texts)


def test_every_url_stands_in_the_matrix():
    assert {one.name for one in routes()} == set(RULES)


def test_the_list_of_routes_tells_the_permissions_that_are_asked():
    asked = {name: ",".join(sorted(set(rule.methods.values()))) for name, rule in RULES.items()}

    assert {one.name: one.permission for one in routes()} == asked


def test_the_list_of_routes_tells_the_methods_that_are_taken():
    for one in routes():
        taken = set(one.methods) - {"HEAD"}
        assert taken == set(RULES[one.name].methods), one.name
