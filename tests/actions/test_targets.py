from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import target_projects
from bot.actions.target_words import TargetReference
from bot.circleci.links import Link
from bot.circleci.models import Project
from bot.domain import ProjectScope, ProjectSlug
from bot.errors import NextStep, TargetError
from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.each_case import each_case
from tests.plugins.world import World

ID = "11111111-2222-4333-8444-555555555555"
WEB = ProjectSlug("gh", "acme", "web")


@each_case(
    ("words", "named"),
    [
        ((), TargetReference()),
        (("gh/acme/web",), TargetReference("gh/acme/web")),
        (("web", "341"), TargetReference("web", number=341)),
        (("#341",), TargetReference(number=341)),
        (("#0341",), TargetReference(number=341)),
        (("gh/acme/web", "0"), TargetReference("gh/acme/web", rest=("0",))),
        (("gh/acme/web", "job", "0"), TargetReference("gh/acme/web", rest=("job", "0"))),
        ((ID.upper(), "ship", "it"), TargetReference(id=ID, rest=("ship", "it"))),
        (("gh/acme/web", ID), TargetReference("gh/acme/web", id=ID)),
        (("gh/acme/web", "341", "build"), TargetReference("gh/acme/web", number=341, rest=("build",))),
        (("gh/acme/web", "build"), TargetReference("gh/acme/web", rest=("build",))),
        (("job", "#341"), TargetReference(job=341)),
        (("gh/acme/web", "Job", "341", "*.xml"), TargetReference("gh/acme/web", job=341, rest=("*.xml",))),
        (("pipeline", "341", "test"), TargetReference(number=341, rest=("test",), is_pipeline_number=True)),
        (("job",), TargetReference("job")),
        (("web", "job", "test"), TargetReference("web", rest=("job", "test"))),
        (("https://github.com/acme/web", "12"), TargetReference("https://github.com/acme/web", number=12)),
        (
            ("<https://app.circleci.com/pipelines/github/acme/web/341|web>", "rest"),
            TargetReference(link=Link(WEB, 341), rest=("rest",)),
        ),
        (
            (f"https://app.circleci.com/pipelines/github/acme/web/341/workflows/{ID}/jobs/7",),
            TargetReference(link=Link(WEB, 341, ID, 7)),
        ),
    ],
)
def test_words_name_a_project_and_then_at_most_one_thing(words: tuple[str, ...], named: TargetReference) -> None:
    assert TargetReference.parse(words, "https://circleci.com") == named


@given(st.lists(st.text(min_size=1, max_size=60), max_size=5))
def test_no_words_break_the_reading_and_none_is_lost(words: list[str]) -> None:
    named = TargetReference.parse(words, "https://circleci.com")
    assert tuple(words[len(words) - len(named.rest) :]) == named.rest
    assert len(words) - len(named.rest) <= 3


@pytest.mark.parametrize(
    "text",
    [
        "gh/acme/web",
        "github/acme/web",
        "GitHub/acme/web/",
        "acme/web",
        "web",
        "WEB",
        "https://github.com/acme/web",
        "git@github.com:acme/web.git",
        "https://app.circleci.com/pipelines/github/acme/web?branch=main",
    ],
)
async def test_a_project_is_understood_in_every_form(connected_world: World, text: str) -> None:
    await connected_world.say(f"/circle use {text}")
    await connected_world.message("made `acme/web` this channel's default project")


async def test_an_opaque_project_is_understood_by_its_slug_its_name_and_with_its_organisation(
    connected_world: World,
) -> None:
    projects = (await connected_world.fetch_state("circleci.projects"))["circleci"]["projects"]
    slug = next(project["slug"] for project in projects if project["name"] == "kiosk")
    for text in (slug, "kiosk", "acme/kiosk"):
        await connected_world.say(f"/circle use {text}")
        await connected_world.message("made *Acme/kiosk* this channel's default project")


@pytest.mark.parametrize("text", ["gl/acme/web", "gh/acme/web/extra/parts", "gh//web", "https://example.com/acme/web"])
async def test_what_is_no_project_is_refused_with_the_forms_there_are(connected_world: World, text: str) -> None:
    await connected_world.say(f"/circle use {text}")
    reply = await connected_world.reply("is not a project")
    assert "`gh/org/repo`" in get_text(reply)


async def test_a_name_that_nothing_is_like_says_how_to_name_a_project_in_full(connected_world: World) -> None:
    await connected_world.say("/circle status xyzzy-<!channel>")
    reply = await connected_world.reply("I see no project")
    assert "<!channel>" not in get_text(reply)
    assert "named in full" in get_text(reply)


async def test_a_branch_in_the_place_of_a_project_is_offered_by_its_option(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.message("made `acme/web` this channel's default project")
    await connected_world.say("/circle recent main")
    refused = await connected_world.reply("`main` is a branch of `acme/web`: name it by `--branch`.")
    await connected_world.press(refused, "Use Branch main")
    await connected_world.message("*Recent pipelines of")
    await connected_world.say("/circle trigger main")
    refused = await connected_world.form("`main` is a branch of `acme/web`")
    assert get_buttons(refused) == ["Trigger on main"]
    assert "preset" not in get_text(refused)
    await connected_world.press(refused, "Trigger on main")
    await connected_world.card("on `main` — ")
    await connected_world.say("/circle subscribe main")
    refused = await connected_world.reply("`main` is a branch of `acme/web`")
    assert get_buttons(refused) == ["Subscribe to main"]


def test_a_name_that_several_projects_have_offers_each_of_them() -> None:
    known = [Project(slug=slug, name="web", organization_name="acme") for slug in ("gh/acme/web", "bb/acme/web")]
    with pytest.raises(TargetError, match="Several projects are called `web`") as caught:
        target_projects._pick("web", known, lambda slug: f"status {slug}")
    lines = [step.line for step in caught.value.next_steps if isinstance(step, NextStep)]
    assert lines == ["status gh/acme/web", "status bb/acme/web"]


def test_a_project_is_named_as_it_is_shown_also_beside_one_that_ends_alike() -> None:
    known = [Project(slug=slug, name="web", organization_name="acme") for slug in ("bb/acme/web", "gh/acme/web")]
    assert [project.full_name for project in known] == ["bb/acme/web", "acme/web"]
    for text, slug in (("acme/web", "gh/acme/web"), ("acme/web.", "gh/acme/web"), ("bb/acme/web", "bb/acme/web")):
        assert [found.slug for found in target_projects._list_called(text, known)] == [slug]


async def test_a_name_means_the_project_at_github_also_where_no_list_has_it(connected_world: World) -> None:
    await connected_world.control("follow", project="gh/acme/api", on=False, **{"as": "ada"})
    await connected_world.say("/circle use acme/api")
    await connected_world.message("made `acme/api` this channel's default project")


def test_a_rules_projects_are_read_as_they_are_shown() -> None:
    assert str(ProjectScope.parse("acme/web")) == "gh/acme/web"
    assert [ProjectScope.parse(text).name for text in ("gh/acme/web", "bb/acme/web", "gh/acme/web-*", "gh/acme")] == [
        "acme/web",
        "bb/acme/web",
        "gh/acme/web-*",
        "gh/acme/*",
    ]


async def test_a_legacy_link_to_a_job_leads_to_its_pipeline(connected_world: World) -> None:
    pipeline = next(one for one in await connected_world.list_pipelines() if one["project_slug"] == "gh/acme/web")
    number = pipeline["workflows"][0]["jobs"][0]["job_number"]
    await connected_world.say(f"/circle pipeline https://circleci.com/gh/acme/web/{number}")
    await connected_world.reply(f"#{pipeline['number']}")
