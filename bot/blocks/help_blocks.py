"""Help: what people need most by what they want to do, all commands in groups, or one command with its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from bot.blocks import kit
from bot.command import Command, Group, format_line
from bot.language import N_, _
from bot.language.spoken import get_language
from bot.mrkdwn import as_code
from bot.rules import fields, policy_typed

_FIRST_STEPS = N_(
    "*First steps*\n"
    "1. `/circle connect` — your own CircleCI token, in a private form\n"
    "2. `/circle use acme/web` — the project of this channel\n"
    "3. `/circle trigger` — a form, or all at once: `/circle trigger --branch main image-tag=4.8.2`\n"
    "4. `/circle subscribe` — posts here what fails, recovers or waits for approval"
)

OPTIONS = {
    **fields.HELP,
    **policy_typed.HELP,
    "--branch NAME": N_("a branch, as it is called in the repository"),
    "--tag NAME": N_("a tag instead of a branch"),
    "--definition NAME": N_("a pipeline definition, where a project has several"),
    "--config-branch NAME": N_("a branch of the config's own repository, where that is not the code's"),
    "--string KEYS": N_("these parameters are strings, whatever they look like and the config says"),
    "--integer KEYS": N_("these are integers"),
    "--boolean KEYS": N_("these are booleans"),
    "--preset NAME": N_("a project, ref and parameters that were saved under this name"),
    "--form": N_("the form first, filled in, to change it"),
    "--from PIPELINE": N_("as this pipeline ran: its number, id or link"),
    "--ask NAMES": N_("ask for these parameters (or `branch`) each time, separated by commas"),
    "--workspace": N_("for the whole workspace, not only for this channel"),
    "--replace": N_("in place of one that has this name"),
    "--org": N_("over a whole organisation: the one named, else that of the channel's project"),
    "--why REASON": N_("only what waits for this reason, as the list names it"),
    "--ask PERSON": N_("ask this person to connect again, at most once a day"),
    "--user WHOM": N_("what this person did, as `@ada`"),
    "--act ACT": N_("only this act, such as `approve`, or this kind, such as `policy`"),
    "--project PROJECT": N_("only this project"),
    "--result RESULT": N_("only what is `done`, `refused`, `failed` or `unknown`"),
    "--since TIME": N_("not older than this: `7d`, or a day such as `2026-01-31`"),
    "--live SWITCH": N_("`on` or `off`: whether this channel gets each row as it is written"),
    "--head SWITCH": N_("`daily` or `off`: whether this channel gets the end of the record"),
    "--csv": N_("as a CSV file, in a direct message"),
    "--reason TEXT": N_("why: it stands on the card and in the record"),
    "--withdraw": N_("take your own approval back while it waits for others"),
    "--from TIME": N_("when it begins, as in `friday 16:00`; now unless you say otherwise"),
    "--except WHOM": N_("people and user groups for whom it does not hold"),
    "--page N": N_("the N-th page of a long list"),
    "--days DAYS": N_("how far back: 7, 30 (unless you say otherwise), 60 or 90 days"),
    "--all-branches": N_("of all branches together, not only of the default branch"),
    "--environment NAME": N_("where something is deployed: `production`, `staging` …"),
    "--from NAME": N_("the environment in which it runs already"),
    "--against NAME": N_("the environment to compare it with"),
    "--component NAME": N_("what of the project is deployed"),
    "--namespace NAME": N_("the namespace, where a component has several"),
    "--report": N_("how deploys fare: how often, how long they take, how many fail, how soon that is mended"),
    "--weeks N": N_("how many weeks the report looks back (8)"),
    "--pin": N_("pin what runs where in this channel, and keep it up to date; without a project, of all its projects"),
    "--unpin": N_("no longer"),
    "--to VERSION": N_("the version to bring back; the one before unless you say otherwise"),
    "--current VERSION": N_("what runs there: where something else does by then, nothing is done"),
    "--by WAY": N_("`pipeline` or `rerun`: where it would go the other way by then, nothing is done"),
    "--workflow NAME": N_("a workflow, as the config calls it"),
    "--timeline": N_("draw when each job of the workflow waited and ran"),
    "--card": N_("show its card here, and keep it true"),
    "--jobs": N_("one line per job"),
    "--failed": N_(
        "only the jobs that failed (a rerun takes those that wait for them too); of a pipeline, what failed"
    ),
    "--overview": N_("a workflow as a whole; of a pipeline that has several, all of them, what failed or waits first"),
    "--config": N_("the YAML that it ran with"),
    "--values": N_("the values that it ran with, its parameters among them"),
    "--reminders": N_("stop the reminders of a pipeline's holds in this channel"),
    "--orgs": N_("your organisations instead"),
    "--keys": N_("the checkout keys of the project"),
    "--contexts": N_("the contexts of the organisation, and the names of their variables"),
    "--user": N_("somebody else, by the id that CircleCI shows"),
    "--takeover": N_("answer for a rule of this channel in place of the person who made it"),
    "--waiting": N_("only the holds that wait for approval"),
    "--status STATUS": N_("only what has this status, as CircleCI says it: `running`, `on_hold`, `success` …"),
    "--only STATE": N_("only what is in this state now: `failed`, `passed`, `on-hold` or `running`"),
    "--jobs NAMES": N_("only these jobs, separated by commas"),
    "--ssh": N_("with SSH into these jobs, for you (needs `--jobs`)"),
    "--job JOB": N_("a job: its name, number or id"),
    "--job N": N_("what this job is of, by its number: a bare number is a pipeline's"),
    "--source": N_("as it was written (unless you say otherwise)"),
    "--compiled": N_("as CircleCI ran it: orbs and parameters resolved"),
    "--setup": N_("the setup config that made it, where the config is dynamic"),
    "--node N": N_("only of this parallel run, counted from 0"),
    "--send": N_("as files: to you alone, or to the thread where you ask"),
    "--step NAME": N_("another step than the one that failed, by its name or a part of it"),
    "--full": N_("all of it, as a file"),
    "--here": N_("for everybody here to see, not only for you"),
    "--digest KIND": N_("how fingerprints are written: md5 (unless you say otherwise) or sha256"),
    "--on DAYS": N_("days of the week (`MON-FRI`, `weekdays`, `daily`) or of the month (`1,15`)"),
    "--at HOURS": N_("hours of the day in UTC, as in `2,14` or `8-18`"),
    "--times N": N_("how often in each of these hours, from 1 to 60 (once unless you say otherwise)"),
    "--months MONTHS": N_("only in these months, as in `JAN,JUL`"),
    "--as WHO": N_("whose name it runs in: `me` (unless you say otherwise) or `system`"),
    "--stop": N_("say that you no longer do"),
    "--group NAME": N_("the commands of one group: `projects`, `pipelines`, `rules` …"),
    "--short": N_("who I am, with three buttons"),
    "--all": N_("everything: all commands, all tests, or the whole workspace as far as you may see it"),
    "--posted": N_("which rules of this channel asked for it, condition by condition"),
    "--rule N": N_("change this rule, instead of making a new one"),
    "--dry-run": N_("only show what it would have posted for the last 50 pipelines"),
    "--login LOGIN": N_("a login of yours at GitHub, Bitbucket or GitLab, as CircleCI shows it"),
    "--forget LOGIN": N_("a login that is yours no longer"),
    "--dm TOPICS": N_("these direct messages and no others: `failed`, `recovered`, `approvals`; or `all`, or `none`"),
    "--start TOPICS": N_("these direct messages too"),
    "--stop TOPICS": N_("no longer these direct messages"),
    "--language LANGUAGE": N_("the language in which I answer you: `en`, `de`, or `slack` for that of your Slack"),
    "--edit": N_("a form for all of it"),
    "--mark MARK": N_(
        "for admins, a project or `gh/acme/*`: `never-external` (nothing of it to channels that other companies read), "
        "`no-logs` (logs, tests and artifacts only to whoever asks), `no-log-tails` (nowhere in Slack)"
    ),
    "--unmark MARK": N_("takes such a mark away"),
    "--erase": N_("erases what is kept about you, after it says what that means"),
    "--export": N_("sends you what is kept about you, as JSON"),
    "--none": N_("take away what was set: the channel's project, or its quiet hours"),
    "--zone ZONE": N_("by the clocks of this time zone, as in `Europe/Berlin` (yours, unless the channel has one)"),
    "--weekends": N_("and all of Saturday and Sunday"),
    "key=value": N_("a pipeline parameter, as the project's config declares it"),
}
"""What an option of a usage line means, said once for all commands."""

_CONNECT = "connect"
_MOST_OPTIONS = 10
_ONLY_BUTTONS = re.compile(r" \[--(?:sure|typed|then LINE|channel ID|version N|what TEXT)\]")

_BRACKETED = re.compile(r" \[--[^\[\]]*\]")
_OPTION = re.compile(r"--[a-z-]+(?: [A-Z]+)?|key=value")


OWN_WORDS = (N_("why did it fail"), N_("is main green?"), N_("rerun the failed one"))
"""What one can say instead of a command: rows of bot/dispatch/phrase_table.toml have it in each language."""


def render_overview(commands: Sequence[Command[Any]], *, connected: bool = False) -> list[kit.Block]:
    """What people need most, and how to begin: the same for all who read one language."""
    return list(_load_overview(tuple(commands), get_language(), connected))


@lru_cache(maxsize=16)
def _load_overview(commands: tuple[Command[Any], ...], _language: str, connected: bool) -> Sequence[kit.Block]:
    return build_overview(commands, connected=connected)


def build_overview(commands: Sequence[Command[Any]], *, connected: bool) -> list[kit.Block]:
    return [
        kit.section(
            _("I bring CircleCI to Slack: trigger, watch, rerun, cancel and approve, each with your own rights.")
        ),
        *([] if connected else [kit.section(_(_FIRST_STEPS))]),
        kit.divider(),
        *build_task_table([one for one in commands if not (connected and one.name == _CONNECT)]),
        _build_start_buttons(connected=connected),
        kit.context(
            _("Say it in your own words: {examples}.", examples=", ".join(as_code(_(words)) for words in OWN_WORDS)),
            _("`/circle help trigger` explains one command: its options and an example."),
            _("A project is `org/repo`, a pasted link, or just `repo`."),
            _("A number is a pipeline's: `job 341` names a job."),
            _("Slack allows no slash commands in threads: mention me there instead, as in `@circlebot status`."),
        ),
    ]


def _build_start_buttons(*, connected: bool) -> kit.Block:
    """The first steps, as buttons, and the way to all commands."""
    connect = kit.button(_("Connect CircleCI"), format_line(_CONNECT), style="primary")
    trigger = kit.button(_("Trigger a Pipeline…"), format_line("trigger"))
    return kit.actions([*([] if connected else [connect]), trigger, _build_more_button()])


def _build_more_button() -> kit.Pressable:
    return kit.button(_("Show More"), format_line("help", all=True))


def build_task_table(commands: Sequence[Command[Any]]) -> list[kit.Block]:
    """The commands that people need most, by what they want to do."""
    return _build_table([one for one in commands if one.task], lambda one: f"{_(one.task)}: {_format_title(one)}")


def render_all(commands: Sequence[Command[Any]]) -> list[kit.Block]:
    """The names of all commands, group by group, each group with the button that tells what they do."""
    return [
        *(_build_group_row(group, listed) for group in Group if (listed := _list_group(commands, group))),
        kit.context(_("`/circle help pipeline` explains one command, with everything that its options can do.")),
    ]


def _build_group_row(group: Group, commands: Sequence[Command[Any]]) -> kit.Block:
    names = " · ".join(as_code(one.title) for one in commands)
    show = kit.button(_("Show"), format_line("help", group=group.word), about=_(group.value))
    return kit.section(f"*{_(group.value)}*\n{names}", show)


def render_group(commands: Sequence[Command[Any]], group: Group) -> list[kit.Block]:
    """What each command of it does; what is an option of another stands in that one's help."""
    rows = _build_table(_list_group(commands, group), lambda one: f"{_format_title(one)} — {_(one.summary)}")
    return [*rows, kit.actions([kit.button(_("Show All Commands"), format_line("help", all=True))])]


def _list_group(commands: Iterable[Command[Any]], group: Group) -> list[Command[Any]]:
    return [one for one in commands if one.group is group and one.listed and not one.is_option]


def _build_table(commands: Iterable[Command[Any]], render: Callable[[Command[Any]], str]) -> list[kit.Block]:
    """A section for each group."""
    rows = {group: [render(command) for command in commands if command.group is group] for group in Group}
    return [kit.section("\n".join([f"*{_(group.value)}*", *lines])) for group, lines in rows.items() if lines]


def _format_title(command: Command[Any]) -> str:
    return as_code(f"/circle {command.title}")


def render_command(command: Command[Any], commands: Sequence[Command[Any]] = ()) -> list[kit.Block]:
    """All about one command. `commands` are all, those that are options of this one among them."""
    inner = [one for one in commands if one.title.startswith(f"{command.title} --")]
    options = "\n".join(list_options([get_typed_usage(command), *(get_typed_usage(one) for one in inner)]))
    more = "\n".join(f"• {as_code('/circle ' + get_typed_usage(one), 300)} — {_(one.summary)}" for one in inner)
    return [
        kit.section(f"*{command.title}* — {_(command.summary)}"),
        _build_part(_("Usage"), as_code(f"/circle {format_usage(command)}", 500)),
        *([_build_part(_("Options"), options)] if options else []),
        _build_part(_("Example"), as_code(f"/circle {command.example}", 500)),
        *([_build_part(_("More of it"), more)] if more else []),
        *([kit.context(*words)] if (words := list(_format_other_words(command))) else []),
    ]


def _build_part(title: str, text: str) -> kit.Block:
    return kit.section(f"*{title}*\n{text}")


def _format_other_words(command: Command[Any]) -> Iterator[str]:
    if command.is_option:
        yield _(
            "{old_word} is {today} today; the old word still works.",
            old_word=as_code(command.name),
            today=as_code(command.title),
        )
    if command.aliases:
        yield _("Also: {aliases}", aliases=", ".join(map(as_code, command.aliases)))


def format_usage(command: Command[Any]) -> str:
    """Without its options where they are many: they are listed below."""
    usage = get_typed_usage(command)
    many = len(_BRACKETED.findall(usage)) > _MOST_OPTIONS
    return f"{_BRACKETED.sub('', usage)} [--…]" if many else usage


def get_typed_usage(command: Command[Any]) -> str:
    """Without what only buttons add: `--sure` where Slack asked already, `--then` with what asked for a project."""
    return _ONLY_BUTTONS.sub("", command.usage)


def list_options(usages: Iterable[str]) -> Iterator[str]:
    """A line for each explanation, with all options that it explains."""
    explained: dict[str, list[str]] = {}
    for option in dict.fromkeys(option for usage in usages for option in _OPTION.findall(usage)):
        explained.setdefault(OPTIONS.get(option, ""), []).append(as_code(option))
    for explanation, options in explained.items():
        yield f"• {', '.join(options)} — {_(explanation)}"
