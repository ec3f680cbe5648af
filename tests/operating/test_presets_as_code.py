from __future__ import annotations

import pytest

from bot.domain import ProjectSlug
from bot.errors import UsageError
from bot.operating.as_code.export import export_documents
from bot.rules.saved_preset import Preset
from bot.store.store import Store
from tests.operating.test_as_code import applied, store

__all__ = ["store"]

WEB = ProjectSlug("gh", "acme", "web")

PRESETS = """\
workspace: T0SANDBOX
presets:
  - {name: Ship, project: gh/acme/web}
  - name: ship
    channel: C0DEPLOYS
    project: gh/acme/web
    definition: release
    config-branch: next
    parameters: {deploy: true}
    ask: [branch, image-tag]
    made_by: U0ADA
"""


async def test_a_preset_may_be_a_channels_own_and_what_is_exported_changes_nothing(store: Store) -> None:
    assert await applied(store, PRESETS) == [
        "+ preset ship gh/acme/web",
        (
            "+ preset ship in C0DEPLOYS gh/acme/web deploy=true --definition release --config-branch next "
            "--ask branch,image-tag --made-by U0ADA"
        ),
    ]
    async with store.begin_read() as tx:
        assert await tx.presets.find("T0SANDBOX", "ship", "C0DEPLOYS") == Preset(
            workspace="T0SANDBOX",
            name="ship",
            project=WEB,
            branch=None,
            tag=None,
            parameters={"deploy": "true"},
            channel="C0DEPLOYS",
            made_by="U0ADA",
            definition="release",
            config_branch="next",
            asked=("branch", "image-tag"),
        )
    exported = await export_documents(store, "T0SANDBOX")
    assert [line[0] for line in await applied(store, exported) if "preset" in line] == ["=", "="]


async def test_two_presets_of_one_channel_have_two_names(store: Store) -> None:
    twice = PRESETS.replace("{name: Ship,", "{name: Ship, channel: C0DEPLOYS,")
    with pytest.raises(UsageError, match="preset ship in C0DEPLOYS: is in the file twice"):
        await applied(store, twice)
