"""disconnect — deletes a person's CircleCI token, and says what stops with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import disconnection
from bot.actions.audit_trail import build_record
from bot.blocks import kit
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain.audit_records import AuditKind
from bot.domain.people import Person
from bot.language import N_, _
from bot.messages import Message

_DONE = N_(
    ":wave: Disconnected: I deleted your CircleCI token and no longer act in your name.\n"
    "• Rules that you made stay, as long as somebody else who is connected can see their project. I say so in their "
    "channels, and anybody there may take them over.\n"
    "• Webhooks that you installed pass to a colleague who is connected; without one I remove them.\n"
    "• I no longer write to you about your pipelines; your logins stay yours (`/circle me`).\n"
    "• The token itself is still valid at CircleCI: revoke it there if nothing else uses it."
)


@dataclass(frozen=True, slots=True)
class DisconnectArgs:
    """Nothing."""


def parse(_said: ParsedLine) -> DisconnectArgs:
    return DisconnectArgs()


async def run(context: Context, _args: DisconnectArgs) -> Reply:
    request, person = context.request, Person(context.request.team, context.request.user)
    store, clock = context.store, context.clock
    record = build_record(
        request, context.account, context.trail, kind=AuditKind.ACCOUNT, at=clock.now(), what="disconnected"
    )
    if not await disconnection.disconnect_person(store, context.circleci, clock, person=person, record=record):
        return Reply(Message(_("You were not connected: there is nothing to delete.")))
    again = kit.actions([kit.button(_("Connect Again"), format_line("connect"))])
    return Reply(Message(_(_DONE), [kit.section(_(_DONE)), again]))


COMMAND = Command(
    name="disconnect",
    summary=N_("Deletes your CircleCI token here"),
    usage="disconnect",
    example="disconnect",
    parse=parse,
    run=run,
    always_allowed=True,
    group=Group.YOU,
    access=Access.ANYONE,
    aliases=("logout",),
)
