"""Whether an answer arrives where it was asked for (bot/conversation.py), and the words for where it does not."""

from __future__ import annotations

from bot.command import Context, Request
from bot.conversation import DESTINATIONS, Destination, NotificationKind, PlaceKind, is_direct
from bot.errors import TargetError
from bot.language import N_, _

_ELSEWHERE = {
    PlaceKind.OTHERS_DM: N_(
        "I take no part in this conversation: the card, and how it ends, come in our own direct messages."
    ),
    PlaceKind.CLOSED: N_(
        "I am not in this channel: the card, and how it ends, come in our own direct messages. After "
        "`/invite @circlebot` they can come here."
    ),
}
_UNREACHABLE = {
    PlaceKind.OTHERS_DM: (
        N_("I take no part in this conversation: none of my messages arrive here."),
        N_("Say it in a channel, or to me alone in our own direct messages."),
    ),
    PlaceKind.CLOSED: (
        N_("I am not in this channel: none of my messages arrive here."),
        N_("First `/invite @circlebot`."),
    ),
}


def get_place_kind(request: Request) -> PlaceKind:
    """What nobody has found out reads like what it is most often."""
    ours = request.channel is None or is_direct(request.channel)
    return request.place_kind or (PlaceKind.OWN_DM if ours else PlaceKind.OPEN)


def choose_card_channel(context: Context) -> str:
    """Where a card is shown that was asked for here; the answer says it, where that is elsewhere."""
    request, asked = context.request, get_place_kind(context.request)
    if DESTINATIONS[asked][NotificationKind.CARD] is Destination.OWN_DM:
        context.notes.append(_(_ELSEWHERE[asked]))
        return request.user
    return request.channel or request.user


def check_reachable(context: Context, channel: str) -> None:
    """Raises TargetError for what would be told in this channel, where it would never arrive."""
    if channel == (context.request.channel or context.request.user) and not is_told_of_rules(context):
        raise TargetError(*map(_, _UNREACHABLE[get_place_kind(context.request)]))


def is_told_of_rules(context: Context) -> bool:
    """Whether what a rule wants to tell arrives where they ask."""
    return DESTINATIONS[get_place_kind(context.request)][NotificationKind.RULES] is not Destination.NOWHERE


def is_read_by_others(context: Context, channel: str) -> bool:
    """Whether others read there what somebody changes."""
    if channel != context.request.channel:
        return not is_direct(channel)
    return DESTINATIONS[get_place_kind(context.request)][NotificationKind.ANNOUNCEMENT] is Destination.HERE
