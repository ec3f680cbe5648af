from __future__ import annotations

from tests.plugins.block_reader import get_buttons, get_text
from tests.plugins.world import World


async def test_all_that_is_wrong_is_said_at_once_and_the_form_has_what_is_right(connected_world: World) -> None:
    await connected_world.say("/circle trigger gh/acme/web --branch main replicas=many deploy=perhaps image-tag=48")
    refused = await connected_world.reply("`replicas` must be a whole number")
    assert "`deploy` must be `true` or `false`" in get_text(refused)
    assert "Example: `/circle trigger gh/acme/web --branch main replicas=3 deploy=true image-tag=48`" in get_text(
        refused
    )
    assert get_buttons(refused) == ["Fill In the Form…"]
    await connected_world.press(refused, "Fill In the Form…")
    form = await connected_world.form("image-tag")
    assert "48" in str(form["blocks"])
    calls = (await connected_world.fetch_state("circleci.calls"))["circleci"]["calls"]
    assert [call for call in calls if call["method"] == "POST"] == []
