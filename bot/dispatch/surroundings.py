"""What is read before a command runs: whose account acts, what admins said, and what is told of above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.circleci.links import Links, select_app_addresses
from bot.command import Request
from bot.dispatch.access import RightsBuilder, WorkspaceRules
from bot.dispatch.told_pipelines import list_told
from bot.domain.people import Account
from bot.naming import set_people
from bot.store.store import Tx
from bot.store.threads import PipelineThread


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Without more than an account they are those of a command that is answered at once.

    It shows nothing of CircleCI and names nobody, and no policy refuses it.
    """

    account: Account | None
    rules: WorkspaceRules = field(default_factory=WorkspaceRules)
    told: Sequence[PipelineThread] = ()
    linked: Sequence[str] = ()


async def read_surroundings(tx: Tx, request: Request, rights: RightsBuilder, links: Links) -> Surroundings:
    """From here on people are called as the workspace calls them."""
    account = await tx.accounts.find(request.team, request.user)
    rules = await rights.load_rules(tx, request.workspace)
    set_people(await tx.people.load(request.workspace))
    linked = select_app_addresses(request.addresses, links.base_url)
    told = await list_told(tx, request, by_thread=not linked)
    return Surroundings(account, rules, told, () if told else linked)
