"""user <id> — who somebody is at CircleCI, by the id that CircleCI tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bot.blocks import person_blocks
from bot.command import Command, Context, Group, Line, Reply
from bot.errors import NotFound, NotThere, UsageError
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    id: str


def parse(said: Line) -> Args:
    if len(said.words) != 1:
        raise UsageError("Whose? One CircleCI user id at a time.")
    return Args(_id(said.words[0]))


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise UsageError(
            f"{code(text, 100)} is no CircleCI user id.",
            "It looks like `5034460f-c7c4-4c43-9457-de07e2029e7b`; names and Slack mentions tell CircleCI nothing.",
        ) from None


async def run(context: Context, args: Args) -> Reply:
    try:
        user = await context.circleci.user(args.id)
    except NotFound:
        raise NotThere(f"CircleCI knows nobody with the id {code(args.id)}.") from None
    is_me = context.account is not None and context.account.circleci_id == user.id
    return Reply(Message(f"{code(user.id)} is {person_blocks.named(user)}", person_blocks.shown(user, is_me=is_me)))


COMMAND = Command(
    name="user",
    summary="Says who has a CircleCI user id",
    usage="user <id>",
    example="user 5034460f-c7c4-4c43-9457-de07e2029e7b",
    parse=parse,
    run=run,
    group=Group.YOU,
    covers=("GET /user/{id}",),
)
