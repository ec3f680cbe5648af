"""How a command asks what a person may do: before CircleCI is asked, with all that it knows of what it acts on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain import ProjectScope, ProjectSlug
from bot.domain.slack_groups import UserGroup
from bot.errors import BotError
from bot.language import _
from bot.language.formats import join_or
from bot.line import Written
from bot.rules.policy_decision import Asker, PolicyVerdict
from bot.rules.policy_line import Demands, is_group
from bot.store.store import Tx

_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ActTarget:
    """What is acted on, as far as it is known: None is what is not known (yet), an empty text what is not there.

    `channel` is another one than that where they ask, whose rules change. A `project` that is a pattern stands for all
    that it covers. A parameter whose value is None may have any. `pipeline_id` is that of one that is there already.
    `what` is a sentence for those who confirm or approve it, where that is not all of it, `why` the reason that was
    given for it. `forward`: a rollback that brings something newer.
    """

    channel: str | None = None
    project: ProjectSlug | ProjectScope | None = None
    branch: str | None = None
    tag: str | None = None
    workflow: str | None = None
    hold: str | None = None
    parameters: Mapping[str, str | None] | None = None
    pipeline_id: str = ""
    what: str = ""
    why: str = ""
    forward: bool = False


NOTHING_KNOWN = ActTarget()


class Unapproved(BotError):
    """Others have to approve it first. `line` says it again, whole; None where the request's own line does.

    `why` is the reason that the policy asked for.
    """

    def __init__(
        self, target: ActTarget, act: str, *, demands: Demands, mark: str, line: Written | None, why: str
    ) -> None:
        super().__init__(_("Others have to approve this first."))
        self.target = target
        self.act = act
        self.demands = demands
        self.mark = mark
        self.line = line
        self.why = why


class Rights(Protocol):
    """What the workspace's policy lets a person do. `name` is another act that the command comes to."""

    @property
    def admins(self) -> Sequence[str]:
        """The admins of circlebot in this workspace, whom somebody may ask who is refused."""

    @property
    def fixed_admins(self) -> Sequence[str]:
        """Those of them whom ADMIN_USERS names."""

    async def is_admin_in(self, tx: Tx, workspace: str) -> bool:
        """Whether whoever asks is an admin there, too; by name, since groups are asked for here alone."""

    @property
    def asker(self) -> Asker:
        """Who asks, with those of their user groups that matter here."""

    @property
    def parameter_names(self) -> AbstractSet[str]:
        """Of those whose values may decide about an act: nobody has to read others."""

    async def check_act(
        self,
        target: ActTarget = NOTHING_KNOWN,
        name: str | None = None,
        *,
        final: bool = True,
        line: Written | None = None,
    ) -> Demands:
        """What has to be there before it is done. Raises NotAllowed with the line that is against it.

        `final`: nothing more will be known, so what is unknown counts against them, and CircleCI may be asked then.
        A start that is protected raises Unconfirmed or Unapproved first; `line` says the same start, whole.
        """

    async def find_demands(self, target: ActTarget, name: str, *, user: str | None = None) -> Demands:
        """What the policy demands of whoever asks, or of another person, be they allowed or not."""

    async def find_verdict(
        self, target: ActTarget = NOTHING_KNOWN, name: str | None = None, *, user: str | None = None, final: bool = True
    ) -> PolicyVerdict:
        """The same without raising; also for another person of the workspace."""

    async def is_among(self, who: Collection[str], user: str | None = None) -> bool:
        """Whether these people and user groups include whoever asks, or this person of the workspace."""

    async def load_groups(self, named: AbstractSet[str]) -> Sequence[UserGroup]:
        """These user groups of the workspace, as far as Slack ever told of them."""

    async def list_unknown(self, named: AbstractSet[str]) -> Sequence[str]:
        """Of these people and user groups those whom Slack does not know in the workspace."""


class FullRights:
    """Everything is allowed: for pages that show people only what is theirs."""

    admins = ()
    fixed_admins = ()
    asker = Asker(user="")
    parameter_names = frozenset[str]()

    async def check_act(self, *_target: Any, **_how: Any) -> Demands:
        return Demands()

    async def is_admin_in(self, *_where: Any) -> bool:
        return False

    async def find_demands(self, *_target: Any, **_how: Any) -> Demands:
        return Demands()

    async def find_verdict(self, *_target: Any, **_how: Any) -> PolicyVerdict:
        return PolicyVerdict(allowed=True)

    async def is_among(self, *_who: Any) -> bool:
        return True

    async def load_groups(self, *_named: Any) -> Sequence[UserGroup]:
        return ()

    async def list_unknown(self, *_named: Any) -> Sequence[str]:
        return ()


def format_whom_to_ask(who: Collection[str], otherwise: str) -> str:
    """`otherwise` is said where nobody is known."""
    return _("Ask {people}.", people=join_or([format_mention(one) for one in who][:_NAMED])) if who else otherwise


def format_mention(who: str) -> str:
    """A person or a user group, by id."""
    return f"<!subteam^{who}>" if is_group(who) else f"<@{who}>"
