"""No mark that nobody sees reaches a name, a file name or a link, and nothing foreign gets out of where it stands.

Over all of Unicode's format characters, and over text with every character that means something to Slack.
"""

from __future__ import annotations

import io
import re
import sys
import unicodedata
import zipfile
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import kit
from bot.blocks.table import build_table
from bot.command import File
from bot.commands.artifacts.zip_files import ZipItem, zip_files
from bot.mrkdwn import as_code, as_code_block, as_link, as_quote, encode_url, escape
from bot.untrusted.invisible_marks import strip_invisible, to_file_name, to_one_line
from tests.plugins.each_case import each_case


@cache
def list_formats() -> list[str]:
    """Not before a test asks: to look at every character takes a while."""
    return [mark for mark in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(mark) == "Cf"]


BIDI = [chr(code) for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
INVISIBLE = ["\u034f", "\u115f", "\u1160", "\u180b", "\u3164", "\ufe00", "\uffa0", "\U000e0100"]
INVISIBLE += ["\x00", "\x1b", "\x7f", "\x9b"]
MEANING = [*"\n\r\u2028\x85<>|&;`*_~!@#:/ '\"%?=", "\ud800", "a", "é", "日", "\u200d", "\ufe0f"]

FORMAT = st.deferred(lambda: st.sampled_from(list_formats()))
HOSTILE = st.text(st.sampled_from([*BIDI, *INVISIBLE, *MEANING]) | FORMAT, max_size=30)


def hidden(text: str) -> list[str]:
    return [mark for mark in text if mark in {*list_formats(), *INVISIBLE}]


def test_every_format_character_there_is_goes() -> None:
    assert {*BIDI} <= {*list_formats()}
    for mark in [*list_formats(), *INVISIBLE]:
        assert strip_invisible(f"re{mark}lease") == "release", hex(ord(mark))


PICTURES = {
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "heart": "\u2764\ufe0f",
    "rainbow": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "astronaut": "\U0001f469\U0001f3fd\u200d\U0001f680",
    "keycap": "1\ufe0f\u20e3",
}


@each_case("picture", PICTURES.values(), ids=PICTURES)
def test_pictures_that_are_joined_stay_whole(picture: str) -> None:
    assert strip_invisible(f"ship {picture} it") == f"ship {picture} it"


@each_case("text", ["a\u200db", "😀\u200da", "a\u200d😀", "main\ufe0f", "\u200d"])
def test_a_joiner_that_joins_no_pictures_goes(text: str) -> None:
    assert not {"\u200d", "\ufe0f"} & {*strip_invisible(text)}


@given(HOSTILE)
def test_what_is_shown_of_a_name_has_no_hidden_mark_and_one_line(name: str) -> None:
    shown = [
        escape(name),
        as_code(name),
        as_link("https://x.dev", name),
        to_one_line(name),
        kit.plain_text(name)["text"],
    ]
    drawn = [kit.option(name, "v").to_dict(), kit.header(name), kit.button(name, "help").to_dict()]
    shown += [build_table([name], [[name]])["rows"][1][0]["text"], *(each["text"]["text"] for each in drawn)]
    for text in shown:
        text.encode()
        assert not hidden(text)
        assert len(text.splitlines()) <= 1


@given(HOSTILE)
def test_what_stands_in_a_block_has_none_either(text: str) -> None:
    blocks = [kit.section(text), kit.context(text), kit.fields([text])]
    for found in (blocks[0]["text"], blocks[1].get("elements", [{"text": ""}])[0], blocks[2]["fields"][0]):
        assert not hidden(found["text"])


@given(HOSTILE, HOSTILE)
def test_a_link_is_one_link_whatever_it_is_made_of(where: str, label: str) -> None:
    written = as_link(f"https://x.dev/{where}", label)
    assert re.fullmatch(r"<https://x\.dev/[!-;=?-{}~]*\|[^<>|\n\r]*>", written), written
    assert not hidden(written)
    assert encode_url(encode_url(where)) == encode_url(where)


@each_case("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "", "!channel", "@U0ADA"])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert as_link(url, "here") == "here"


@given(st.lists(HOSTILE, min_size=1, max_size=3).map("\n".join))
def test_every_line_of_what_is_quoted_is_quoted(text: str) -> None:
    lines = as_quote(text, 300).split("\n")
    assert all(line.startswith("> ") and "<" not in line and ">" not in line[1:] for line in lines)
    assert all(len(line.splitlines()) == 1 for line in lines)


@given(st.lists(HOSTILE | st.just("```") | st.text("`", max_size=7), max_size=4))
def test_nothing_ends_the_code_block_that_it_stands_in(lines: list[str]) -> None:
    block = as_code_block(lines)
    assert block.startswith("```")
    assert block.endswith("```")
    assert "```" not in block[3:-3]
    assert not block[3:-3].endswith("`")
    assert not hidden(block)


@given(HOSTILE)
def test_a_file_is_called_what_it_is_and_lies_where_it_is_put(name: str) -> None:
    file = File(name, name, b"x", name)
    assert file.name
    assert not {"/", "\\", "\n"} & {*file.name}
    assert file.name not in {".", ".."}
    assert not hidden(file.name + file.title + file.alt)
    with zipfile.ZipFile(io.BytesIO(zip_files([ZipItem(name, 0, b"x")]))) as archive:
        assert not hidden("".join(archive.namelist()))


def test_a_name_that_reads_backwards_keeps_its_ending() -> None:
    assert to_file_name("photo\u202egnp.exe") == "photognp.exe"
    assert to_file_name("../" * 90 + "a/" * 90 + "report.html").endswith("report.html")
