"""How many requests it takes to know what runs in each environment, and what ran there before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot.circleci.deploys_api import DeploysApi
from bot.circleci.models import ComponentVersion
from bot.circleci.models.lenient_reading import parse_lenient
from bot.circleci.models.model import Page
from bot.errors import NotFound


class History:
    """Versions of a component, the newest first, two a page; counts what is asked for."""

    def __init__(self, ran: str) -> None:
        self.versions = [ComponentVersion(name=f"{n}", environment_id=one) for n, one in enumerate(ran)]
        self.asked = list[str]()

    async def iter_pages(self, *_what: Any, pages: int) -> AsyncIterator[Page[ComponentVersion]]:
        for page in range(pages):
            self.asked.append("all")
            items = self.versions[2 * page : 2 * page + 2]
            more = len(self.versions) > 2 * page + 2
            yield Page[ComponentVersion](items=tuple(items), next_page_token="next" if more else None)
            if not more:
                return

    async def list_component_versions(self, _component: str, environment: str, **_how: int) -> list[ComponentVersion]:
        self.asked.append(environment)
        return [one for one in self.versions if one.environment_id == environment]


@pytest.mark.parametrize(
    ("ran", "environments", "asked"),
    [
        ("sp", "sp", ["all"]),
        ("ssspp", "sp", ["all", "p"]),
        ("sspppp", "sp", ["all", "p"]),
        ("ssssssssspp", "s", ["all"]),
        ("spspspspsp", "sp", ["all", "s", "p"]),
        ("ssssspps" + "s" * 4, "spabcdef", ["all"] * 4),
        ("ssspssss", "", ["all"] * 4),
    ],
)
async def test_of_what_is_rare_each_is_asked_about_alone(ran: str, environments: str, asked: list[str]) -> None:
    history = History(ran)
    found = await DeploysApi.list_newest_versions(cast(DeploysApi, history), "c", list(environments))
    assert history.asked == asked
    known = [one.environment_id for one in found]
    assert all(known.count(one) >= min(2, ran.count(one)) for one in environments[:2])
    names = [one.name for one in found]
    assert len(set(names)) == len(names)


async def test_a_component_that_went_away_has_no_versions() -> None:
    class Gone(History):
        async def iter_pages(self, *_what: Any, pages: int) -> AsyncIterator[Page[ComponentVersion]]:
            raise NotFound("Gone", status=404)
            yield

    assert await DeploysApi.list_newest_versions(cast(DeploysApi, Gone("")), "c", ["s"]) == []


def test_a_version_of_which_nothing_says_whether_it_runs_is_no_odd_answer() -> None:
    read, odd = parse_lenient(ComponentVersion, b'{"name": "1", "is_live": null}')
    assert (read.is_live, odd.fields) == (False, frozenset())
