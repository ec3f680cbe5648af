"""A project's environment variables, masked: the list, the form that takes a value, and what came of it.

A value stands in one place only: in the form's input, from when a person types it until we hand it to CircleCI. It is
never drawn again, so no view that we send to Slack holds it.
"""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import PlainTextInputElement

from bot.blocks import kit, question_blocks, settings_blocks, status_blocks
from bot.blocks.question_blocks import Question
from bot.circleci.models import Variable
from bot.command import View, line
from bot.domain import ProjectSlug
from bot.line import also
from bot.messages import Message
from bot.mrkdwn import code

NAME, VALUE = "name", "value"

_TITLE = "Set a variable"
_LONGEST = 3000
"""Characters that an input takes (Slack: plain-text input)."""
_HINT = f"Up to {_LONGEST:,} characters, which is what Slack's form takes; longer ones go in at CircleCI."


def listed(slug: ProjectSlug, variables: Sequence[Variable], page: int) -> list[kit.Block]:
    return settings_blocks.listed(
        slug,
        line("env", str(slug)),
        [_row(slug, variable) for variable in variables],
        page,
        title="Environment variables",
        note="CircleCI shows the last four characters of a value, and gives no value back.",
        offers=[kit.button("Set a variable…", line("env", "set", str(slug)))],
    )


def _row(slug: ProjectSlug, variable: Variable) -> list[kit.Block]:
    replace = kit.button("Replace…", line("env", "set", str(slug), variable.name))
    remove = question_blocks.button("Remove", removal(slug, variable))
    return [kit.section(named(variable)), kit.actions([replace, remove])]


def named(variable: Variable) -> str:
    """`NPM_TOKEN` = `xxxx7h2k` — set 3 days ago."""
    return f"{code(variable.name, 150)} = {_masked(variable)}"


def _masked(variable: Variable) -> str:
    since = f" — set {status_blocks.ago(variable.created_at)}" if variable.created_at else ""
    return f"{code(variable.masked)}{since}"


def shown(slug: ProjectSlug, variable: Variable) -> list[kit.Block]:
    section, actions = _row(slug, variable)
    return [section, kit.context(f"of {code(str(slug))}"), actions, kit.actions([_all_of(slug)])]


def _all_of(slug: ProjectSlug) -> kit.Pressable:
    return kit.button("Show the variables", line("env", str(slug)))


def name_form(slug: ProjectSlug) -> View:
    """The first step: which variable. Only then we know whether a value replaces another."""
    element = PlainTextInputElement(action_id=NAME, placeholder="NPM_TOKEN", max_length=300)
    blocks = [
        kit.section(f"An environment variable of {code(str(slug))}"),
        kit.field("Its name", element, block_id=NAME, hint="The next step asks for its value."),
    ]
    return View(_TITLE, blocks, line=line("env", "set", str(slug)), submit="Next")


def value_form(slug: ProjectSlug, name: str, existing: Variable | None) -> View:
    """The second step, which names what it replaces: its submission acts."""
    element = PlainTextInputElement(action_id=VALUE, multiline=True, max_length=_LONGEST)
    again = line("env", "set", str(slug), name)
    told = f"{code(name, 150)} of {code(str(slug))}"
    if existing:
        told = (
            f":warning: {told} is there already: {_masked(existing)}. "
            "*What you hand in replaces it*, and the old value cannot be had back."
        )
    blocks = [
        kit.section(told),
        kit.field("Its new value" if existing else "Its value", element, block_id=VALUE, hint=_HINT),
        kit.context(":lock: It goes to CircleCI and nowhere else: I do not keep it, log it or show it to anybody."),
    ]
    if existing:
        return View("Replace a variable", blocks, line=also(again, sure=True), submit="Replace it")
    return View(_TITLE, blocks, line=again, submit="Set it")


def invitation(slug: ProjectSlug, name: str) -> Message:
    """Where no form could be opened."""
    text = "Press the button: the value goes into a private form."
    button = kit.button("Set it privately…", line("env", "set", str(slug), *filter(None, [name])), style="primary")
    return Message(text, [kit.section(text), kit.actions([button])])


def removal(slug: ProjectSlug, variable: Variable) -> Question:
    name, value = code(variable.name, 100), code(variable.masked)
    return Question(
        "Remove this variable?",
        f"{name} ({value}) of {code(str(slug), 80)} is deleted: jobs that start later do not get it. "
        "Its value cannot be had back.",
        "Remove it",
        line("env", "rm", str(slug), variable.name),
    )


def was_set(slug: ProjectSlug, name: str, *, replaced: bool) -> Message:
    text = f":white_check_mark: {'Replaced' if replaced else 'Set'} {code(name, 150)} of {code(str(slug))}."
    return Message(text, [kit.section(text), kit.actions([_all_of(slug)])])


def removed(slug: ProjectSlug, name: str, *, was_there: bool) -> Message:
    text = settings_blocks.removed(f"the variable {code(name, 150)} of {code(str(slug))}", was_there=was_there)
    return Message(text, [kit.section(text), kit.actions([_all_of(slug)])])
