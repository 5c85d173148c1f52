"""The grader bench: run and validate, from fields and from JSON."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from console.index import fine_tuning as index
from console.models import AuditEvent
from console.v1.fine_tuning import parse_job
from tests.upstream import Script
from tests.views.test_fine_tuning import JOB, JSON

URL = "/c/prod/fine-tuning/graders/"
EXACT = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}
FORM = {
    "do": "run",
    "grader_kind": "string_check",
    "grader_name": "exact",
    "grader_input": "{{sample.output_text}}",
    "grader_operation": "eq",
    "grader_reference": "{{item.answer}}",
    "item": '{"answer": "Paris"}',
    "sample": "Paris",
}
GRADE = {
    "reward": 0.75,
    "metadata": {
        "name": "both",
        "type": "multi",
        "errors": {"formula_parse_error": False, "model_grader_server_error": True,
                   "model_grader_server_error_details": "The deployment judge does not exist."},
        "execution_time": 0.25,
        "scores": {},
        "token_usage": 41,
        "sampled_model_name": "gpt-4.1",
    },
    "sub_rewards": {"exact": 1.0, "near": 0.5},
    "model_grader_token_usage_per_model": {},
}  # fmt: skip
RUN, VALIDATE = "POST /fine_tuning/alpha/graders/run", "POST /fine_tuning/alpha/graders/validate"


@pytest.fixture
def operating(client, alice, connection):
    client.force_login(alice)
    return client


def test_the_bench_has_a_form_for_each_common_kind(operating, upstream):
    pages = {
        kind: operating.get(f"{URL}?grader_kind={kind}").text
        for kind in ("string_check", "text_similarity", "score_model", "multi")
    }

    assert 'name="grader_operation"' in pages["string_check"]
    assert 'name="grader_metric"' in pages["text_similarity"]
    assert 'name="grader_prompt"' in pages["score_model"]
    assert "calculate_output" in pages["multi"]
    assert upstream.hits == 0


def test_a_run_shows_reward_parts_errors_and_cost(operating, upstream):
    upstream[RUN] = 200, GRADE

    page = operating.post(URL, FORM).text

    assert "<dd data-reward>0.7500</dd>" in page
    assert '<th scope="row">near</th><td class="r num">0.5000</td>' in page
    assert "model_grader_server_error" in page
    assert "The deployment judge does not exist." in page
    assert "41" in page


def test_a_run_sends_grader_line_and_answer_and_is_recorded_without_them(operating, upstream):
    upstream[RUN] = 200, GRADE

    operating.post(URL, FORM)

    assert upstream.requests[0].json() == {
        "grader": EXACT,
        "model_sample": "Paris",
        "item": {"answer": "Paris"},
    }
    event = AuditEvent.objects.filter(action="grader.run").latest("seq")
    assert (event.actor_label, event.target_label, event.outcome) == ("alice", "exact", "success")


@pytest.mark.parametrize(
    ("fields", "grader"),
    [
        (
            {"grader_kind": "text_similarity", "grader_metric": "bleu"},
            {**{k: v for k, v in EXACT.items() if k != "operation"}, "type": "text_similarity",
             "evaluation_metric": "bleu"},
        ),
        (
            {"grader_kind": "score_model", "grader_model": "gpt-4.1", "grader_prompt": "Rate it.",
             "grader_low": "1", "grader_high": "5"},
            {"type": "score_model", "name": "exact", "model": "gpt-4.1", "range": [1.0, 5.0],
             "input": [{"role": "user", "content": "Rate it."}]},
        ),
        ({"grader_kind": "json", "grader_json": json.dumps(EXACT)}, EXACT),
    ],
)  # fmt: skip
def test_every_kind_of_form_makes_its_grader(operating, upstream, fields, grader):
    upstream[VALIDATE] = 200, {"grader": grader}

    operating.post(URL, {**FORM, **fields, "do": "validate"})

    assert upstream.requests[0].json() == {"grader": grader}


MULTI = {
    **FORM,
    "grader_kind": "multi",
    "grader_name": "all",
    "grader_parts": "0:string_check,4:score_model,7:json",
    "grader_formula": "min(same, 0.5 * rating) + style_score",
    "grader_0-grader_name": "same",
    "grader_0-grader_input": "{{sample.output_text}}",
    "grader_0-grader_operation": "eq",
    "grader_0-grader_reference": "{{item.answer}}",
    "grader_4-grader_name": "rating",
    "grader_4-grader_model": "gpt-4.1",
    "grader_4-grader_prompt": "Rate it.",
    "grader_4-grader_low": "1",
    "grader_4-grader_high": "5",
    "grader_7-grader_json": '{"type": "python", "name": "style", "source": "..."}',
}
RATING = {"type": "score_model", "name": "rating", "model": "gpt-4.1", "range": [1.0, 5.0]}
RATING |= {"input": [{"role": "user", "content": "Rate it."}]}


@pytest.mark.off_spec("the specification has one grader where its description and example have several")
def test_several_graders_in_fields_make_one(operating, upstream):
    upstream[VALIDATE] = 200, {"grader": EXACT}

    operating.post(URL, {**MULTI, "do": "validate"})

    assert upstream.requests[0].json()["grader"] == {
        "type": "multi",
        "name": "all",
        "graders": {
            "same": {**EXACT, "name": "same"},
            "rating": RATING,
            "style": {"type": "python", "name": "style", "source": "..."},
        },
        "calculate_output": "min(same, 0.5 * rating) + style_score",
    }


def test_graders_are_added_and_removed_and_what_was_typed_stays(operating, upstream):
    added = operating.post(URL, {**MULTI, "do": "grader:add:score_model"}).context["grader"]
    left = operating.post(URL, {**MULTI, "do": "grader:remove:0"}).context["grader"]

    assert added["grader_parts"].value() == "0:string_check,4:score_model,7:json,8:score_model"
    assert [one.told()["name"] for one in added.parts] == ["same", "rating", "style", "rating2"]
    assert [one.told()["name"] for one in left.parts] == ["rating", "style"]
    assert left["grader_formula"].value() == MULTI["grader_formula"]
    assert upstream.hits == 0


def test_several_graders_go_on_as_json(operating, upstream):
    form = operating.post(URL, {**MULTI, "grader_formula": "same", "do": "grader:json"}).context["grader"]

    assert form.kind == "json"
    told = json.loads(form["grader_json"].value())
    assert (told["calculate_output"], list(told["graders"])) == ("same", ["same", "rating", "style"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"grader_formula": "same + near"}, "“near” is none of the graders: same, rating, style."),
        ({"grader_4-grader_name": "same"}, "Two graders are called “same”"),
        ({"grader_0-grader_name": "is it"}, "a name of letters, digits and underscores"),
        ({"grader_4-grader_model": ""}, "This field is required"),
        ({"grader_7-grader_json": "[]"}, "This is not a JSON object"),
        ({"grader_parts": ""}, "needs a grader to speak of"),
        ({"grader_parts": "x:multi,0,9999:json"}, "needs a grader to speak of"),
    ],
)
def test_what_is_wrong_with_several_graders_is_said_before_it_costs(operating, upstream, wrong, said):
    response = operating.post(URL, {**MULTI, **wrong})

    assert response.status_code == 422
    assert said in response.text
    assert upstream.hits == 0


@pytest.mark.off_spec("the specification has one grader where its description and example have several")
def test_several_graders_go_from_the_bench_into_a_job_and_back(operating, upstream):
    upstream[VALIDATE] = 200, {"grader": EXACT}
    single = {**MULTI, "grader_parts": "0:string_check", "grader_formula": "same"}

    back = operating.post(URL, {**single, "do": "validate"}).context["use_url"]

    job = operating.get(back).context["form"]
    assert [one.told() for one in job.grader.parts] == [{**EXACT, "name": "same"}]
    typed = {
        "method": "reinforcement",
        "model": "o4-mini",
        **{k: v for k, v in MULTI.items() if k[:7] == "grader_"},
    }
    more = operating.post("/c/prod/fine-tuning/new/", {**typed, "do": "grader:add:json"}).context["form"]
    assert [one.kind for one in more.grader.parts] == ["string_check", "score_model", "json", "json"]
    assert more["model"].value() == "o4-mini"
    assert [request.path for request in upstream.requests] == [
        "/openai/v1/fine_tuning/alpha/graders/validate"
    ]


def test_a_grader_that_is_understood_is_shown_as_the_service_took_it(operating, upstream):
    upstream[VALIDATE] = 200, {"grader": {**EXACT, "name": "as taken"}}

    page = operating.post(URL, {**FORM, "do": "validate", "sample": ""}).text

    assert "understands this grader" in page
    assert "as taken" in page
    assert 'id="id_sample_error"' not in page


def test_a_refused_grader_is_told_and_kept(operating, upstream):
    upstream[VALIDATE] = 400, {"error": {"code": "invalid", "message": "No such operation.", "param": "x"}}

    response = operating.post(URL, {**FORM, "do": "validate", "grader_name": "mine"})

    assert "No such operation." in response.text
    assert 'value="mine"' in response.text
    assert AuditEvent.objects.latest("seq").outcome == "failure"


def test_a_silent_resource_is_told_and_nothing_is_lost(operating, upstream):
    upstream[RUN] = Script(200, [b'{"reward":'], {}, cut=True)

    response = operating.post(URL, FORM)

    assert response.status_code >= 500
    assert "data-error-kind" in response.text
    assert "Paris" in response.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"item": "[1]"}, "item"),
        ({"sample": ""}, "sample"),
        ({"grader_name": ""}, "grader_name"),
        ({"grader_kind": "json", "grader_json": "{}"}, "grader_json"),
        ({"grader_kind": "score_model", "grader_model": "m", "grader_prompt": "p", "grader_low": "2",
          "grader_high": "1"}, "grader_high"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_told_beside_its_field(operating, upstream, wrong, field):
    response = operating.post(URL, {**FORM, **wrong})

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.text
    assert upstream.hits == 0


def test_the_grader_of_a_job_comes_to_the_bench(operating, connection, upstream):
    method = {"type": "reinforcement", "reinforcement": {"grader": {**EXACT, "name": "of the job"}}}
    index.remember(connection, parse_job({**JOB, "method": method}))

    page = operating.get(f"{URL}?job=ftjob-1").text

    assert "of the job" in page
    assert f"{URL}?job=ftjob-1" in operating.get("/c/prod/fine-tuning/ftjob-1/").text


def test_a_grader_comes_from_the_form_of_a_job_and_goes_back(operating, upstream):
    upstream[VALIDATE] = 200, {"grader": EXACT}
    carried = {name: value for name, value in FORM.items() if name.startswith("grader_")}

    opened = operating.post(URL, {**carried, "grader_name": "carried", "method": "reinforcement"})
    back = operating.post(URL, {**FORM, "do": "validate"}).context["use_url"]

    assert 'value="carried"' in opened.text
    assert parse_qs(urlsplit(back).query)["grader_reference"] == ["{{item.answer}}"]
    assert 'value="exact"' in operating.get(back).text


def test_json_is_answered_with_the_grade(operating, upstream):
    upstream[RUN] = 200, GRADE

    assert operating.post(URL, FORM, headers=JSON).json() == GRADE
    assert operating.post(URL, {**FORM, "sample": ""}, headers=JSON).status_code == 422


def test_bob_may_not_try_graders(client, bob, connection, upstream):
    client.force_login(bob)

    assert client.get(URL).status_code == 403
    assert client.post(URL, FORM).status_code == 403
    assert upstream.hits == 0


def test_mallory_sees_nothing(client, mallory, connection, upstream):
    client.force_login(mallory)

    assert client.get(URL).status_code == 404
    assert client.post(URL, FORM).status_code == 404


def rewarded(client, kind: str) -> float:
    """The reward of the bench's example by the template of a kind, from the simulator."""
    url = "/c/sim/fine-tuning/graders/"
    page = client.get(f"{url}?grader_kind={kind}")
    grader = page.context["grader"]
    forms = [grader, *getattr(grader, "parts", []), page.context["sample"]]
    fields = {one.html_name: one.value() for form in forms for one in form}
    told = client.post(url, {**fields, "grader_model": "gpt-4.1-nano", "do": "run"})
    reward: float = told.context["grade"].reward
    return reward


@pytest.mark.parametrize("kind", ["string_check", "text_similarity", "score_model", "json"])
def test_the_simulator_grades_by_every_template(client, alice, simulated, kind):
    client.force_login(alice)

    assert rewarded(client, kind) == pytest.approx(1.0, abs=0.01)


@pytest.mark.off_spec("the specification has one grader where its description and example have several")
def test_the_simulator_grades_by_a_formula(client, alice, simulated):
    client.force_login(alice)

    assert rewarded(client, "multi") == pytest.approx(1.0, abs=0.01)
