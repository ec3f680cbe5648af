from __future__ import annotations

import pytest

from bot.command import ParsedLine, Request, RequestSource
from bot.commands.trigger import COMMAND, start_form
from bot.errors import UsageError
from tests.plugins.block_reader import find_field, get_text
from tests.plugins.command_lines import parse_args, parse_written
from tests.plugins.world import ADA, EVE, Json, World


async def test_a_typed_trigger_starts_a_pipeline_and_its_card_goes_to_success(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web --branch main image-tag=4.8.2 deploy=yes replicas=3")
    await each_connected_world.card("triggered it")
    card = await each_connected_world.card("*success*")
    assert "<@U0ADA> triggered it with `image-tag=4.8.2`, `deploy=true`, `replicas=3`" in get_text(card)
    (sent,) = await _triggers(each_connected_world)
    assert sent["body"] == {"branch": "main", "parameters": {"image-tag": "4.8.2", "deploy": True, "replicas": 3}}


async def test_parameters_without_a_ref_run_on_the_default_branch(connected_world: World) -> None:
    await connected_world.say("/circle trigger web environment=production")
    await connected_world.card("triggered it")
    (sent,) = await _triggers(connected_world)
    assert sent["body"] == {"branch": "main", "parameters": {"environment": "production"}}


async def test_a_tag_is_sent_as_a_tag(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --tag v4.8.2")
    await connected_world.card("triggered it")
    (sent,) = await _triggers(connected_world)
    assert sent["body"] == {"tag": "v4.8.2"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("image_tag=1", "Did you mean `image-tag`?"),
        ("environment=moon", "It is one of `staging`, `production`"),
        ("replicas=many", "whole number"),
        ("deploy=perhaps", "must be `true` or `false`"),
    ],
)
async def test_what_the_config_does_not_take_is_refused_before_anything_starts(
    connected_world: World, typed: str, told: str
) -> None:
    await connected_world.say(f"/circle trigger gh/acme/web --branch main {typed}")
    await connected_world.reply(told)
    assert await _triggers(connected_world) == []


@pytest.mark.parametrize(
    ("typed", "label", "meant"),
    [
        ("--branch main enviroment=staging", "Trigger", {"environment": "staging"}),
        ("--branch main environment=moon", "environment=staging", {"environment": "staging"}),
        ("--branch main deploy=perhaps", "deploy=true", {"deploy": True}),
        (
            "--branch main deploy=perhaps enviroment=staging",
            "deploy=true, environment=staging",
            {"deploy": True, "environment": "staging"},
        ),
        ("--branch mian image-tag=48", "Trigger on main", {"image-tag": "48"}),
    ],
)
async def test_what_is_misspelt_has_a_button_with_the_line_as_meant(
    connected_world: World, typed: str, label: str, meant: dict[str, str]
) -> None:
    await connected_world.say(f"/circle trigger gh/acme/web {typed}")
    await connected_world.press(await connected_world.reply(label), label)
    await connected_world.card("triggered it")
    assert (await _triggers(connected_world))[-1]["body"] == {"branch": "main", "parameters": meant}


async def test_a_branch_that_never_ran_borrows_the_parameters_of_the_default_branch(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch feature/checkout deploy=true")
    await connected_world.reply(
        "`feature/checkout` has not run yet. I compared the values with the parameters of `main`."
    )
    (sent,) = await _triggers(connected_world)
    assert sent["body"]["parameters"] == {"deploy": True}


async def test_a_github_app_project_asks_which_definition(connected_world: World) -> None:
    await connected_world.say("/circle trigger kiosk --branch main platform=android")
    asked = await connected_world.reply("several pipeline definitions")
    await connected_world.press(asked, "nightly")
    await connected_world.message("of *Acme/kiosk* on `main`")
    (sent,) = await _triggers(connected_world)
    assert sent["path"].endswith("/pipeline/run")
    assert sent["body"]["definition_id"] == await _definition_id(connected_world, "kiosk", "nightly")
    assert sent["body"]["config"] == sent["body"]["checkout"] == {"branch": "main"}
    assert sent["body"]["parameters"] == {"platform": "android"}


async def test_a_gitlab_project_says_that_nothing_triggers_it_and_leads_to_what_can_be_done(
    each_connected_world: World,
) -> None:
    told = "*Acme-Labs/firmware* is a GitLab project, and CircleCI's API triggers none of those"
    await each_connected_world.say("/circle trigger firmware --branch main")
    reply = await each_connected_world.reply(told)
    await each_connected_world.say("/circle trigger firmware")
    await each_connected_world.form(told)
    assert await _triggers(each_connected_world) == []
    await each_connected_world.press(reply, "Show Recent Pipelines")
    await each_connected_world.message("Recent pipelines of *Acme-Labs/firmware*")


async def test_a_bitbucket_project_goes_by_the_classic_route(connected_world: World) -> None:
    await connected_world.say("/circle trigger bb/acme/legacy --branch main")
    await connected_world.card("triggered it")
    (sent,) = await _triggers(connected_world)
    assert sent["path"].endswith("/project/bb/acme/legacy/pipeline")


async def test_definitions_that_cannot_be_read_hold_up_no_project_that_does_without(connected_world: World) -> None:
    await connected_world.control(
        "faults", target="circleci", match="projects/*/pipeline-definitions", status=403, count=0
    )
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.card("triggered it")
    await connected_world.say("/circle trigger kiosk --branch main")
    await connected_world.reply("CircleCI refused")


async def test_a_pipeline_that_circleci_skips_is_said_not_to_have_started(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch ci-skip --definition build")
    await connected_world.reply("Nothing was triggered")
    async with connected_world.app.core.store.begin_read() as tx:
        last = (await tx.audit.list_chain("T0SANDBOX"))[-1].record
    assert (last.act, last.result) == ("trigger", "failed"), "nobody says of it that it was started"


async def test_the_form_has_one_input_per_parameter_and_starts_what_it_says(each_connected_world: World) -> None:
    await each_connected_world.say("/circle trigger gh/acme/web")
    form = await each_connected_world.form("image-tag")
    kinds = {name: find_field(form, name)[1]["type"] for name in ("image-tag", "deploy", "replicas", "environment")}
    assert kinds == {
        "image-tag": "plain_text_input",
        "deploy": "radio_buttons",
        "replicas": "number_input",
        "environment": "static_select",
    }
    await each_connected_world.submit(form, **{"image-tag": "4.8.3", "environment": "production"})
    await each_connected_world.done("Started")
    (sent,) = await _triggers(each_connected_world)
    assert sent["body"] == {"branch": "main", "parameters": {"image-tag": "4.8.3", "environment": "production"}}
    await each_connected_world.card("*success*")


async def test_the_form_begins_with_the_project_when_nothing_says_which(connected_world: World) -> None:
    await connected_world.say("/circle trigger")
    form = await connected_world.form("Which project?")
    await connected_world.choose(form, "project", "gh/acme/web")
    form = await connected_world.form("image-tag")
    assert find_field(form, "branch")[1]["initial_option"]["value"] == "main"


async def test_choosing_another_project_draws_its_own_fields(connected_world: World) -> None:
    await connected_world.say("/circle use gh/acme/web")
    await connected_world.reply("from now on, where they name none")
    await connected_world.say("/circle trigger")
    form = await connected_world.form("image-tag")
    kiosk = await _slug_of(connected_world, "kiosk")
    await connected_world.choose(form, "project", kiosk)
    form = await connected_world.form("Choose a definition")
    assert "image-tag" not in get_text(form)
    options = find_field(form, "definition")[1]
    assert [option["text"]["text"] for option in options["options"]] == ["build", "nightly"]
    assert "initial_option" not in options
    await connected_world.choose(form, "definition", await _definition_id(connected_world, "kiosk", "build"))
    form = await connected_world.form("Save as Preset…")
    await connected_world.choose(form, "definition", await _definition_id(connected_world, "kiosk", "nightly"))
    form = await connected_world.form("This definition has not run on `main` yet")
    await connected_world.submit(form, **{"=": "platform=android"})
    await connected_world.done("Started")
    (sent,) = await _triggers(connected_world)
    assert sent["body"]["definition_id"] == await _definition_id(connected_world, "kiosk", "nightly")
    assert sent["body"]["parameters"] == {"platform": "android"}


async def test_a_branch_that_never_ran_can_be_typed_into_the_form(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("image-tag")
    await connected_world.choose(form, "branch", "feature/checkout")
    form = await connected_world.form("has not run yet")
    await connected_world.submit(form, deploy="true")
    await connected_world.done("Started")
    (sent,) = await _triggers(connected_world)
    assert sent["body"] == {"branch": "feature/checkout", "parameters": {"deploy": True}}


async def test_an_unknown_branch_is_said_at_its_field_and_what_was_filled_in_stays(connected_world: World) -> None:
    await connected_world.control(
        "faults",
        target="circleci",
        match="project/gh/acme/web/pipeline",
        method="POST",
        status=400,
        body='{"message": "Branch not found"}',
    )
    await connected_world.say("/circle trigger gh/acme/web")
    await connected_world.submit(await connected_world.form("image-tag"), **{"image-tag": "kept"})
    form = await connected_world.form("acme/web has no branch main.")
    assert [block_id.split("@")[0] for block_id in form["errors"]] == ["branch"]
    await connected_world.submit(form, **{"image-tag": "kept"})
    await connected_world.done("Started")
    assert (await _triggers(connected_world))[-1]["body"]["parameters"] == {"image-tag": "kept"}


async def test_a_form_handed_in_twice_starts_one_pipeline(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("image-tag")
    request = Request(
        workspace="T0SANDBOX",
        user=ADA,
        line="trigger gh/acme/web --branch main",
        source=RequestSource.FORM,
        key=f"{form['id']}:trigger",
        channel="C0DEPLOYS",
        view_id=form["id"],
        fields={"project": "gh/acme/web"},
    )
    await connected_world.app.dispatcher.dispatch(request)
    await connected_world.app.dispatcher.dispatch(request)
    await connected_world.form("has done this already")
    assert len(await _triggers(connected_world)) == 1


async def test_a_lost_answer_is_shown_as_unknown_and_what_was_found_is_followed(connected_world: World) -> None:
    await connected_world.control(
        "faults", target="circleci", match="project/gh/acme/web/pipeline", accept_then_drop=True, method="POST"
    )
    await connected_world.say("/circle trigger gh/acme/web --branch main")
    await connected_world.reply("did start, and I follow it")
    await connected_world.card("*success*")
    assert len(await _triggers(connected_world)) == 1


async def test_who_may_only_read_is_told_circlecis_own_words(socket_world: World) -> None:
    await socket_world.connect(EVE)
    await socket_world.say("/circle trigger gh/acme/web --branch main", as_=EVE)
    await socket_world.reply(":warning:", as_=EVE)


async def test_a_mention_gets_a_button_to_the_form(connected_world: World) -> None:
    await connected_world.say("<@U0CIRCLEBOT> trigger gh/acme/web")
    reply = await connected_world.reply("Press the button for a form")
    await connected_world.press(reply, "Trigger…")
    await connected_world.form("image-tag")


def test_pairs_are_parameters_and_one_word_is_the_project() -> None:
    wanted = parse_args(COMMAND, "gh/acme/web --branch “my branch” a=1 b='two words'")
    assert (wanted.project, wanted.branch) == ("gh/acme/web", "my branch")
    assert wanted.parameters == {"a": "1", "b": "two words"}


@pytest.mark.parametrize("text", ["a b", "--branch x --tag y", "--branch ''"])
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, text)


def test_a_line_that_is_written_reads_back_the_same() -> None:
    wanted = parse_args(COMMAND, "gh/acme/web --branch 'a b' --definition nightly x='1 2' y=z")
    assert parse_written(COMMAND, wanted.to_line()) == wanted


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        (ParsedLine(), True),
        (ParsedLine(("gh/acme/web",)), True),
        (ParsedLine(("gh/acme/web",), {"branch": ("main",)}), False),
        (ParsedLine((), {}, {"a": "1"}), False),
        (ParsedLine(("a=1",)), False),
    ],
)
def test_the_form_opens_only_when_nothing_but_the_project_is_said(said: ParsedLine, *, opens: bool) -> None:
    assert start_form.is_wanted(said) is opens


async def _triggers(world: World) -> list[Json]:
    calls = (await world.fetch_state("circleci.calls"))["circleci"]["calls"]
    return [call for call in calls if call["method"] == "POST" and "/pipeline" in call["path"]]


async def _slug_of(world: World, name: str) -> str:
    projects = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    return next(project["slug"] for project in projects if project["name"] == name)


async def _definition_id(world: World, project: str, name: str) -> str:
    known = (await world.fetch_state("circleci.projects"))["circleci"]["projects"]
    project_id = next(one["id"] for one in known if one["name"] == project)
    path = f"/circleci/api/v2/projects/{project_id}/pipeline-definitions"
    answer = await world.http.get(path, headers={"Circle-Token": "CCIPAT_ada"})
    return next(str(one["id"]) for one in answer.json()["items"] if one["name"] == name)
