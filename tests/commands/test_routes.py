"""`manage.py routes`: the site as data, for scripts."""

import json

from django.core.management import call_command
from django.urls import reverse


def test_json_has_name_pattern_methods_and_permission(capsys):
    call_command("routes", "--json")

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["connection-remove"] == {
        "name": "connection-remove",
        "pattern": "/c/<slug:slug>/remove/",
        "methods": ["GET", "HEAD", "POST"],
        "permission": "manage",
    }
    assert (rows["healthz"]["permission"], rows["audit"]["permission"]) == ("public", "audit")


def test_the_table_has_a_line_for_every_url(capsys):
    call_command("routes")

    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[0] == "admin" and line.endswith(reverse("people")) for line in lines)
