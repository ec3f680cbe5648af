"""What is kept about somebody: what erasing does with each part of it, before and after it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.blocks import kit
from bot.command import Modal, format_line
from bot.language import _
from bot.language.formats import format_number
from bot.messages import Message


@dataclass(frozen=True, slots=True)
class KeptPart:
    """`what` it is, and how many; the rest stays and no longer names them, or `stays` because of something."""

    what: str
    count: int
    goes: bool
    stays: str = ""


def build_buttons() -> list[kit.Pressable]:
    return [
        kit.button(_("Export My Data"), format_line("me", export=True)),
        kit.button(_("Erase Me…"), format_line("me", erase=True)),
    ]


def render_question(parts: Sequence[KeptPart]) -> Modal:
    """It says all that will happen; its submission does it."""
    blocks = [*_build_plan(parts), _build_note()]
    return Modal(_("Erase what I keep"), blocks, line=format_line("me", erase=True), submit=_("Erase"))


def render_question_message(parts: Sequence[KeptPart]) -> Message:
    """Where no modal can be opened."""
    sure = kit.confirm(
        _("Erase what I keep"), _("Nobody can bring it back. You are disconnected, too."), _("Erase"), danger=True
    )
    button = kit.button(_("Erase…"), format_line("me", erase=True, sure=True), style="danger", confirm=sure)
    return Message(_("This is what I keep about you."), [*_build_plan(parts), kit.actions([button]), _build_note()])


def _build_plan(parts: Sequence[KeptPart]) -> list[kit.Block]:
    goes = _list_lines(one for one in parts if one.goes)
    nameless = _list_lines(one for one in parts if not one.goes and not one.stays)
    stays = [f"{line}: {_(one.stays)}" for one in parts if one.stays for line in [_format_part(one)]]
    elsewhere = _("What Slack and CircleCI keep themselves, such as messages that I posted and the token at CircleCI")
    return [
        *_build_list(_("*This goes*"), goes),
        *_build_list(_("*This stays for your colleagues, and no longer names you*"), nameless),
        *_build_list(_("*This stays*"), [*stays, elsewhere]),
    ]


def _build_note() -> kit.Block:
    return kit.context(_("Nobody can bring it back. You are disconnected, too."))


def _build_list(title: str, lines: Sequence[str]) -> list[kit.Block]:
    return [kit.section("\n".join([title, *(f"• {line}" for line in lines)]))] if lines else []


def _list_lines(parts: Iterable[KeptPart]) -> list[str]:
    return [_format_part(one) for one in parts]


def _format_part(one: KeptPart) -> str:
    return _("{what} ({count})", what=_(one.what), count=format_number(one.count)) if one.count > 1 else _(one.what)


def render_erased() -> Message:
    text = _(
        ":wave: Erased: I know nothing about you any more, and no longer act in your name. Your token is still valid "
        "at CircleCI: revoke it there if nothing else uses it."
    )
    return Message(text, [kit.section(text), kit.actions([kit.button(_("Connect CircleCI"), format_line("connect"))])])


def render_nothing() -> Message:
    text = _("I keep nothing about you: there is nothing to erase.")
    return Message(text, [kit.section(text)])


def render_exported() -> Message:
    text = _(
        ":paperclip: What I keep about you: I sent it to you in a direct message, as JSON. Secrets are not in it, nor "
        "what others wrote in channels."
    )
    return Message(text, [kit.section(text)])
