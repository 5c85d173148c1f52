"""Every shape of error body that has been seen, and what it is taken to mean."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.outbound.diagnosis import body_error, error_of_answer
from console.outbound.errors import ERROR_KINDS, UpstreamError
from console.outbound.redaction import Redactor

FILTER = {"hate": {"filtered": True, "severity": "high"}, "violence": {"filtered": False, "severity": "safe"}}


def error(status: int, body: object, **headers: str) -> UpstreamError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_of_answer(status, named, data, redact=Redactor(), model="gpt-x")


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "detail"),
    [
        (401, {"error": {"code": "401", "message": "Bad key"}}, "auth_failed", "401", "Bad key"),
        (401, {"code": "401", "message": "Flat"}, "auth_failed", "401", "Flat"),
        (401, {"statusCode": 401, "message": "Gateway"}, "auth_failed", "", "Gateway"),
        (401, {"error": {"code": "PermissionDenied", "message": "m"}}, "forbidden", "PermissionDenied", "m"),
        (403, {"error": {"code": "Forbidden", "message": "m"}}, "forbidden", "Forbidden", "m"),
        (
            404,
            {"error": {"code": "404", "message": "Resource not found"}},
            "not_found",
            "404",
            "Resource not found",
        ),
        (
            404,
            {"error": {"code": "DeploymentNotFound", "message": "m"}},
            "not_found",
            "DeploymentNotFound",
            "m",
        ),
        (410, b"", "not_found", "", ""),
        (409, {"error": {"message": "busy"}}, "conflict", "", "busy"),
        (413, b"too big", "too_large", "", "too big"),
        (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, "bad_request", "", "field required"),
        (422, {"detail": "no such field"}, "bad_request", "", "no such field"),
        (
            400,
            {"code": "invalid", "error": "Model not found: x"},
            "bad_request",
            "invalid",
            "Model not found: x",
        ),
        (400, {"error": "Just a text"}, "bad_request", "", "Just a text"),
        (400, b"plain text", "bad_request", "", "plain text"),
        (400, [{"error": {"message": "in a list"}}], "bad_request", "", "in a list"),
        (400, b'{"error":{"message":"one"}}{"error":{"message":"two"}}', "bad_request", "", "one"),
        (400, b"\xef\xbb\xbf" + b'{"error":{"message":"bom"}}', "bad_request", "", "bom"),
        (415, b"", "bad_request", "", ""),
        (431, b"", "bad_request", "", ""),
        (500, b"<html><script>x()</script><h1>Oh</h1> dear", "upstream_error", "", "Oh dear"),
        (503, b"", "upstream_error", "", ""),
        (
            400,
            {"error": {"code": "insufficient_quota", "message": "m"}},
            "quota_exceeded",
            "insufficient_quota",
            "m",
        ),
        (429, {"error": {"code": "429", "message": "m"}}, "rate_limited", "429", "m"),
        (101, b"", "protocol_error", "", ""),
    ],
)
def test_a_shape_is_understood(status, body, kind, code, detail):
    told = error(status, body)

    assert (told.kind, told.status, told.code, told.detail) == (kind, status, code, detail)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("You exceeded your current quota, please check your billing details.", "quota_exceeded"),
        ("Your team has used all available credits or reached its monthly spending limit.", "quota_exceeded"),
        (
            "Requests have exceeded the call rate limit of your current AIServices S0 pricing tier.",
            "rate_limited",
        ),
        ("Rate limit is exceeded. Try again in 6 seconds. To increase your quota, visit …", "rate_limited"),
        ("The system is currently experiencing high demand. Your request exceeds capacity.", "rate_limited"),
    ],
)
def test_used_up_quota_is_told_from_a_passing_limit(text, kind):
    assert error(429, {"error": {"code": "429", "message": text}}).kind == kind


@pytest.mark.parametrize("inner", ["innererror", "inner_error"])
@pytest.mark.parametrize("results", ["content_filter_result", "content_filter_results"])
def test_content_filter_details_are_found_in_every_spelling(inner, results):
    body = {
        "error": {
            "message": "The response was filtered",
            "type": None,
            "param": "prompt",
            "code": "content_filter",
            "status": 400,
            inner: {"code": "ResponsibleAIPolicyViolation", results: FILTER},
        }
    }

    told = error(400, body)

    assert (told.kind, told.param, told.content_filter) == ("content_filtered", "prompt", FILTER)


def test_a_missing_deployment_is_named():
    told = error(
        404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}
    )

    assert "no deployment named gpt-x" in told.message


def test_switched_off_keys_lead_to_entra():
    told = error(
        403,
        {"error": {"code": "AuthenticationTypeDisabled", "message": "Key based authentication is disabled"}},
    )

    assert told.kind == "forbidden"
    assert "Entra ID" in told.remedy


def test_a_missing_permission_is_named():
    action = "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action"
    body = {
        "error": {
            "code": "PermissionDenied",
            "message": f"The principal lacks the required data action `{action}`.",
        }
    }

    told = error(401, body)

    assert (told.kind, action in told.message) == ("forbidden", True)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "403", "message": "Access denied due to Virtual Network/Firewall rules."}},
        b"<html><body>Public access is disabled. Please configure private endpoint.</body></html>",
    ],
)
def test_a_firewall_is_recognised(body):
    assert "network rules" in error(403, body).message


def test_a_wrong_parameter_is_named():
    body = {
        "error": {
            "code": "unsupported_parameter",
            "type": "invalid_request_error",
            "param": "max_tokens",
            "message": "Use 'max_completion_tokens' instead.",
        }
    }

    told = error(400, body)

    assert (told.kind, told.code, told.param) == ("bad_request", "unsupported_parameter", "max_tokens")
    assert "max_tokens" in told.message


def test_arm_tells_its_target_and_details():
    body = {
        "error": {"code": "Bad", "message": "No.", "target": "sku", "details": [{"message": "Choose S0."}]}
    }

    told = error(400, body)

    assert (told.param, told.detail) == ("sku", "No. Choose S0.")


def test_ids_region_and_wait_come_from_the_headers():
    told = error(429, {}, apim_request_id="r-1", x_request_id="r-2", x_ms_region="East US 2", retry_after="3")

    assert (told.request_id, told.region, told.retry_after) == ("r-1", "East US 2", 3.0)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"error": {"code": "rate_limit_exceeded", "message": "slow down"}}, "rate_limited"),
        ({"code": "server_error", "message": "oh"}, "upstream_error"),
        ({"code": "429", "message": "slow down"}, "rate_limited"),
        ({"type": "invalid_request_error", "message": "no"}, "bad_request"),
        ({"code": "content_filter", "message": "no"}, "content_filtered"),
        ("a text", "upstream_error"),
        (None, "upstream_error"),
    ],
)
def test_errors_inside_streams_are_understood_too(value, kind):
    assert body_error(value, redact=Redactor()).kind == kind


@given(st.integers(300, 599), st.binary(max_size=300))
def test_no_body_is_too_strange(status, body):
    assert error(status, body).kind in ERROR_KINDS


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "error",
                    "code",
                    "message",
                    "detail",
                    "details",
                    "param",
                    "innererror",
                    "content_filter_result",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(st.integers(400, 599), JSON)
def test_no_json_is_too_strange(status, body):
    told = error(status, body)

    assert told.kind in ERROR_KINDS
    assert len(told.detail) <= 2000
