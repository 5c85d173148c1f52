"""What a list page of the index can be searched, narrowed and sorted by: fixed maps, one `Listing` a noun.

A sort or a value that is in no map is refused with a sentence (400); other parameters are ignored.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, OrderBy, Q
from django.http import HttpRequest

from console.index import metadata
from console.models import Connection
from console.models.item import ItemQuerySet
from console.outbound.json_text import clean_text
from console.views.shared import BadQuery, Page, paged
from console.words import in_words

MAX_QUERY = 200
MAX_VALUE = 120
MAX_PAIR = 600
MAX_PAIRS = 8
MAX_CHOICES = 60
Tally = Mapping[str, Mapping[str, int]]
"""How many objects there are by facet and value."""
NULLABLE = {"retires_on", "size", "remote_created_at"}


@dataclass(frozen=True)
class Option:
    """One value of a facet; `count` is None where it is not known without counting."""

    value: str
    title: str
    count: int | None = None


@dataclass(frozen=True)
class Around:
    """What facets take their values from: what the last complete listings counted, and the connections."""

    tallies: Sequence[Tally]
    connections: Sequence[Connection]

    def counted(self, name: str, titles: Mapping[str, str] | None) -> list[Option]:
        """The most frequent values, in alphabetical order; without `titles` they are names to be shown as they are."""
        total: Counter[str] = Counter()
        for tally in self.tallies:
            total.update(tally.get(name, {}))
        found = [
            Option(value, value if titles is None else titles.get(value) or in_words(value), count)
            for value, count in total.most_common(MAX_CHOICES)
            if value
        ]
        return sorted(found, key=lambda option: option.title.lower())


@dataclass(frozen=True)
class Facet:
    """What a list can be narrowed by. `narrow` raises BadQuery for a value that cannot be.

    Of one that `is_typed` several values may be chosen, and any may be typed that is not offered; `hint` says how.
    """

    name: str
    title: str
    narrow: Callable[[ItemQuerySet, str], ItemQuerySet]
    options: Callable[[Around], list[Option]]
    is_typed: bool = False
    hint: str = ""

    def chosen(self, values: Sequence[str]) -> str:
        """What is chosen by these values of the address, the last of them or one a line; "" for nothing."""
        if not self.is_typed:
            return clean_text(values[-1])[:MAX_VALUE] if values else ""
        lines = [line.strip()[:MAX_PAIR] for value in values for line in clean_text(value).splitlines()]
        return "\n".join(list(dict.fromkeys(filter(None, lines)))[:MAX_PAIRS])


def by_family(title: str = "Family") -> Facet:
    return Facet(
        "family",
        title,
        lambda rows, value: rows.filter(family=value),
        lambda around: around.counted("family", None),
    )


def by_status(name: str, title: str, titles: Mapping[str, str]) -> Facet:
    return Facet(
        name,
        title,
        lambda rows, value: rows.filter(status=value),
        lambda around: around.counted("status", titles),
    )


def by_label(name: str, title: str, titles: Mapping[str, str] | None = None) -> Facet:
    return Facet(
        name,
        title,
        lambda rows, value: rows.labelled(f"{name}:{value}"),
        lambda around: around.counted(name, titles),
    )


def by_connection() -> Facet:
    return Facet(
        "connection",
        "Connection",
        lambda rows, value: rows.filter(connection__slug=value),
        lambda around: [Option(one.slug, one.name) for one in around.connections],
    )


def by_metadata() -> Facet:
    """Pairs of metadata, all of which an object must have; a key alone asks for whatever has it."""

    def narrow(rows: ItemQuerySet, lines: str) -> ItemQuerySet:
        for line in lines.splitlines():
            rows = rows.labelled(metadata.wanted(line))
        return rows

    def options(around: Around) -> list[Option]:
        found = [
            Option(metadata.written(one.value), metadata.written(one.value), one.count)
            for one in around.counted(metadata.PAIR, None)
        ]
        return [one for one in found if one.value]

    return Facet("metadata", "Metadata", narrow, options, is_typed=True, hint="key = value, or key")


def by_condition(name: str, title: str, conditions: Mapping[str, tuple[str, Callable[[], Q]]]) -> Facet:
    """One of a few conditions, each with its title."""

    def narrow(rows: ItemQuerySet, value: str) -> ItemQuerySet:
        if value not in conditions:
            raise BadQuery(f"“{name}” can be {' or '.join(conditions)}, not “{value[:40]}”.")
        return rows.filter(conditions[value][1]())

    options = [Option(value, title) for value, (title, _) in conditions.items()]
    return Facet(name, title, narrow, lambda _: options)


@dataclass(frozen=True)
class Column:
    """A column of the table: `sort` names what a click on its head sorts by, `style` its classes."""

    title: str
    style: str = ""
    sort: str = ""
    is_hidden: bool = False


SELECT = Column("Select", "fit", is_hidden=True)
"""The column of the boxes that choose rows for what is done to many at once."""


@dataclass(frozen=True)
class Listing:
    """A list page. `sorts` maps the words of `?sort=` to columns; a minus turns the order round.

    `list_name` is its URL name, `one` and `noun` what a single object and many are called, `rows` the template
    of its rows, `icon` and `empty` what stands there before there is any object. What happens one after the
    other is best sorted by "-created" unless somebody asks for something else. `every_name` is the URL name of what
    can be done to all that the list finds, called `every_words`; `above` the template of what stands above the
    list and changes with it.
    """

    kind: str
    noun: str
    columns: Sequence[Column]
    sorts: Mapping[str, str]
    facets: Sequence[Facet]
    list_name: str = ""
    one: str = ""
    rows: str = ""
    icon: str = ""
    empty: str = ""
    search: str = "Filter by name or id"
    every_name: str = ""
    every_words: str = ""
    above: str = ""
    default_sort: str = "name"

    @property
    def has_selection(self) -> bool:
        return SELECT in self.columns

    @property
    def nothing(self) -> str:
        return f"No {self.noun} yet"

    def asked(self, request: HttpRequest) -> "Asked":
        """What the address asks for. Raises BadQuery for a sort or a value that does not exist."""
        sort = request.GET.get("sort", self.default_sort)
        if sort.removeprefix("-") not in self.sorts:
            raise BadQuery(f"This list can be sorted by {', '.join(self.sorts)}, not by “{sort[:40]}”.")
        chosen = {one.name: one.chosen(request.GET.getlist(one.name)) for one in self.facets}
        return Asked(
            listing=self,
            q=clean_text(request.GET.get("q", ""))[:MAX_QUERY].strip(),
            sort=sort,
            is_gone=request.GET.get("gone") == "1",
            chosen={name: value for name, value in chosen.items() if value},
        )


@dataclass(frozen=True)
class Asked:
    """What one address asks of a list."""

    listing: Listing
    q: str
    sort: str
    is_gone: bool
    chosen: Mapping[str, str]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.chosen or self.is_gone)

    @property
    def is_usual_order(self) -> bool:
        return self.sort == self.listing.default_sort

    def narrow(self, items: ItemQuerySet) -> ItemQuerySet:
        """The asked-for items in the asked-for order. Raises BadQuery."""
        rows = items.gone() if self.is_gone else items.present()
        for facet in self.listing.facets:
            if facet.name in self.chosen:
                rows = facet.narrow(rows, self.chosen[facet.name])
        return rows.search(self.q).order_by(*self.order())

    def order(self) -> list[OrderBy]:
        is_descending = self.sort.startswith("-")
        column = self.listing.sorts[self.sort.removeprefix("-")]
        # By time there is an index that ends with the id; by anything else equals are told apart by their names.
        names = dict.fromkeys([column, "id"] if column == "remote_created_at" else [column, "name", "id"])
        last = {name: True if name in NULLABLE else None for name in names}
        if is_descending:
            return [F(name).desc(nulls_last=last[name]) for name in names]
        return [F(name).asc(nulls_last=last[name]) for name in names]

    def page(self, request: HttpRequest, items: ItemQuerySet, *, total: int | None) -> Page:
        """The asked-for page of items: their ids by an index first, so that a late page costs little more.

        `total` is how many items there are when nothing is narrowed; None where that must be counted.
        """
        ids = self.narrow(items).values_list("pk", flat=True)
        page = paged(request, ids, total=None if self.is_narrowed else total)
        return replace(page, rows=items.in_order(page.rows))

    @property
    def parts(self) -> dict[str, str]:
        """What the address asks for, by parameter, without what is usual."""
        gone = "1" if self.is_gone else ""
        sort = "" if self.is_usual_order else self.sort
        parts = {"q": self.q, **self.chosen, "gone": gone, "sort": sort}
        return {name: value for name, value in parts.items() if value}

    def query(self, **changes: str) -> str:
        """The query string of this list with some of its parts changed; "" leaves a part out."""
        parts = {**self.parts, **changes}
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    def heads(self) -> list[dict[str, Any]]:
        """The heads of the table: where a click leads, and how the list is sorted now."""
        heads: list[dict[str, Any]] = []
        for column in self.listing.columns:
            is_up, is_down = self.sort == column.sort, self.sort == f"-{column.sort}"
            order = "ascending" if is_up else "descending" if is_down else "none"
            query = self.query(sort=f"-{column.sort}" if is_up else column.sort) if column.sort else ""
            heads.append({"column": column, "order": order, "query": query})
        return heads

    def menus(self, tallies: Sequence[Tally], connections: Sequence[Connection]) -> list[dict[str, Any]]:
        """The facets with their values, counts and the address of each; one without a choice is left out."""
        around = Around(tallies, connections)
        plain = [menu for facet in self.listing.facets if (menu := self.menu(facet, around))]
        return [
            *plain,
            *(menu for facet in self.listing.facets if facet.is_typed for menu in self.typed(facet, around)),
        ]

    def typed(self, facet: Facet, around: Around) -> Iterator[dict[str, Any]]:
        """A chip for each value that was chosen, and a menu to choose a further one from, or to type it."""
        lines = self.chosen.get(facet.name, "").splitlines()
        for line in lines:
            without = self.query(**{facet.name: "\n".join(one for one in lines if one != line)})
            yield {"facet": facet, "value": line, "title": line, "without": without}
        links = [
            {"option": one, "query": self.query(**{facet.name: "\n".join([*lines, one.value])})}
            for one in facet.options(around)
            if one.value not in lines
        ]
        yield {"facet": facet, "value": "", "links": links}

    def menu(self, facet: Facet, around: Around) -> dict[str, Any] | None:
        options = [] if facet.is_typed else facet.options(around)
        value = "" if facet.is_typed else self.chosen.get(facet.name, "")
        if len(options) < 2 and not value:
            return None
        title = next((one.title for one in options if one.value == value), value)
        links = [{"option": one, "query": self.query(**{facet.name: one.value})} for one in options]
        return {
            "facet": facet,
            "value": value,
            "title": title,
            "links": links,
            "without": self.query(**{facet.name: ""}),
        }
