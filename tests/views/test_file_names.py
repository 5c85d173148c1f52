"""Names that come from outside, on their way to a resource and to a disk: always names, and nothing else."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.forms.uploads import named
from console.views.downloads import TYPES, content_type, disposition, safe_name

HOSTILE = [
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/shadow",
    "C:\\CON",
    "a\0b.txt",
    "\u202egnp.exe",
    "x" * 4096 + ".csv",
    "trailing.",
    ".htaccess",
    "👩\u200d🚀.md",
    "n\u0303.txt",
    'a"; filename="b.html',
    "a\r\nX-Evil: 1\r\n\r\n.txt",
    "%2e%2e%2fx",
    "",
    " ",
    "\ud800.txt",
]
names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=300))
HEADER = re.compile(
    r"""attachment; filename="[^"\\\x00-\x1f\x7f-\uffff]*"; filename\*=UTF-8''[\w.~%-]+""", re.ASCII
)


def is_calm(name: str) -> bool:
    """Whether a name has no folder, no control character and nothing that turns the text round."""
    kinds = {unicodedata.category(one) for one in name}
    return (
        not kinds & {"Cc", "Cf", "Zl", "Zp", "Cs"}
        and not set(name) & {"/", "\\"}
        and name not in {"", ".", ".."}
    )


@given(names)
def test_a_resource_gets_a_name_of_one_line_without_a_folder(name):
    assert is_calm(named(name))
    assert '"' not in named(name)


@given(names)
def test_a_disk_gets_a_name_of_at_most_150_characters(name):
    assert is_calm(safe_name(name))
    assert len(safe_name(name)) <= 150


@given(names)
def test_a_download_has_both_forms_of_its_name_and_nothing_behind_them(name):
    assert HEADER.fullmatch(disposition(name)), disposition(name)


@given(names)
def test_a_type_is_one_of_the_harmless_ones(name):
    assert content_type(name) in {*TYPES.values(), "application/octet-stream"}


@pytest.mark.parametrize("ending", ["html", "svg", "xhtml", "js", "pdf", "swf", "xml", "htm", "mht"])
def test_what_a_browser_could_run_is_just_bytes(ending):
    assert content_type(f"a.{ending}") == "application/octet-stream"
