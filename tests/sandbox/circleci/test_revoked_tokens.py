"""A token that its owner has revoked at CircleCI is refused everywhere, until it is given back."""

from __future__ import annotations

import pytest

from bot.errors import Unauthorized
from tests.circleci.sandboxed import run_circleci_sandbox


async def test_a_revoked_token_is_refused_and_nobody_elses() -> None:
    async with run_circleci_sandbox() as sandbox:
        await sandbox.control.post("/_control/revoke", json={"as": "grace"})
        with pytest.raises(Unauthorized):
            await sandbox.as_("grace").fetch_me()
        assert (await sandbox.ada.fetch_me()).login == "ada"
        await sandbox.control.post("/_control/revoke", json={"as": "grace", "on": False})
        assert (await sandbox.as_("grace").fetch_me()).login == "grace"
