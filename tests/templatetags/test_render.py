"""What untrusted text may become on a page."""

import json
from html.parser import HTMLParser

import pytest

from console.templatetags.render import MAX_CHARACTERS, in_a_line, json_pretty, markdown, plain
from tests.templatetags.payloads import HTML, MARKDOWN, PAYLOADS

ELEMENTS = {
    *("a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s"),
    *("small", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "pre": {"tabindex"},
    "table": {"tabindex"},
    "a": {"href", "title", "rel", "target"},
    "span": {"class"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}


class Walk(HTMLParser):
    """Collects what a browser would see that is not on the list."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.strange: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.strange.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                self.strange.append(f"<{tag} {name}={value!r}>")
            if name == "class" and not all(part.startswith("tok-") for part in (value or "").split()):
                self.strange.append(f"<{tag} class={value!r}>")
        if tag == "a":
            self.links.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.strange.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.strange.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.strange.append(f"<?{data}>")


def test_the_corpus_is_large_enough_to_mean_something():
    assert len(set(PAYLOADS)) >= 120


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_makes_only_listed_elements_and_attributes(payload):
    walk = Walk(markdown(payload))

    assert walk.strange == []


@pytest.mark.parametrize("payload", MARKDOWN)
def test_links_lead_only_to_web_pages_and_mail_and_say_nothing_about_us(payload):
    for link in Walk(markdown(payload)).links:
        assert link["href"] is not None
        assert link["href"].split(":")[0] in {"http", "https", "mailto"}
        assert link["rel"] == "noopener noreferrer nofollow ugc"
        assert link["target"] == "_blank"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_makes_only_coloured_text(payload):
    assert Walk(json_pretty({payload: [payload]})).strange == []
    assert Walk(json_pretty(payload)).strange == []


@pytest.mark.parametrize("payload", HTML)
def test_html_of_a_model_is_shown_as_text(payload):
    shown = Walk(json_pretty({"text": payload})).text

    assert plain(json.loads(shown)["text"]) == plain(payload)


def test_an_image_becomes_text_with_its_host():
    html = markdown("![a cat](https://evil.test/p.png?d=SECRET)")

    assert html == "<p>[image not loaded: a cat · evil.test]</p>\n"


def test_a_link_says_where_it_goes():
    walk = Walk(markdown("[https://bank.test](https://evil.test/login)"))

    assert walk.text.strip() == "https://bank.test (evil.test)"


def test_an_address_written_out_is_not_said_twice():
    assert Walk(markdown("<https://ok.test/a>")).text.strip() == "https://ok.test/a"


def test_a_link_into_the_console_is_text():
    assert Walk(markdown("[sign out](/accounts/logout/)")).links == []


def test_headings_start_below_those_of_the_page():
    assert markdown("# One\n\n###### Six") == "<h3>One</h3>\n<h6>Six</h6>\n"


def test_tables_keep_their_alignment_without_style():
    assert '<td align="right">1</td>' in markdown("| n |\n|--:|\n| 1 |")


def test_strikethrough_survives():
    assert markdown("~~gone~~") == "<p><s>gone</s></p>\n"


def test_code_is_coloured_by_classes_only():
    html = markdown("```python\ndef f(): pass\n```")

    assert '<span class="tok-k">def</span>' in html
    assert Walk(html).strange == []


def test_code_in_an_unlisted_language_is_left_as_it_is():
    assert markdown("```brainfuck\n+<>\n```") == '<pre tabindex="0"><code>+&lt;&gt;\n</code></pre>\n'


@pytest.mark.parametrize("wide", ["```\ncode\n```", "| a |\n|---|\n| b |"])
def test_what_may_be_too_wide_can_be_scrolled_by_the_keyboard(wide):
    assert 'tabindex="0"' in markdown(wide)


def test_text_that_is_too_long_is_cut_and_says_so():
    html = markdown("x" * (MAX_CHARACTERS + 5))

    assert "cut here: 5 more characters" in html
    assert len(html) < MAX_CHARACTERS + 200


@pytest.mark.parametrize("unit", ["[", "![", "*a ", "> ", "- ", "`", "<a", "&", "\\", "[a](", "**", "| "])
def test_text_made_to_stall_the_parser_is_rendered_completely(unit):
    assert Walk(markdown(unit * 2_000)).strange == []


def test_control_and_direction_characters_are_made_visible():
    assert plain("a\x00\x1b[31m\u202eb\x7f") == "a␀␛[31m[U+202E]b␡"


def test_a_lone_surrogate_does_not_break_the_page():
    assert plain("a\ud800b") == "a\ufffdb"
    assert markdown("a\ud800b") == "<p>a\ufffdb</p>\n"


def test_nothing_is_shown_for_nothing():
    assert plain(None) == ""
    assert markdown(None) == ""


def test_json_text_is_indented():
    assert Walk(json_pretty('{"a":[1]}')).text == '{\n  "a": [\n    1\n  ]\n}'


def test_text_that_is_not_json_is_shown_as_it_is():
    assert Walk(json_pretty("<html>502 Bad Gateway</html>")).text == "<html>502 Bad Gateway</html>"


def test_json_that_is_too_deep_says_so():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    assert json_pretty(deep) == "This is nested too deeply to be shown."


def test_large_json_is_cut_and_says_so():
    assert "more characters" in json_pretty(["x" * 100] * 10_000)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("## Tents\n\n* **Two** people,\n* a *dog*", "Tents Two people, a dog"),
        ("| a | b |\n|---|---|\n| `1` | [two](https://x.example/) |", "a b 1 two (x.example)"),
        ("Look:\n```python\nprint(1)\n```\nDone", "Look: print(1) Done"),
        ("one\ntwo  \nthree ~~four~~", "one two three four"),
        ("2 * 3 * 4 < 5 & <b>x</b>", "2 * 3 * 4 < 5 & <b>x</b>"),
        ("a\u202eb", "a[U+202E]b"),
        (None, ""),
    ],
)
def test_a_preview_is_one_line_without_marks(text, line):
    assert in_a_line(text) == line


def test_a_preview_of_a_long_text_is_read_from_its_beginning_alone():
    assert len(in_a_line("word " * 1_000_000)) < 2_001
