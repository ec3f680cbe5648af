"""Whether an answer arrives where it was asked for (bot/conversation.py); where it does not, people are told."""

from __future__ import annotations

from bot.command import Context, Request
from bot.conversation import TOLD, News, Told, Where, is_direct
from bot.errors import NotThere

_ELSEWHERE = {
    Where.BETWEEN_OTHERS: "I take no part in this conversation: the card, and how it ends, come in our own direct "
    "messages.",
    Where.CLOSED: "I am not in this channel: the card, and how it ends, come in our own direct messages. After "
    "`/invite @circlebot` they can come here.",
}
_UNHEARD = {
    Where.BETWEEN_OTHERS: (
        "I take no part in this conversation: nothing that I tell arrives here.",
        "Say it in a channel, or to me alone in our own direct messages.",
    ),
    Where.CLOSED: ("I am not in this channel: nothing that I tell arrives here.", "First `/invite @circlebot`."),
}


def where(request: Request) -> Where:
    """What nobody has found out reads like what it is most often."""
    ours = request.channel is None or is_direct(request.channel)
    return request.where or (Where.OURS if ours else Where.OPEN)


def for_card(context: Context) -> str:
    """Where a card is shown that was asked for here; the answer says it, where that is elsewhere."""
    request, asked = context.request, where(context.request)
    if TOLD[asked][News.CARD] is Told.OURS:
        context.notes.append(_ELSEWHERE[asked])
        return request.user
    return request.channel or request.user


def check_heard(context: Context, channel: str) -> None:
    """Raises NotThere for what would be told in this channel, where it would never arrive."""
    asked = where(context.request)
    if channel == (context.request.channel or context.request.user) and TOLD[asked][News.RULES] is Told.NOWHERE:
        raise NotThere(*_UNHEARD[asked])


def is_heard_aloud(context: Context, channel: str) -> bool:
    """Whether others read there what somebody changes."""
    if channel != context.request.channel:
        return not is_direct(channel)
    return TOLD[where(context.request)][News.ALOUD] is Told.HERE
