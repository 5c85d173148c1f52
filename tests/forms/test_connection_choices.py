"""What a select of connections offers, and what is chosen as long as nobody chooses."""

import pytest
from django.utils import timezone

from console.models import Connection
from tests.conftest import connect


@pytest.fixture
def operating(client, alice, connection):
    """Beside “prod” there is “early”, which comes first by its name and whose last check failed."""
    early = connect(connection.workspace, "early", "127.0.0.1:9", "/openai/v1", "key")
    Connection.objects.filter(pk=early.pk).update(checked_at=timezone.now(), error_kind="network_error")
    client.force_login(alice)
    return client


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/files/upload/", "connection"),
        ("/responses/open/", "connection"),
        ("/conversations/open/", "connection"),
    ],
)
def test_a_connection_that_failed_comes_last_and_says_so(operating, path, name):
    field = operating.get(path).context["form"].fields[name]

    assert field.choices == [("prod", "prod"), ("early", "early (last check failed)")]


def test_the_code_beside_the_form_sends_to_the_connection_that_is_shown_first(operating, connection):
    assert connection.url in operating.get("/files/upload/").context["samples"][0].text


def test_a_connection_that_failed_can_be_chosen_all_the_same(operating):
    form = operating.get("/files/upload/?connection=early").context["form"]

    assert form.chosen[0].slug == "early"


def test_the_menu_that_makes_an_object_offers_it_last(operating):
    page = operating.get("/vector-stores/").text

    assert page.index("/c/prod/vector-stores/new/") < page.index("/c/early/vector-stores/new/")
    assert "early (last check failed)" in page


def test_an_empty_pane_begins_with_a_connection_that_answers(operating):
    columns = operating.get("/playground/").context["columns"]

    assert [one.connection for one in columns] == ["prod"]
