"""The parameters of a pipeline in which something waits, as far as a policy asks for them: read once."""

from __future__ import annotations

from contextlib import suppress

from bot.circleci.run_parameters import list_run_parameters
from bot.circleci.snapshot import Snapshot
from bot.domain import ProjectSlug
from bot.errors import CircleCIError, TargetError
from bot.notify.poll.tokens import PollTokens
from bot.store.store import Store


async def add_parameters(store: Store, tokens: PollTokens, project: ProjectSlug, snapshot: Snapshot) -> Snapshot:
    """The same where they are known, nobody asks, or CircleCI does not tell: then the press asks again."""
    if not snapshot.pending_holds:
        return snapshot
    async with store.begin_read() as tx:
        policies = (await tx.policy_versions.load_all_lines()).values()
    asked = {name for lines in policies for line in lines for name, _value in line.scope.parameters}
    if asked <= (snapshot.parameters or {}).keys():
        return snapshot
    with suppress(CircleCIError, TargetError):
        values = await tokens.fetch_for_project(
            project, lambda circleci: circleci.fetch_pipeline_values(snapshot.pipeline.id)
        )
        said = list_run_parameters(values)
        return snapshot.model_copy(update={"parameters": {name: said.get(name, "") for name in sorted(asked)}})
    return snapshot
