"""An answer for all who read there: only where the person says so, by `--here` or by the button that says it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.blocks import kit
from bot.command import Context, ParsedLine, Reply, Request, RequestSource
from bot.conversation import PlaceKind, is_direct
from bot.dispatch.parsed_call import ParsedCommand
from bot.dispatch.words import parse_usage
from bot.domain.project_marks import Mark
from bot.errors import NotAllowed
from bot.language import _
from bot.language.spoken import speaking
from bot.line import extend_line
from bot.naming import replace_mentions
from bot.rules.hold_readers import begin_reading_together

HERE = "here"


@contextmanager
def begin_sharing(call: ParsedCommand) -> Iterator[None]:
    """What is shared is a new message of the channel: in its language, and naming nobody so that it notifies them."""
    if not call.line.has_flag(HERE):
        yield
        return
    with speaking(None), replace_mentions(), begin_reading_together():
        yield


def share(reply: Reply, call: ParsedCommand, request: Request) -> Reply:
    """Marked as shared with `--here`; below an answer to a mention, the button that says it. Files have their own."""
    if reply.message is None or reply.files or reply.seen or not _is_text(call):
        return reply
    if call.line.has_flag(HERE):
        by = _("<@{user}> shared this.", user=request.user)
        return replace(reply, message=kit.add_notes(reply.message, [by]), shared=True)
    if reply.points or not _is_mention(request):
        return reply
    button = kit.button(_("Share It Here"), extend_line(call.written, here=True))
    return replace(reply, message=kit.add_buttons(reply.message, [button]))


def check_shared_output(reply: Reply, context: Context) -> None:
    """Raises NotAllowed where others would read what builds of a project print, and admins marked it."""
    request, circleci = context.request, context.circleci
    if not reply.shared or request.place_kind is PlaceKind.OWN_DM:
        return
    for project in circleci.output_of:
        if circleci.marks.is_output_hidden(project, request.channel) or circleci.marks.has(project, Mark.NO_LOGS):
            raise NotAllowed(
                _(
                    "Admins marked {project}: what its builds print is shown to whoever asks alone.",
                    project=project.name,
                ),
                _("Ask for it without `--here`."),
            )


def _is_text(call: ParsedCommand) -> bool:
    """Whether `--here` is known to it, and does not make a file of it."""
    if HERE not in parse_usage(call.command.usage).options:
        return False
    return not _sends_file(call, replace(call.line, options={**call.line.options, HERE: ()}))


def _sends_file(call: ParsedCommand, line: ParsedLine) -> bool:
    return call.command.sends_file(call.command.parse(line))


def _is_mention(request: Request) -> bool:
    """In a channel, where others read the question."""
    asked = request.source is RequestSource.TYPED and request.reply_to is None
    return asked and request.channel is not None and not is_direct(request.channel)
