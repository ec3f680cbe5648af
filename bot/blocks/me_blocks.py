"""Which logins are a person's, and which messages they want: shown with a switch for each, and as a form."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from slack_sdk.models.blocks import CheckboxesElement, Option, PlainTextInputElement, StaticSelectElement

from bot.blocks import account_blocks, kit
from bot.command import format_line
from bot.domain.people import Account, Login
from bot.language import _, spoken
from bot.language.formats import join_and
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, cut, format_leftover
from bot.rules.dm_topics import BY_NAME, NAMES, TOPICS, DmTopic

LOGIN, MESSAGES, LANGUAGE = "login", "messages", "language"

_MOST_LOGINS = 10

Chosen = Mapping[str, Sequence[str]]
"""A form's inputs of which several may be chosen."""


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    """What we know of a person: their logins, the topics of which they want messages, the language that they chose."""

    account: Account | None
    logins: Sequence[Login]
    wanted_topics: frozenset[str]
    language: str | None = None


class FilledForm(NamedTuple):
    """What the form says: a login to add ("" for none), the topics that are ticked, a language ("" as before)."""

    login: str
    topics: frozenset[str]
    language: str


def format_summary(known: PersonalSettings) -> str:
    logins = ", ".join(cut(one.login, 100) for one in known.logins[:_MOST_LOGINS])
    return _("Your logins: {logins}", logins=logins) if logins else _("I know no login of yours yet.")


def list_facts(known: PersonalSettings) -> list[str]:
    """Each as a field: what is changed elsewhere."""
    logins = ", ".join(as_code(one.login, 100) for one in known.logins[:_MOST_LOGINS])
    return [
        _("*Your logins*\n{logins}", logins=logins) if logins else _("*Your logins*\nnone yet"),
        _("*Direct messages*\n{topics}", topics=format_topics(known.wanted_topics))
        if known.wanted_topics
        else _("*Direct messages*\nnone"),
        _format_language(known.language),
    ]


def build_change_button() -> kit.Pressable:
    return kit.button(_("Change Settings…"), format_line("me", edit=True))


def render(known: PersonalSettings, done: str = "", undo: Written | None = None) -> list[kit.Block]:
    """All of it. `done` is mrkdwn that says what has just changed, `undo` the line that takes it back."""
    changed = kit.section(f":white_check_mark: {done}", kit.button(_("Undo"), undo) if undo else None)
    return [*([changed] if done else []), *_who(known), *_build_settings(known)]


def render_change(known: PersonalSettings, done: str, undo: Written | None, *, acts: bool) -> Message:
    """What has just changed, with the way back and to all settings; `acts`: it is of use to the connected only."""
    buttons = [*([kit.button(_("Undo"), undo)] if undo else []), build_change_button()]
    needs = _who(known) if acts and not _is_connected(known) else []
    return Message(done, [kit.section(f":white_check_mark: {done}"), kit.actions(buttons), *needs])


def _who(known: PersonalSettings) -> list[kit.Block]:
    if not (known.account and known.account.is_active):
        return account_blocks.render_connect_prompt(known.account)
    return [
        kit.section(
            _(":bust_in_silhouette: You are *{name}* at CircleCI.", name=account_blocks.format_name(known.account))
        )
    ]


def _build_settings(known: PersonalSettings) -> list[kit.Block]:
    """The logins, the switches and the language."""
    return [*_logins(known.logins), *_messages(known), _build_language_row(known.language)]


def _build_language_row(chosen: str | None) -> kit.Block:
    choices = [
        kit.option(label, format_line("me", language=code, overview=True)) for code, label in _list_languages().items()
    ]
    return kit.section(_format_language(chosen), kit.menu(_("Choose a language…"), choices))


def _format_language(chosen: str | None) -> str:
    if chosen:
        return _("*Language*\n{language}", language=spoken.NAMES[chosen])
    return _("*Language*\nAs in Slack: {language}", language=spoken.NAMES[spoken.get_language()])


def _list_languages() -> dict[str, str]:
    return {spoken.AS_IN_SLACK: _("As in Slack"), **spoken.NAMES}


def _logins(logins: Sequence[Login]) -> list[kit.Block]:
    return [
        kit.section(_("*Your logins*\nPipelines that these logins started count as yours.")),
        *_build_login_rows(logins),
        kit.actions([kit.button(_("Add a Login…"), format_line("me", edit=True))]),
    ]


def _build_login_rows(logins: Sequence[Login]) -> list[kit.Block]:
    """Each with the button that removes it."""
    none = _("I know no login of yours yet, so no pipeline is yours: connect, or add one.")
    rows = [kit.section(_login(one), _build_remove_button(one)) for one in logins[:_MOST_LOGINS]]
    return [*(rows or [kit.section(none)]), *kit.build_notes(format_leftover(len(logins) - _MOST_LOGINS))]


def _login(one: Login) -> str:
    how = _("verified by your own token") if one.verified else _("you say so")
    return f"{':lock:' if one.verified else ':speech_balloon:'} {as_code(one.login, 100)} — {how}"


def _build_remove_button(one: Login) -> kit.Pressable:
    sure = kit.confirm(
        _("Remove login"),
        _("What {login} starts is no longer yours.", login=as_code(one.login, 100)),
        _("Remove Login"),
        no=_("Keep Login"),
    )
    return kit.button(_("Remove Login"), format_line("me", forget=one.login), confirm=sure, about=one.login)


def _messages(known: PersonalSettings) -> list[kit.Block]:
    return [
        kit.header(_("Direct messages")),
        *(_switch(topic, on=topic.name in known.wanted_topics) for topic in TOPICS),
        kit.context(
            _("I follow projects that a rule covers (`/circle subscribe`), and pipelines that people asked for."),
            ""
            if _is_connected(known)
            else _("They need your own token: what CircleCI hides from you, I cannot show you."),
        ),
    ]


def _is_connected(known: PersonalSettings) -> bool:
    return known.account is not None and known.account.is_active


def _switch(topic: DmTopic, *, on: bool) -> kit.Block:
    line = format_line("me", **{"stop" if on else "start": topic.name}, overview=True)
    label, when = _(topic.label), _(topic.means)
    press = kit.button(_("Turn Off") if on else _("Turn On"), line, about=label)
    shown = (
        _(":bell: *{topic}* on — {when}", topic=label, when=when)
        if on
        else _(":no_bell: *{topic}* off — {when}", topic=label, when=when)
    )
    return kit.section(shown, press)


def build_topics_line(wishes: Collection[str], *, overview: bool = False) -> Written:
    """The line that wishes for these and no others."""
    return format_line("me", dm=[name for name in NAMES if name in wishes] or "none", overview=overview)


def format_changes(before: frozenset[str], now: frozenset[str]) -> str:
    """What is different now, in words."""
    if before == now:
        return _("That is how it was already.")
    ended, begun = before - now, now - before
    told = [_("Direct messages turned off: {topics}.", topics=format_topics(ended))] if ended else []
    told += [_("Direct messages turned on: {topics}.", topics=format_topics(begun))] if begun else []
    return " ".join(told)


def format_topics(topics: Collection[str]) -> str:
    """By the names of their switches: `*My failures* and *Approvals wanted*`."""
    return join_and([f"*{_(BY_NAME[name].label)}*" for name in NAMES if name in topics])


def render_form(known: PersonalSettings, fields: Mapping[str, str], chosen: Chosen) -> list[kit.Block]:
    """All switches, the logins and one to add, the language; `fields` and `chosen` are what was filled in so far."""
    options = [Option(text=_(topic.label), value=topic.name, description=cut(_(topic.means), 75)) for topic in TOPICS]
    wishes = parse_form(fields, chosen).topics if fields or chosen else known.wanted_topics
    ticked = [option for option in options if option.value in wishes]
    login = PlainTextInputElement(
        action_id=LOGIN, placeholder=_("Ex. octocat"), max_length=100, initial_value=fields.get(LOGIN) or None
    )
    return [
        kit.input_block(
            _("Direct messages"),
            CheckboxesElement(action_id=MESSAGES, options=options, initial_options=ticked or None),
            block_id=MESSAGES,
            optional=True,
        ),
        *_build_login_rows(known.logins),
        kit.input_block(
            _("Add a login"), login, block_id=LOGIN, optional=True, hint=_("As CircleCI shows it beside a pipeline")
        ),
        _build_language_input(fields.get(LANGUAGE) or known.language or spoken.AS_IN_SLACK),
    ]


def _build_language_input(chosen: str) -> kit.Block:
    options = {code: Option(text=label, value=code) for code, label in _list_languages().items()}
    menu = StaticSelectElement(action_id=LANGUAGE, options=list(options.values()), initial_option=options[chosen])
    return kit.input_block(_("Language"), menu, block_id=LANGUAGE)


def parse_form(fields: Mapping[str, str], chosen: Chosen) -> FilledForm:
    return FilledForm(fields.get(LOGIN, "").strip(), frozenset(chosen.get(MESSAGES, ())), fields.get(LANGUAGE, ""))
