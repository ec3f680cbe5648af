from __future__ import annotations

import pytest

from bot.commands.preset import COMMAND, PresetArgs
from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.rules.saved_preset import Preset
from tests.plugins.block_reader import get_text
from tests.plugins.command_lines import parse_args, parse_written
from tests.plugins.policies import only, write_policy
from tests.plugins.world import ADA, GENERAL, GRACE, Json, World

WEB = ProjectSlug("gh", "acme", "web")


async def test_what_is_saved_runs_by_its_name(connected_world: World) -> None:
    await connected_world.say("/circle preset save staging gh/acme/web --branch main environment=staging replicas=3")
    saved = await connected_world.message("saved preset *staging* for this channel")
    assert "`acme/web` on `main` with `environment=staging`, `replicas=3`" in get_text(saved)
    await connected_world.say("/circle run staging replicas=4")
    await connected_world.card("ran preset")
    (sent,) = await _list_triggers(connected_world)
    assert sent["body"] == {"branch": "main", "parameters": {"environment": "staging", "replicas": 4}}
    assert "ran preset `staging` with" in get_text(await connected_world.card("success"))


async def test_a_channels_preset_is_its_own_and_the_workspaces_is_everybodys(connected_world: World) -> None:
    await connected_world.say("/circle preset save here gh/acme/web environment=staging")
    await connected_world.message("saved preset *here* for this channel")
    await connected_world.say("/circle preset save all gh/acme/web environment=production --workspace")
    await connected_world.reply("Saved preset *all* for the whole workspace")
    await connected_world.say("/circle trigger --preset here", channel=GENERAL)
    missing = await connected_world.reply("There is no preset `here` here.", channel=GENERAL)
    assert "There are: `all`." in get_text(missing)
    await connected_world.say("/circle run all", channel=GENERAL)
    await connected_world.card("ran preset", channel=GENERAL)
    assert [one["body"]["parameters"] for one in await _list_triggers(connected_world)] == [
        {"environment": "production"}
    ]


async def test_a_preset_asks_for_what_was_left_open_and_for_nothing_else(connected_world: World) -> None:
    await connected_world.say("/circle preset save ship gh/acme/web environment=production --ask branch,image-tag")
    await connected_world.message("asks for `branch`, `image-tag`")
    await connected_world.say("/circle run ship")
    form = await connected_world.form("Runs *acme/web* with `environment=production`")
    assert [block["block_id"].split("@")[0] for block in form["blocks"] if block["type"] == "input"] == [
        "branch",
        "image-tag",
    ]
    await connected_world.choose(form, "branch", "flaky")
    form = await connected_world.form("flaky")
    await connected_world.submit(form, **{"image-tag": "4.9"})
    await connected_world.done("Started")
    (sent,) = await _list_triggers(connected_world)
    assert sent["body"] == {"branch": "flaky", "parameters": {"environment": "production", "image-tag": "4.9"}}


async def test_what_is_typed_is_not_asked_for(connected_world: World) -> None:
    await connected_world.say("/circle preset save ship gh/acme/web --ask image-tag")
    await connected_world.message("saved preset *ship*")
    await connected_world.say("/circle run ship image-tag=5.0")
    await connected_world.card("ran preset")
    (sent,) = await _list_triggers(connected_world)
    assert sent["body"] == {"branch": "main", "parameters": {"image-tag": "5.0"}}


async def test_where_no_form_can_be_opened_a_button_and_a_line_to_type_ask(connected_world: World) -> None:
    await connected_world.say("/circle preset save ship gh/acme/web --ask image-tag")
    await connected_world.message("saved preset *ship*")
    await connected_world.say("<@U0CIRCLEBOT> run ship")
    asked = await connected_world.reply("Preset *ship* asks for `image-tag`")
    assert "`run ship image-tag=…`" in get_text(asked)
    await connected_world.press(asked, "Fill In…")
    await connected_world.form("Runs *acme/web*")


async def test_a_name_that_is_taken_is_said_and_can_be_replaced(connected_world: World) -> None:
    for value in ("staging", "production"):
        await connected_world.say(f"/circle preset save target gh/acme/web environment={value}")
        await connected_world.message("preset *target*")
    answer = await connected_world.reply("There is a preset `target` already: `acme/web` with `environment=staging`.")
    await connected_world.press(answer, "Replace It")
    await connected_world.message("with `environment=staging` → `acme/web` with `environment=production`")
    assert (await _find(connected_world, "target")).parameters == {"environment": "production"}


async def test_a_preset_is_changed_and_removed_by_its_owner_or_an_admin_alone(connected_world: World) -> None:
    await connected_world.connect(as_=GRACE)
    await connected_world.say("/circle preset save hers gh/acme/web environment=staging", as_=GRACE)
    await connected_world.say("/circle preset save his gh/acme/web environment=staging")
    await connected_world.message("saved preset *his*")
    for line in ("rm his", "save his gh/acme/web --replace"):
        await connected_world.say(f"/circle preset {line}", as_=GRACE)
        await connected_world.reply("Preset `his` is <@U0ADA>'s.", as_=GRACE)
    await connected_world.say("/circle preset rm hers")
    await connected_world.message("removed preset *hers*")


async def test_what_is_removed_or_replaced_is_told_and_comes_back_as_it_was(each_connected_world: World) -> None:
    world = each_connected_world
    await world.connect(as_=GRACE)
    await world.say("/circle preset save hers gh/acme/web environment=staging --ask image-tag", as_=GRACE)
    await world.message("saved preset *hers*")
    kept = await _find(world, "hers")
    for line, did, end in (
        ("rm hers", "removed", "asks for `image-tag`."),
        ("save hers gh/acme/web environment=production --replace", "replaced", "with `environment=production`."),
    ):
        await world.say(f"/circle preset {line}")
        told = await world.message(f"<@U0ADA> {did} preset *hers*")
        await world.message(f"<@U0ADA> {did} your preset *hers*. It was: `acme/web`", channel="D0GRACE", as_=GRACE)
        assert kept not in await _list(world)
        await world.press(told, "Undo", as_=GRACE)
        await world.message(f"{end} _<@U0GRACE> undid it._")
        assert await _list(world) == [kept]


async def test_its_owner_undoes_from_their_direct_messages(connected_world: World) -> None:
    await connected_world.connect(as_=GRACE)
    await connected_world.say("/circle preset save all gh/acme/web --workspace", as_=GRACE)
    await connected_world.reply("Saved", as_=GRACE)
    await connected_world.say("/circle preset rm all", channel="D0ADA")
    await connected_world.reply("Removed preset *all*", channel="D0ADA")
    told = await connected_world.message("<@U0ADA> removed your preset *all*", channel="D0GRACE", as_=GRACE)
    await connected_world.press(told, "Undo", as_=GRACE)
    await connected_world.message("<@U0GRACE> undid it", channel="D0GRACE", as_=GRACE)
    assert (await _find(connected_world, "all")).made_by == GRACE


async def test_undo_too_is_for_the_owner_of_a_preset_and_for_admins(connected_world: World) -> None:
    await connected_world.connect(as_=GRACE)
    for line, told in (("save his gh/acme/web", "saved"), ("rm his", "removed")):
        await connected_world.say(f"/circle preset {line}")
        await connected_world.message(f"{told} preset *his*")
    told = await connected_world.message("<@U0ADA> removed preset *his*")
    await connected_world.press(told, "Undo", as_=GRACE)
    await connected_world.reply("This was somebody else's preset.", as_=GRACE)
    assert await _list(connected_world) == []


async def test_a_run_that_ended_well_is_saved_from_its_card(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main replicas=7")
    await connected_world.card("triggered it")
    await connected_world.pick(await connected_world.card("*success*"), "Save as preset…")
    form = await connected_world.form("Saves `acme/web` on `main` with `replicas=7`")
    await connected_world.submit(form, name="seven")
    await connected_world.message("saved preset *seven* for this channel")
    saved = await _find(connected_world, "seven")
    assert (saved.branch, saved.parameters) == ("main", {"replicas": "7"})


async def test_a_bare_save_offers_what_was_triggered_last(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    await connected_world.submit(await connected_world.form("image-tag"), **{"image-tag": "4.9"})
    await connected_world.card("triggered it")
    await connected_world.say("/circle preset save gh/acme/web")
    await connected_world.form("Saves `acme/web` on `main` with `image-tag=4.9`")


async def test_a_bare_save_says_what_it_runs_with(connected_world: World) -> None:
    await connected_world.say("<@U0CIRCLEBOT> preset save gh/acme/web")
    asked = await connected_world.reply("Name this preset: `acme/web`.")
    unsaid = ("on the default branch, `main`.", "`image-tag=latest`", "`/circle preset save NAME gh/acme/web`")
    assert [one for one in unsaid if one not in get_text(asked)] == []
    await connected_world.press(asked, "Save as Preset…")
    await connected_world.form("It runs on the default branch, `main`.")


async def test_the_channel_sees_what_is_saved_for_it_and_undoes_it(connected_world: World) -> None:
    await connected_world.say("/circle preset save here gh/acme/web environment=staging")
    told = await connected_world.message("<@U0ADA> saved preset *here* for this channel: `acme/web` with")
    await connected_world.press(told, "Undo")
    await connected_world.message("_<@U0ADA> undid it._")
    assert await _list(connected_world) == []


async def test_the_list_is_a_row_each_with_one_button(connected_world: World) -> None:
    await connected_world.say("/circle presets")
    await connected_world.reply("There are no presets here yet.")
    await connected_world.say("/circle preset save staging gh/acme/web environment=staging")
    await connected_world.message("saved preset *staging*")
    await connected_world.say("/circle preset save ship gh/acme/web --workspace --ask branch,image-tag")
    await connected_world.reply("Saved")
    await connected_world.say("/circle presets")
    listed = await connected_world.reply("2 presets here")
    assert [one["accessory"]["text"]["text"] for one in listed["blocks"] if "accessory" in one] == [
        "Run Preset…",
        "Run Preset",
    ]


async def test_a_form_asks_for_the_name_where_none_is_typed(connected_world: World) -> None:
    await connected_world.say("/circle preset save gh/acme/web environment=staging")
    form = await connected_world.form("Saves `acme/web` with `environment=staging`")
    refused = await connected_world.submit(form, name="two words")
    assert refused["errors"]["name"].startswith("A preset's name is one word")
    await connected_world.submit(form, name="Nightly", scope="workspace", ask="branch,image-tag")
    await connected_world.answer("Saved preset *nightly* for the whole workspace")
    saved = await _find(connected_world, "nightly")
    assert (saved.channel, saved.asked, saved.made_by) == (None, ("branch", "image-tag"), ADA)


async def test_the_trigger_form_is_saved_as_it_is_filled_in(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web")
    form = await connected_world.form("image-tag")
    values = {block["block_id"]: block["element"]["action_id"] for block in form["blocks"] if block["type"] == "input"}
    image_tag = next(name for name in values if name.startswith("image-tag@"))
    filled = {image_tag: {values[image_tag]: {"type": "plain_text_input", "value": "4.8.9"}}}
    await connected_world.press(form, "Save as Preset…", state=filled)
    above = await connected_world.form("Saves `acme/web` on `main` with `image-tag=4.8.9`")
    await connected_world.submit(above, name="tagged")
    await connected_world.message("saved preset *tagged*")
    saved = await _find(connected_world, "tagged")
    assert (saved.branch, saved.parameters) == ("main", {"image-tag": "4.8.9"})


async def test_a_pipeline_is_saved_as_it_ran_without_what_is_default_anyway(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main environment=production replicas=7")
    await connected_world.card("triggered it")
    card = await connected_world.card("success")
    await connected_world.say("<@U0CIRCLEBOT> preset save again", thread_ts=card["ts"])
    await connected_world.message("saved preset *again*")
    saved = await _find(connected_world, "again")
    assert (str(saved.project), saved.branch) == ("gh/acme/web", "main")
    assert saved.parameters == {"environment": "production", "replicas": "7"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("gh/acme/web image_tag=1", "Did you mean `image-tag`?"),
        ("gh/acme/web --ask imagetag", "There is no parameter `imagetag` to ask for."),
        ("gh/acme/web image-tag=sk_live_4eC39HqLyjWDarjtT1zdp7dc", "looks like"),
        ("kiosk", "several pipeline definitions"),
    ],
)
async def test_what_could_never_run_is_not_saved(connected_world: World, typed: str, told: str) -> None:
    await connected_world.say(f"/circle preset save x {typed}")
    await connected_world.reply(told)
    assert await _list(connected_world) == []


async def test_somebody_who_may_not_start_anything_saves_nothing(connected_world: World) -> None:
    await write_policy(connected_world.app.core.store, only("start", GRACE))
    for line in ("preset save x gh/acme/web", "preset rm x", "run x replicas=3"):
        await connected_world.say(f"/circle {line}")
        await connected_world.reply("policy does not let you use")
    await connected_world.say("/circle presets")
    await connected_world.reply("There are no presets here yet.")


@pytest.mark.parametrize("typed", ["save two words more", "save -x", "save x --branch a --tag b", "list x"])
def test_lines_that_say_too_little_or_too_much(typed: str) -> None:
    with pytest.raises(UsageError):
        parse_args(COMMAND, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "save x gh/acme/web --branch main environment=staging --ask a,b --workspace",
        "save gh/acme/web --tag v1 --definition d --config-branch next a='b c'",
        "save x --from 341",
        "rm x",
    ],
)
def test_a_line_that_we_write_reads_back_as_what_was_typed(typed: str) -> None:
    args: PresetArgs = parse_args(COMMAND, typed)
    assert parse_written(COMMAND, args.to_line()) == args


async def test_a_preset_that_nobody_made_is_told_with_those_there_are(connected_world: World) -> None:
    await connected_world.say("/circle trigger --preset deploy")
    await connected_world.reply("There is no preset `deploy`")


@pytest.mark.parametrize("line", ["/circle run nothing --branch main", "<@U0CIRCLEBOT> run nothing"])
async def test_a_word_that_names_nothing_is_said_to_be_no_project_and_no_preset(
    connected_world: World, line: str
) -> None:
    await connected_world.say(line)
    shown = get_text(await connected_world.reply("I see no project `nothing`"))
    assert "There is no preset `nothing` here, either." in shown
    assert "Show Presets" in shown


async def _list_triggers(world: World) -> list[Json]:
    return [one for one in await world.list_requests("/pipeline") if one["method"] == "POST"]


async def _list(world: World) -> list[Preset]:
    async with world.app.core.store.begin_read() as tx:
        return await tx.presets.list_for_workspace("T0SANDBOX")


async def _find(world: World, name: str) -> Preset:
    return next(one for one in await _list(world) if one.name == name)
