from __future__ import annotations

import pytest

from bot.diagnostics.policy_names import UnknownNames, check_meant, find_unknown
from bot.errors import UsageError
from bot.operating.as_code.document import list_placed_names
from bot.rules.policy_line import Effect, PolicyLine, PolicyScope
from tests.plugins.policies import write_policy
from tests.plugins.world import World

FILE = """\
workspace: T0SANDBOX
policy:
  - {only: [U0ADA, S0DEPLOYERS], do: start, project: gh/acme/web}
  - {deny: [U0NOBODY, guests], do: start, project: gh/acmee}
  - {deny: everybody, do: start,
     project: gh/acme/wbe}
  - {require: everybody, do: approve, approvals: 2, approvers: [S0DEPLOYER, U0GRCE]}
  - {deny: [U0LEFT], do: start}
marks:
  - {project: gh/acme/*, mark: no-logs}
  - {project: gh/acme/nothing, mark: never-external}
"""


async def _find(world: World, token: str | None = "CCIPAT_ada") -> UnknownNames:
    core = world.app.core
    names = list_placed_names(FILE)
    return await find_unknown(names, store=core.store, clients=core.clients, pool=core.circleci, token=token)


async def test_what_nobody_knows_is_refused_by_name_and_line_with_what_is_near(connected_world: World) -> None:
    await connected_world.connect("U0GRACE")
    stands = PolicyLine(Effect.DENY, ("U0LEFT",), PolicyScope(act="start"))
    await write_policy(connected_world.app.core.store, stands)
    found = await _find(connected_world)
    assert found.new == [
        "line 4: Slack knows nobody U0NOBODY",
        "line 4: CircleCI shows CIRCLECI_TOKEN no organisation gh/acmee; is gh/acme meant?",
        "line 5: CircleCI shows CIRCLECI_TOKEN no project gh/acme/wbe; is gh/acme/web meant?",
        "line 7: Slack shows no user group S0DEPLOYER: it may be disabled; is S0DEPLOYERS meant?",
        "line 7: Slack knows nobody U0GRCE; is U0GRACE meant?",
        "line 11: CircleCI shows CIRCLECI_TOKEN no project gh/acme/nothing",
    ]
    assert found.standing == ["line 8: Slack knows nobody U0LEFT"]
    assert len(await connected_world.list_calls("usergroups.list")) == 1
    with pytest.raises(UsageError, match="is U0GRACE meant"):
        check_meant(found, meant=False)
    assert len(check_meant(found, meant=True)) == 7
    assert check_meant(found._replace(new=[]), meant=False) == ["? line 8: Slack knows nobody U0LEFT"]


async def test_who_is_silent_is_said_once(socket_world: World) -> None:
    await socket_world.control("faults", target="slack", match="usergroups.list", status=500, count=0)
    assert await _find(socket_world, token=None) == UnknownNames(
        [],
        [],
        [
            "no project was looked up: that takes CIRCLECI_TOKEN",
            "T0SANDBOX: Slack did not say who its people and groups are (internal_error)",
        ],
    )
