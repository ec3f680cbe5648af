"""What decides who of those who read a place sees *Approve*: the policy that counts, and the groups that it names."""

from __future__ import annotations

from bot.rules.hold_readers import HoldReaders
from bot.rules.policy_line import list_groups
from bot.store.engine.statements import Repository
from bot.store.policy_versions import PolicyVersionRepository
from bot.store.user_groups import UserGroupRepository


class HoldReaderRepository(Repository):
    async def load(self, workspace: str, channel: str) -> HoldReaders:
        lines = await PolicyVersionRepository(self._connection).load_lines(workspace)
        groups = await UserGroupRepository(self._connection).list_for_workspace(workspace) if list_groups(lines) else ()
        return HoldReaders(lines, groups, channel)
