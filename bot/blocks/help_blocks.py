"""Help: all commands in groups, or one command with its usage, an example and its options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.blocks import kit
from bot.command import Command, Group, format_line
from bot.mrkdwn import as_code
from bot.rules import fields

_FIRST_STEPS = (
    "*First steps*\n"
    "1. `/circle connect` — your own CircleCI token, in a private form\n"
    "2. `/circle use gh/acme/web` — the project that this channel is about\n"
    "3. `/circle trigger` — a form, or all at once: `/circle trigger --branch main image-tag=4.8.2`\n"
    "4. `/circle subscribe` — this channel hears what fails, recovers or waits for approval"
)

OPTIONS = {
    **fields.HELP,
    "--branch NAME": "a branch, as it is called in the repository",
    "--tag NAME": "a tag instead of a branch",
    "--definition NAME": "a pipeline definition, where a project has several",
    "--config-branch NAME": "a branch of the config's own repository, where that is not the code's",
    "--string KEYS": "these parameters are strings, whatever they look like and the config says",
    "--integer KEYS": "these are integers",
    "--boolean KEYS": "these are booleans",
    "--preset NAME": "a ref and parameters that were named in advance",
    "--org": "over a whole organisation: the one named, else that of the channel's project",
    "--page N": "the N-th page of a long list",
    "--days DAYS": "how far back: 7, 30 (unless you say otherwise), 60 or 90 days",
    "--all-branches": "of all branches together, not only of the default branch",
    "--workflow NAME": "a workflow, as the config calls it",
    "--timeline": "draw when each job of the workflow waited and ran",
    "--card": "show its card here, and keep it true",
    "--jobs": "its jobs, each by itself",
    "--failed": "only the jobs that failed (a rerun takes those that wait for them too); of a pipeline, what failed",
    "--waiting": "only the holds that wait for approval",
    "--status STATUS": "only what has this status, as CircleCI says it: `running`, `on_hold`, `success` …",
    "--jobs NAMES": "only these jobs, separated by commas",
    "--ssh": "with SSH into these jobs, for you (needs `--jobs`)",
    "--job JOB": "a job: its name, number or id",
    "--job N": "what this job is of, by its number: a bare number is a pipeline's",
    "--source": "as it was written (unless you say otherwise)",
    "--compiled": "as CircleCI ran it: orbs and parameters resolved",
    "--setup": "the setup config that made it, where the config is dynamic",
    "--node N": "only of this parallel run, counted from 0",
    "--send": "as files: to you alone, or to the thread where you ask",
    "--step NAME": "another step than the one that failed, by its name or a part of it",
    "--full": "all of it, as a file",
    "--here": "for everybody here to see, not only for you",
    "--digest KIND": "how fingerprints are written: md5 (unless you say otherwise) or sha256",
    "--on DAYS": "days of the week (`MON-FRI`, `weekdays`, `daily`) or of the month (`1,15`)",
    "--at HOURS": "hours of the day in UTC, as in `2,14` or `8-18`",
    "--times N": "how often in each of these hours, from 1 to 60 (once unless you say otherwise)",
    "--months MONTHS": "only in these months, as in `JAN,JUL`",
    "--as WHO": "whose name it runs in: `me` (unless you say otherwise) or `system`",
    "--sure": "what a button adds that has asked you already; typed, you are asked all the same",
    "--all": "all there is: of the whole workspace as far as you may see it, or all tests",
    "--rule N": "change this rule, instead of making a new one",
    "--dry-run": "only show what it would have told of the last 50 pipelines",
    "--login LOGIN": "a login of yours at GitHub, Bitbucket or GitLab, as CircleCI shows it",
    "--forget LOGIN": "a login that is yours no longer",
    "--dm TOPICS": "these direct messages and no others: failed, recovered, approvals; or all, or none",
    "--start TOPICS": "these direct messages too",
    "--stop TOPICS": "these direct messages no more",
    "--edit": "a form for all of it",
    "--none": "take away what was set: the channel's project, or its quiet hours",
    "--zone ZONE": "by the clocks of this time zone, as in `Europe/Berlin` (yours, unless the channel has one)",
    "--weekends": "and all of Saturday and Sunday",
    "key=value": "a pipeline parameter, as the project's config declares it",
}
"""What an option of a usage line means, said once for all commands."""

_OPTION = re.compile(r"--[a-z-]+(?: [A-Z]+)?|key=value")


def render_overview(commands: Sequence[Command[Any]]) -> list[kit.Block]:
    """Every command, and how to begin."""
    return [
        kit.section("I bring CircleCI to Slack: trigger, watch, rerun, cancel and approve, each with your own rights."),
        kit.section(_FIRST_STEPS),
        kit.divider(),
        *build_command_table(commands),
        kit.context(
            "`/circle help trigger` tells all about one command: its options and an example.",
            "A project is `gh/org/repo`, a pasted link, or just `repo`.",
            "Slack allows no slash commands in threads: mention me there instead, as in `@circlebot status`.",
        ),
    ]


def build_start_buttons(*, connected: bool) -> kit.Block:
    """The first steps, as buttons."""
    connect = kit.button("Connect CircleCI", format_line("connect"), style="primary")
    trigger = kit.button("Trigger a pipeline…", format_line("trigger"))
    return kit.actions([trigger] if connected else [connect, trigger])


def build_command_table(commands: Sequence[Command[Any]]) -> list[kit.Block]:
    """The commands in their groups."""
    rows = {group: [command for command in commands if command.group is group] for group in Group}
    return [kit.section(f"*{group.value}*\n{_lines(known)}") for group, known in rows.items() if known]


def _lines(commands: Iterable[Command[Any]]) -> str:
    return "\n".join(f"{as_code(f'/circle {command.name}')} — {command.summary}" for command in commands)


def render_command(command: Command[Any]) -> list[kit.Block]:
    """All about one command."""
    options = "\n".join(_options(command.usage))
    aliases = ", ".join(as_code(alias) for alias in command.aliases)
    return [
        kit.section(f"*{command.name}* — {command.summary}"),
        kit.section(f"*Usage*\n{as_code('/circle ' + command.usage, 500)}"),
        *([kit.section(f"*Options*\n{options}")] if options else []),
        kit.section(f"*Example*\n{as_code('/circle ' + command.example, 500)}"),
        *([kit.context(f"Also: {aliases}")] if aliases else []),
    ]


def _options(usage: str) -> Iterator[str]:
    for option in _OPTION.findall(usage):
        yield f"• {as_code(option)} — {OPTIONS.get(option, '')}"
