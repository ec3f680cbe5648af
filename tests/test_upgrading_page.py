"""docs/upgrading.md has a section for each release of the changelog, and says of each what is so."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.engine.migrate import get_head
from tests.plugins.older_release import OlderRelease, list_migrations
from tests.store.engine.test_migrate import BROKEN

CHECKOUT = Path(__file__).parents[1]
PATH = CHECKOUT / "docs" / "upgrading.md"
PAGE = PATH.read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
RELEASES = re.findall(r"^## (\S+)", (CHECKOUT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_each_release_has_a_section_the_newest_first() -> None:
    assert [name for name in SECTIONS if name != "How"] == RELEASES


def test_the_newest_section_says_how_far_this_release_migrates() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PATH.write_text(re.sub(r"(?<=^Database: )\d+", get_head(), PAGE, count=1, flags=re.MULTILINE), "utf-8")
    else:
        assert f"Database: {get_head()}." in SECTIONS[RELEASES[0]], "run: make golden"


@pytest.mark.parametrize("version", [one for one in RELEASES if one[0].isdigit()])
def test_each_section_says_how_far_its_release_migrated(version: str) -> None:
    if (migrations := list_migrations(version)) is None:
        pytest.skip(f"git knows no commit of {version} here")
    assert f"Database: {migrations[-1]}." in SECTIONS[version]


def test_what_a_step_takes_from_the_release_before_is_told() -> None:
    assert all(revision in PAGE for revision in BROKEN)


def test_every_setting_of_the_first_release_is_still_read_or_its_end_is_told(first_release: OlderRelease) -> None:
    module = ast.parse((first_release.folder / "bot" / "settings.py").read_text("utf-8"))
    (body,) = [one.body for one in module.body if isinstance(one, ast.ClassDef) and one.name == "Settings"]
    known = {one.target.id for one in body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)}
    gone = known - Settings.model_fields.keys() - {"model_config"}
    assert len(known) > len(gone)
    assert not [name for name in gone if name.upper() not in PAGE]
