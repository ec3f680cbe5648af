"""user, said `me --user` — who somebody is at CircleCI, by the id that CircleCI shows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.blocks import person_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply
from bot.errors import NotFound, TargetError, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code


@dataclass(frozen=True, slots=True)
class UserArgs:
    id: str


def parse(line: ParsedLine) -> UserArgs:
    if len(line.words) != 1:
        raise UsageError(_("Whose? One CircleCI user id at a time."))
    return UserArgs(_parse_id(line.words[0]))


def _parse_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise UsageError(
            _("{text} is not a CircleCI user id.", text=as_code(text, 100)),
            _("It looks like `5034460f-c7c4-4c43-9457-de07e2029e7b`. CircleCI finds nobody by name or Slack mention."),
        ) from None


async def run(context: Context, args: UserArgs) -> Reply:
    try:
        user = await context.circleci.fetch_user(args.id)
    except NotFound:
        raise TargetError(_("CircleCI knows nobody with the id {id}.", id=as_code(args.id))) from None
    is_me = context.account is not None and context.account.circleci_id == user.id
    return Reply(
        Message(
            _("{id} is {name}", id=as_code(user.id), name=person_blocks.format_name(user)),
            person_blocks.render_details(user, is_me=is_me),
        )
    )


COMMAND = Command(
    name="user",
    summary=N_("Says who has a CircleCI user id"),
    usage="me --user <id>",
    example="me --user 5034460f-c7c4-4c43-9457-de07e2029e7b",
    parse=parse,
    run=run,
    group=Group.YOU,
    endpoints=("GET /user/{id}",),
)
