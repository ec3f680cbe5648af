from __future__ import annotations

from bot.diagnostics.policy_names import find_unknown
from bot.operating.as_code.document import list_placed_lines
from tests.plugins.world import World

FILE = """\
workspace: T0SANDBOX
policy:
  - {only: [U0ADA, S0DEPLOYERS], do: start, project: gh/acme/web}
  - {deny: [U0NOBODY, guests], do: start, project: gh/acme}
  - {deny: everybody, do: start,
     project: gh/acme/nothing}
  - {require: everybody, do: approve, approvals: 2, approvers: [S0GONE, U0GRACE]}
"""


async def test_what_nobody_knows_is_said_by_name_and_line(socket_world: World) -> None:
    core, placed = socket_world.app.core, list_placed_lines(FILE)
    told = await find_unknown(placed, clients=core.clients, pool=core.circleci, token="CCIPAT_ada")
    assert told == [
        "line 4: Slack knows nobody U0NOBODY",
        "line 5: CircleCI shows CIRCLECI_TOKEN no project gh/acme/nothing",
        "line 7: Slack shows no user group S0GONE: it may be disabled, or of another workspace",
    ]
    assert len(await socket_world.list_calls("usergroups.list")) == 1


async def test_who_is_silent_is_said_once(socket_world: World) -> None:
    await socket_world.control("faults", target="slack", match="usergroups.list", status=500, count=0)
    core, placed = socket_world.app.core, list_placed_lines(FILE)
    told = await find_unknown(placed, clients=core.clients, pool=core.circleci, token=None)
    assert told == ["T0SANDBOX: Slack did not say who its people and groups are (internal_error)"]
