"""The site of docs/: what `make site` builds of it, and what it refuses."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[1]
SITE = tomllib.loads((CHECKOUT / "docs" / "zensical.toml").read_text(encoding="utf-8"))["project"]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_site", CHECKOUT / ".ci" / "make_site.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE_SITE = load()


def list_in_menu(entries: list[dict[str, Any]]) -> Iterator[str]:
    for entry in entries:
        for there in entry.values():
            yield from [there] if isinstance(there, str) else list_in_menu(there)


def test_the_menu_has_every_page_once() -> None:
    assert sorted(list_in_menu(SITE["nav"])) == sorted(map(str, MAKE_SITE.list_pages().values()))


def test_the_site_asks_nobody_else_for_anything() -> None:
    assert SITE["theme"]["font"] is False
    assert "offline" not in SITE["plugins"], "it loads a script from elsewhere"


def build_html(folder: Path, body: str) -> list[str]:
    (folder / "other").mkdir()
    (folder / "other" / "index.html").write_text('<h1 id="there">Other</h1>', encoding="utf-8")
    (folder / "index.html").write_text(body, encoding="utf-8")
    return list(MAKE_SITE.list_faults(folder))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="nowhere/">', "leads to nowhere/: nothing is there"),
        ('<img src="gone.png">', "leads to gone.png: nothing is there"),
        ('<a href="other/#gone">', "leads to other/#gone: no such anchor"),
        ('<a href="#gone">', "leads to #gone: no such anchor"),
        ('<script src="https://unpkg.com/x">', "loads https://unpkg.com/x"),
    ],
)
def test_what_is_missing_or_loaded_from_elsewhere_is_a_fault(tmp_path: Path, body: str, fault: str) -> None:
    assert build_html(tmp_path, body) == [f"index.html {fault}"]


def test_what_is_there_is_none(tmp_path: Path) -> None:
    body = '<h1 id="top"></h1><a href="#top"><a href="other/#there"><a href="/other/"><a href="https://slack.com/">'
    assert build_html(tmp_path, body) == []


def test_a_link_out_of_the_pages_leads_to_a_copy_in_the_site(tmp_path: Path) -> None:
    MAKE_SITE.stage(tmp_path, None)
    page = (tmp_path / "delivery.md").read_text(encoding="utf-8")
    assert "](files/manifest.yml.txt)" in page
    assert (tmp_path / "files" / "manifest.yml.txt").read_text("utf-8").startswith("display_information")


def test_a_picture_is_shown_in_both_looks_and_missed_where_it_was_not_taken(tmp_path: Path) -> None:
    mark = MAKE_SITE.MARK.search("<!-- picture: help What `help` shows -->")
    with pytest.raises(SystemExit, match="took no such picture"):
        MAKE_SITE.show(mark, Path("a/b.md"), tmp_path / "pages", tmp_path)
    for look in ("desktop", "dark"):
        (tmp_path / f"help-{look}.png").write_bytes(bytes(16) + (780).to_bytes(4))
    shown = MAKE_SITE.show(mark, Path("a/b.md"), tmp_path / "pages", tmp_path)
    assert "![What help shows](../pictures/help-dark.png#only-dark){ loading=lazy width=780 }" in shown
    assert "<figcaption>What <code>help</code> shows</figcaption>" in shown
    assert MAKE_SITE.show(mark, Path("a/b.md"), tmp_path / "pages", None) == ""


def test_what_stands_in_an_item_of_a_list_is_indented_by_four() -> None:
    written = "1. First:\n\n       code\n   more\n2. Second\n3. Third\n- Point\n  goes on\n\nText:\n\n    code\n"
    widened = "1. First:\n\n        code\n    more\n\n2. Second\n3. Third\n- Point\n    goes on\n\nText:\n\n    code\n"
    assert MAKE_SITE.widen(written) == widened
