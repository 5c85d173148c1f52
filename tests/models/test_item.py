from datetime import date, timedelta

import pytest
from django.utils import timezone

from console.models import Item, Reference, Revision
from console.models.item import used_by
from console.models.seen import Seen, label

pytestmark = pytest.mark.django_db


def model(remote_id: str, **facts) -> Seen:
    return Seen(**{"remote_id": remote_id, "name": remote_id, "raw": {"id": remote_id}, **facts})


def test_a_page_of_a_listing_is_taken_in(connection):
    count = Item.objects.take_in(connection.pk, "model", [model("gpt-5"), model("gpt-4.1")])

    assert count == 2
    assert set(Item.objects.values_list("name", flat=True)) == {"gpt-5", "gpt-4.1"}


def test_the_first_sight_is_the_first_revision(connection):
    Item.objects.take_in(connection.pk, "model", [model("gpt-5")])

    assert [revision.raw for revision in Revision.objects.all()] == [{"id": "gpt-5"}]


def test_the_same_object_again_makes_no_revision(connection):
    Item.objects.take_in(connection.pk, "model", [model("gpt-5", raw={"id": "gpt-5", "created": 1})])
    Item.objects.take_in(connection.pk, "model", [model("gpt-5", raw={"created": 1, "id": "gpt-5"})])

    assert Revision.objects.count() == 1


def test_a_changed_object_keeps_its_row_and_gains_a_revision(connection):
    Item.objects.take_in(connection.pk, "model", [model("gpt-5")])
    before = Item.objects.get()

    Item.objects.take_in(connection.pk, "model", [model("gpt-5", raw={"id": "gpt-5", "status": "failed"})])

    after = Item.objects.get()
    assert (after.pk, after.first_seen_at) == (before.pk, before.first_seen_at)
    assert [revision.raw.get("status") for revision in after.revisions.all()] == [None, "failed"]


def test_a_retirement_day_that_only_the_catalogue_tells_changes_the_row_without_a_revision(connection):
    Item.objects.take_in(connection.pk, "deployment", [model("chat")])
    Item.objects.take_in(connection.pk, "deployment", [model("chat", retires_on=date(2027, 2, 5))])

    assert Item.objects.get().retires_on == date(2027, 2, 5)
    assert Revision.objects.count() == 1


def test_what_a_complete_listing_no_longer_tells_is_gone(connection):
    Item.objects.take_in(connection.pk, "model", [model("gpt-5"), model("old")])
    started = timezone.now()
    Item.objects.take_in(connection.pk, "model", [model("gpt-5")])

    assert Item.objects.mark_gone(connection.pk, "model", not_seen_since=started) == 1
    assert [item.name for item in Item.objects.gone()] == ["old"]


def test_what_comes_back_is_present_again(connection):
    Item.objects.take_in(connection.pk, "model", [model("gpt-5")])
    Item.objects.mark_gone(connection.pk, "model", not_seen_since=timezone.now() + timedelta(seconds=1))

    Item.objects.take_in(connection.pk, "model", [model("gpt-5")])

    assert Item.objects.present().count() == 1


def test_a_typed_deployment_is_not_gone_because_no_listing_tells_of_it(connection):
    Item.objects.take_in(connection.pk, "deployment", [model("mine", labels=frozenset({"source:typed"}))])

    Item.objects.mark_gone(connection.pk, "deployment", not_seen_since=timezone.now() + timedelta(seconds=1))

    assert Item.objects.present().count() == 1


def test_the_same_id_on_two_connections_is_two_items(connection, workspace):
    from tests.conftest import connect

    other = connect(workspace, "other", "127.0.0.1:9", "", "another-key")
    Item.objects.take_in(connection.pk, "model", [model("gpt-5")])
    Item.objects.take_in(other.pk, "model", [model("gpt-5")])

    assert Item.objects.count() == 2


def test_an_id_too_long_to_be_kept_whole_is_left_out(connection):
    assert Item.objects.take_in(connection.pk, "model", [model("m" * 257), model("")]) == 0


def test_json_that_no_database_takes_is_made_storable(connection):
    raw = {"id": "odd", "nul\x00": "a\x00b", "half": "\ud800", "nan": float("nan"), "deep": [{"x": "\x00"}]}
    Item.objects.take_in(connection.pk, "model", [model("odd", raw=raw, name="n\x00", status="\udfff")])

    item = Item.objects.get()
    assert item.raw["deep"] == [{"x": "\ufffd"}]
    assert (item.raw["nul\ufffd"], item.raw["half"], item.raw["nan"]) == ("a\ufffdb", "\ufffd", None)
    assert (item.name, item.status) == ("n\ufffd", "\ufffd")


def test_numbers_beyond_the_column_are_not_known(connection):
    Item.objects.take_in(connection.pk, "file", [model("big", size=2**70)])

    assert Item.objects.get().size is None


def test_texts_are_cut_to_their_columns(connection):
    Item.objects.take_in(
        connection.pk, "model", [model("m", name="n" * 600, status="s" * 99, family="f" * 99)]
    )

    item = Item.objects.get()
    assert (len(item.name), len(item.status), len(item.family)) == (512, 60, 60)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mini", ["gpt-5-mini"]),
        ("MINI gpt", ["gpt-5-mini"]),
        ("%", []),
        ("gpt\x00", []),
        ("x" * 5000, []),
        ("", ["gpt-5-mini", "o4"]),
    ],
)
def test_search_finds_items_in_which_every_word_occurs(connection, text, found):
    Item.objects.take_in(connection.pk, "model", [model("gpt-5-mini"), model("o4")])

    assert sorted(item.name for item in Item.objects.search(text)) == found


def test_labels_are_matched_whole(connection):
    Item.objects.take_in(
        connection.pk, "model", [model("a", labels=frozenset({label("capability", "chat now")}))]
    )

    assert Item.objects.labelled("capability:chat_now").count() == 1
    assert Item.objects.labelled("capability:chat").count() == 0


def test_an_item_knows_who_uses_it(connection):
    refs = frozenset({("model", "gpt-5")})
    Item.objects.take_in(connection.pk, "model", [model("gpt-5"), model("o4")])
    Item.objects.take_in(connection.pk, "deployment", [model("chat", refs=refs)])

    models = list(Item.objects.filter(kind="model"))
    uses = Item.objects.uses_of(models, "deployment")
    assert {key[1]: [item.name for item in items] for key, items in uses.items()} == {"gpt-5": ["chat"]}
    assert [item.name for item in Item.objects.filter(used_by("deployment"))] == ["gpt-5"]


def test_a_gone_user_counts_no_longer(connection):
    Item.objects.take_in(connection.pk, "model", [model("gpt-5")])
    Item.objects.take_in(connection.pk, "deployment", [model("chat", refs=frozenset({("model", "gpt-5")}))])
    Item.objects.filter(kind="deployment").update(gone_at=timezone.now())

    assert not Item.objects.filter(used_by("deployment")).exists()


def test_changed_references_replace_the_old_ones(connection):
    for used in ("gpt-4o", "gpt-5"):
        seen = model("chat", raw={"model": used}, refs=frozenset({("model", used)}))
        Item.objects.take_in(connection.pk, "deployment", [seen])

    assert list(Reference.objects.values_list("remote_id", flat=True)) == ["gpt-5"]


def test_a_tally_counts_the_present_by_facet(connection):
    labels = frozenset({"capability:chat", "capability:responses"})
    Item.objects.take_in(
        connection.pk,
        "model",
        [
            model("gpt-5", family="gpt-5", status="ga", labels=labels),
            model("o4", family="o-series", status="ga"),
        ],
    )

    assert Item.objects.tally(connection.pk, "model") == {
        "total": 2,
        "facets": {
            "family": {"gpt-5": 1, "o-series": 1},
            "status": {"ga": 2},
            "capability": {"chat": 1, "responses": 1},
        },
    }


def test_days_left_count_down_to_the_retirement():
    today = timezone.now().date()

    assert Item(retires_on=today + timedelta(days=9)).days_left == 9
    assert Item(retires_on=today - timedelta(days=2)).days_left == -2
    assert Item().days_left is None


def test_an_item_is_found_by_its_id_too(connection):
    Item.objects.take_in(connection.pk, "file", [model("file-Ab12", name="Training DATA.jsonl")])

    assert Item.objects.search("file-ab12 data").count() == 1


def test_the_longest_texts_fit_into_every_index(connection):
    Item.objects.take_in(connection.pk, "file", [model("\U0001f600" * 256, name="\U0001f680" * 512)])

    assert Item.objects.count() == 1
