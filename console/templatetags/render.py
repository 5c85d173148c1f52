"""The only way from untrusted text (model output, file names, upstream errors) to HTML.

Markdown follows https://spec.commonmark.org/0.31.2/ with tables and strikethrough, raw HTML off; whatever it
becomes passes an allow list of elements and attributes before it counts as safe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import nh3
from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

register = template.Library()

MAX_CHARACTERS = 200_000
MAX_HIGHLIGHTED = 20_000
MAX_JSON_HIGHLIGHTED = 100_000
MAX_PREVIEWED = 2_000

TAGS = {
    *(
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
    ),
    *("h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
# What may be wider than its place is scrolled; the keyboard has to reach it.
SET_ATTRIBUTES = {"a": {"target": "_blank"}, "pre": {"tabindex": "0"}, "table": {"tabindex": "0"}}
TOKEN_CLASSES = {f"tok-{name}" for name in STANDARD_TYPES.values() if name}
LINK_SCHEMES = {"http", "https", "mailto"}
LINK_REL = "noopener noreferrer nofollow ugc"
# Fences in other languages stay uncoloured: fewer lexers that a model can feed.
LANGUAGES = frozenset(
    (
        "bash", "c", "c++", "cpp", "console", "cs", "csharp", "css", "diff", "docker", "dockerfile", "go",
        "graphql", "html", "http", "ini", "java", "javascript", "js", "json", "jsx", "kotlin", "lua",
        "make", "makefile", "markdown", "md", "php", "powershell", "python", "py", "r", "ruby", "rust",
        "sh", "shell", "sql", "swift", "terraform", "hcl", "toml", "ts", "tsx", "typescript", "xml", "yaml",
        "yml", "zsh",
    )
)  # fmt: skip
HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}

# C0 and C1 controls, and the characters that turn the direction of the text that follows them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
HOST = re.compile(r"[\w.:-]+")
SURROGATE = re.compile("[\ud800-\udfff]")


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  the name is the parser's
        """Accept a link only with a scheme of the list: a relative one would point into the console."""
        return host_of(url) is not None


@register.filter
def markdown(text: Any) -> SafeString:
    """Render Markdown of a model. Put it in an element with class "prose" and `hx-disable`.

    Images become text, links name their host, headings start at h3. Text over 200,000 characters is
    cut there and shown as it is, without being parsed.
    """
    source = plain(text)
    if len(source) >= MAX_CHARACTERS:
        return _clean(f"<pre><code>{escape(source)}</code></pre>")
    return _clean(_parser().render(source))


@register.filter
def in_a_line(text: Any) -> str:
    """Write the beginning of a Markdown text as one line of plain text, for a preview: its words without its marks."""
    tokens = _parser().parse(plain(str(text or "")[:MAX_PREVIEWED]))
    blocks = ("".join(map(_word, token.children or [token])) for token in tokens)
    return " ".join(" ".join(blocks).split())


@register.filter
def json_pretty(value: Any) -> SafeString:
    """Render an object, or the text of one, as indented JSON for a `<pre class="code">`.

    Text that is not JSON is shown as it is; over 100,000 characters nothing is coloured, over 200,000
    it is cut.
    """
    written, is_json = _json_text(value)
    text = plain(written)
    if is_json and len(text) <= MAX_JSON_HIGHLIGHTED:
        return _clean(_coloured(text, "json").removesuffix("\n"))
    return _clean(escape(text))


@register.filter
def plain(text: Any) -> str:
    """Return text as it is, with control and direction characters made visible, cut at 200,000 characters."""
    words = "" if text is None else str(text)
    if len(words) > MAX_CHARACTERS:
        words = f"{words[:MAX_CHARACTERS]}\n… cut here: {len(words) - MAX_CHARACTERS} more characters"
    return INVISIBLE.sub(_visible, SURROGATE.sub("\ufffd", words.replace("\r\n", "\n").replace("\r", "\n")))


@register.filter
def linked(label: Any, url: Any) -> SafeString | str:
    """Return a label as a link that names its host; as plain text where the address is not one to follow."""
    host = host_of(str(url))
    if host is None:
        return plain(label)
    return _clean(f'<a href="{escape(str(url))}">{escape(plain(label))}</a> <small>({escape(host)})</small>')


def host_of(url: str) -> str | None:
    """Return what to show as the host of a link, None when the link is not one to follow."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme.lower() not in LINK_SCHEMES:
        return None
    if parts.scheme.lower() == "mailto":
        return parts.path.rpartition("@")[2] or None
    host = parts.hostname or ""
    return host if HOST.fullmatch(host) else None


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"[U+{code:04X}]"


def _clean(html: str) -> SafeString:
    return SafeString(
        nh3.clean(
            html,
            tags=TAGS,
            clean_content_tags=set(),
            attributes=ATTRIBUTES,
            allowed_classes={"span": TOKEN_CLASSES},
            url_schemes=LINK_SCHEMES,
            url_relative="deny",
            link_rel=LINK_REL,
            set_tag_attribute_values=SET_ATTRIBUTES,
        )
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False, "highlight": _fence}).enable(["table", "strikethrough"])
    parser.core.ruler.push("console_tame", _tame)
    return parser


def _fence(code: str, language: str, _attributes: str) -> str:
    """Return the inside of a code block; an empty answer makes the parser escape the code itself."""
    name = language.lower()
    return _coloured(code, name) if name in LANGUAGES and len(code) <= MAX_HIGHLIGHTED else ""


def _coloured(code: str, language: str) -> str:
    lexer = _lexer(language)
    return highlight(code, lexer, _FORMATTER) if lexer else escape(code)


_FORMATTER = HtmlFormatter(nowrap=True, classprefix="tok-")


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _tame(state: StateCore) -> None:
    """Rewrite what the parser found: smaller headings, alignment without style, links and images told."""
    for token in state.tokens:
        token.tag = HEADINGS.get(token.tag, token.tag)
        style = token.attrs.pop("style", None)
        if isinstance(style, str):
            token.attrs["align"] = style.removeprefix("text-align:")
        if token.children:
            token.children = list(_tamed(token.children))


def _tamed(children: Sequence[Token]) -> list[Token]:
    tamed: list[Token] = []
    hosts: list[str] = []
    for token in children:
        if token.type == "image":
            tamed.append(_text(f"[image not loaded: {_words_of_image(token)}]"))
            continue
        tamed.append(token)
        if token.type == "link_open":
            hosts.append("" if token.info == "auto" else host_of(str(token.attrs.get("href", ""))) or "")
        elif token.type == "link_close" and hosts and (host := hosts.pop()):
            tamed += [Token("small_open", "small", 1), _text(f" ({host})"), Token("small_close", "small", -1)]
    return tamed


def _word(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _words_of_image(token: Token) -> str:
    host = host_of(str(token.attrs.get("src", ""))) or ""
    return " · ".join(part for part in (token.content, host) if part)


def _json_text(value: Any) -> tuple[str, bool]:
    """Return the indented text of a value, and whether it is JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return str(value), False
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str), True
    except (ValueError, RecursionError):
        return "This is nested too deeply to be shown.", False
