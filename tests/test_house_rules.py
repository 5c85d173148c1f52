"""The house rules: each danger has one door; these tests walk the code to see that nobody built another."""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from console.audit_actions import ACTIONS

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "console"
TEMPLATES = ROOT / "templates"
NETWORK = {
    "aiohttp",
    "azure",
    "http.client",
    "httpcore",
    "httpx",
    "httpx_aiohttp",
    "openai",
    "requests",
    "socket",
    "urllib.request",
    "urllib3",
}
VERBS = (
    "aggregate|all|bulk_create|count|create|delete|exclude|filter|first|get|get_or_create|in_bulk|last|update"
)
OWNED = {"Answer", "Comparison", "Connection", "Item", "Revision", "RouteProbe", "Secret", "Sync", "Turn"}
HTML_MAKERS = {"mark_safe", "SafeString", "SafeText", "format_html", "format_html_join"}


def sources(*parts: str) -> list[Path]:
    """Return the Python files of the console, or of some of its parts."""
    roots = [CONSOLE / part for part in parts] or [CONSOLE]
    files = [path for root in roots for path in (root.rglob("*.py") if root.is_dir() else [root])]
    assert files
    return files


def short(path: Path) -> str:
    return path.relative_to(CONSOLE).as_posix()


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@functools.cache
def imports(path: Path) -> list[str]:
    """Return every module that a file imports, also inside of functions."""
    return list(imported(path))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@functools.cache
def calls(path: Path) -> list[str]:
    """Return what is called, as it is written: `Connection.objects.get`, `secret.reveal`."""
    return [ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


# The door to the network

OUTSIDE_THE_DOOR = {
    "first_start.py": {"socket"},  # asks whether a port of this machine is free
    "management/commands/up.py": {"socket"},  # waits until the web process listens
    "playground/ledger.py": {"socket"},  # the name of this machine
}


def test_only_outbound_reaches_the_network():
    found = {
        short(path): bad
        for path in sources()
        if not short(path).startswith(("outbound/", "simulator/"))
        and (bad := {module for module in imports(path) if within(module, NETWORK)})
    }

    assert found == OUTSIDE_THE_DOOR


@pytest.mark.parametrize("part", ["outbound", "v1", "arm"])
def test_what_talks_to_azure_knows_no_django(part):
    for path in sources(part):
        assert not [module for module in imports(path) if within(module, {"django", "celery"})], path


def test_what_talks_to_azure_does_not_look_up():
    above = {"console.models", "console.views", "console.access", "console.playground", "console.tasks"}
    for path in sources("outbound", "v1", "arm"):
        assert not [module for module in imports(path) if within(module, above)], path


def test_the_simulator_and_the_console_do_not_know_each_other():
    for path in sources():
        modules = [module for module in imports(path) if within(module, {"console"})]
        if short(path).startswith("simulator/"):
            assert not [module for module in modules if not within(module, {"console.simulator"})], path
        else:
            assert not [module for module in modules if within(module, {"console.simulator"})], path


def test_models_do_not_enqueue_and_know_no_view():
    for path in sources("models"):
        above = {"console.tasks", "console.views", "console.forms", "console.access", "celery"}
        assert not [module for module in imports(path) if within(module, above)], path


# The other doors


def test_only_the_secrets_model_reveals():
    revealing = {short(path) for path in sources() if any(name.endswith("reveal") for name in calls(path))}

    assert revealing <= {"models/secret.py"}


def test_no_form_has_a_field_of_a_secret():
    for path in sources("forms", "views"):
        assert "ciphertext" not in path.read_text(), path


def test_views_and_tasks_load_what_a_workspace_owns_through_access_alone():
    direct = re.compile(rf"({'|'.join(OWNED)})\.objects\.({VERBS})\b|get_object_or_404|get_list_or_404")
    allowed = {
        "tasks.py": ("Connection.objects.active",),  # what the worker does on nobody's behalf
        "views/probes.py": ("RouteProbe.objects.filter",),  # of connections that access.py gave
        "views/overview.py": ("Sync.objects.filter",),  # likewise
        "views/syncs.py": ("Sync.objects.filter",),  # likewise
    }
    for path in sources("views", "tasks.py"):
        found = {name for name in calls(path) if direct.match(name)}
        assert not {name for name in found if not name.startswith(allowed.get(short(path), "?"))}, path


def test_only_the_render_filters_make_html():
    makers = {
        short(path) for path in sources() if {name.split(".")[-1] for name in calls(path)} & HTML_MAKERS
    }

    assert {path for path in makers if not path.startswith("templatetags/")} == set()


def test_no_template_switches_escaping_off():
    for path in TEMPLATES.rglob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape off|safeseq", path.read_text()), path


def test_only_the_audit_model_writes_events():
    writing = re.compile(
        r"\bAuditEvent(\.objects\.(bulk_|create|get_or|update)|\()|\bAuditHead\.objects\.(create|get_or)"
    )
    writers = {short(path) for path in sources() if any(writing.search(f"{name}(") for name in calls(path))}

    assert writers <= {"models/audit.py", "models/audit_check.py"}
    assert not [name for name in calls(CONSOLE / "models/audit_check.py") if "create" in name]


def test_events_are_never_changed_by_code():
    for path in sources():
        text = path.read_text()
        assert not re.search(r"AuditEvent\.objects[^\n]*\.(update|delete)\(", text), path


def test_no_request_data_names_a_column():
    for path in sources("views", "forms", "access.py", "tasks.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                spread = [ast.unparse(word.value) for word in node.keywords if word.arg is None]
                assert not [text for text in spread if "request." in text], path
        assert not re.search(r"\.(extra|raw)\(|RawSQL", path.read_text()), path


@pytest.mark.parametrize(
    "danger", ["eval", "exec", "pickle.loads", "yaml.load", "os.system", "__import__", "marshal.loads"]
)
def test_nothing_runs_text_as_code(danger):
    assert [short(path) for path in sources() if danger in set(calls(path))] == []


def test_certificates_are_always_verified():
    for path in sources():
        assert not re.search(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False", path.read_text()), (
            path
        )


# Templates and scripts


def test_templates_have_no_style_and_no_script_of_their_own():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle\s*=|<style\b", text), path
        html = re.sub(r"{[%{#].*?[#}%]}", "", text, flags=re.DOTALL)
        assert not re.search(r"\son[a-z]+\s*=|hx-on|javascript:", html), path
        for tag in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in tag, (path, tag)


def test_nothing_is_fetched_from_another_site():
    for path in [*TEMPLATES.rglob("*.html"), *(ROOT / "static").rglob("*.css")]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(
            r"(src|href)=\"(https?:)?//|url\(['\"]?(https?:)?//|@import\s+url\(['\"]?http", text
        ), path


@pytest.mark.parametrize("path", sorted((ROOT / "static/js").rglob("*.js")), ids=lambda path: path.name)
def test_scripts_write_text_and_never_html(path):
    """One script puts parts of pages in place, as htmx does; the server rendered and escaped them."""
    text = path.read_text()
    if path.name == "live.js":
        text = text.replace("old.outerHTML = line.html", "")

    assert not re.search(
        r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )


def test_styles_do_without_force():
    for path in (ROOT / "static/css").rglob("*.css"):
        assert "!important" not in path.read_text(), path


# Pages and their documents


def test_every_setting_is_documented():
    text = (CONSOLE / "settings.py").read_text()
    used = set(re.findall(r"""env\.\w+\(\s*"([A-Z_]+)\"""", text)) | set(
        re.findall(r"""\bsecret\("([A-Z_]+)"\)""", text)
    )
    used |= {"DATA_DIR", "OUTBOUND_ALLOW_HOSTS", "OUTBOUND_ALLOW_CIDRS"}  # read before Django, and without it

    documented = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)

    assert sorted(documented) == sorted(used)


def test_every_action_is_documented():
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\w+) \| \S", (ROOT / "docs/audit.md").read_text(), re.MULTILINE)

    assert dict(rows) == {name: action.category for name, action in ACTIONS.items()}


def recorded() -> set[str]:
    """Return every action that the code records, in calls and in keywords `action=`."""
    found = set()
    for path in sources():
        if short(path) in {"audit_actions.py"} or short(path).startswith("simulator/"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in ACTIONS:
                found.add(node.value)
    return found


def test_every_action_of_the_catalogue_is_used():
    assert set(ACTIONS) - recorded() == set()


def test_every_recorded_action_is_in_the_catalogue():
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.record"):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    assert first.value in ACTIONS, (path, first.value)


def test_no_file_grows_beyond_four_hundred_lines():
    """Migrations are what they are, and the list of all addresses stands on one page."""
    long = {short(path): count for path in sources() if (count := len(path.read_text().splitlines())) > 400}

    assert {
        name: count for name, count in long.items() if not name.startswith(("migrations/", "urls.py"))
    } == {}


# Headers

ASKED = {
    "page": ("get", "/people/", 200),
    "redirect": ("post", "/audit/verify/", 302),
    "refused form": ("post", "/people/new/", 422),
    "unknown": ("get", "/nowhere/", 404),
    "other method": ("put", "/people/", 405),
    "json": ("get", "/people/?json", 200),
    "health": ("get", "/healthz", 200),
    "other host": ("get", "/?host", 400),
    "static": ("get", "/static/headers.css", 200),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ASKED)
def test_every_response_has_the_headers_of_a_safe_page(client, root, settings, name):
    method, path, status = ASKED[name]
    client.force_login(root)
    (settings.STATIC_ROOT / "headers.css").write_text("a{}")
    headers = (
        {"accept": "application/json"} if "json" in path else {"host": "evil.test"} if "host" in path else {}
    )

    response = getattr(client, method)(path, headers=headers)

    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    for piece in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert piece in policy
    assert not re.search(r"unsafe-|\*|http:|https:", policy)
    expected = {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert {header: response[header] for header in expected} == expected
    assert "camera=()" in response["Permissions-Policy"]
    assert response["X-Request-Id"]
    assert name == "static" or "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_no_two_pages_have_the_same_nonce(client):
    policies = [client.get(reverse("account_login"))["Content-Security-Policy"] for _ in range(50)]
    nonces = {match.group(1) for policy in policies if (match := re.search(r"'nonce-([^']+)'", policy))}

    assert len(nonces) in {0, 50}
    assert all(len(nonce) >= 22 for nonce in nonces)


PRODUCTION = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
import django
django.setup()
from django.conf import settings
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
print(settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE)
print(settings.SECURE_HSTS_SECONDS > 0, settings.DEBUG)
"""


def test_behind_tls_the_cookies_are_bound_to_the_host(tmp_path):
    import os

    environment = os.environ | {
        "SECURE": "1",
        "PORT": "8000",
        "DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    told = subprocess.run(
        [sys.executable, "-c", PRODUCTION],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert told.stdout.split() == [
        "__Host-console-session-8000",
        "True",
        "True",
        "__Host-console-csrf-8000",
        "True",
        "True",
        "False",
    ]
