"""Credentials are taken out of texts in every form that an upstream may echo."""

import base64
import hashlib
import json
from urllib.parse import quote

import pytest

from console.outbound.redaction import REDACTED, Redactor

KEY = 'Zk3/q+7=tX "9\\vLm2Wp8RsYb5Nc1Hd4Jg6'
FORMS = {
    "plain": KEY,
    "quoted": quote(KEY, safe=""),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "base64url": base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
    "hex": KEY.encode().hex(),
    "HEX": KEY.encode().hex().upper(),
    "reversed": KEY[::-1],
    "json": json.dumps(KEY)[1:-1],
    "sha256": hashlib.sha256(KEY.encode()).hexdigest(),
    "sha1": hashlib.sha1(KEY.encode()).hexdigest(),
    "first eight": KEY[:8],
    "last eight": KEY[-8:],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_the_secret_disappears(form):
    assert Redactor([KEY])(f"You sent <{FORMS[form]}>.") == f"You sent <{REDACTED}>."


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl",
        "Bearer abcdefghijklmnop",
        "sk-proj-abcdefghijkl",
        "xai-abcdefghijkl",
        "sk-abcd************wxyz",
    ],
)
def test_what_looks_like_a_credential_disappears_unknown(text):
    assert text.removeprefix("Bearer ") not in Redactor()(f"Incorrect: {text}.")


def test_ordinary_words_stay():
    text = "The deployment gpt-5-mini in East US 2 answered with 404; ask-me is a tool."

    assert Redactor(["short", KEY])(text) == text


def test_values_in_a_tree_are_redacted():
    tree = {"a": [KEY, 1, None], KEY: {"b": f"x{KEY}y"}}

    assert Redactor([KEY]).tree(tree) == {"a": [REDACTED, 1, None], REDACTED: {"b": f"x{REDACTED}y"}}
