"""mute [TIME] [RULE|project] — posts nothing here for a while; one message afterwards says what was missed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import channel_time, mute_changes, mute_target
from bot.blocks import announcement_blocks, mute_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, RequestSource
from bot.errors import UsageError
from bot.language import N_, _
from bot.rules.mute_until import LONGEST, EndTime
from bot.rules.muting import Mute


@dataclass(frozen=True, slots=True)
class MuteArgs:
    """Without a `when` the person is asked; without `about` the thread's project is meant, or the whole channel."""

    when: EndTime | None = None
    about: str | None = None
    typed: tuple[str, ...] = ()


def parse(line: ParsedLine) -> MuteArgs:
    if not line.words:
        return MuteArgs()
    try:
        when, rest = EndTime.parse(line.words)
    except UsageError:
        if len(line.words) > 1 or _is_mistyped(line.words[0]):
            raise
        return MuteArgs(about=line.words[0])
    return MuteArgs(when, mute_target.take_one_word(rest), line.words[: len(line.words) - len(rest)])


def _is_mistyped(word: str) -> bool:
    """A time that is not one; a number alone is a rule's."""
    return word[:1].isdigit() and mute_target.parse_rule_number(word) is None


async def run(context: Context, args: MuteArgs) -> Reply:
    about = args.about or _find_thread_project(context)
    channel, scope, rule_id = await mute_changes.resolve_target(context, about, ("mute", *args.typed))
    if args.when is None:
        active = await mute_changes.list_active(context, [channel])
        return Reply(mute_blocks.render_duration_prompt(about, channel, active))
    now = context.clock.now()
    until = args.when.to_datetime(now, await _load_zone(context, channel))
    if until - now > LONGEST:
        raise UsageError(_("A mute lasts 30 days at most."), _("For longer, change the rule: `/circle subscriptions`."))
    mute = Mute(context.request.workspace, channel, until, context.request.user, now, scope, rule_id)
    told = await mute_changes.begin(context, mute)
    return Reply(mute_blocks.render_mute_confirmation(mute, announcement_blocks.build_undo_row(told.undo)))


def _find_thread_project(context: Context) -> str | None:
    """What is typed below a card is about its project; a button names what it mutes."""
    typed = context.request.source is RequestSource.TYPED
    return str(context.thread.project) if typed and context.thread else None


async def _load_zone(context: Context, channel: str) -> str:
    """Whoever says 17:00 means their own clock; the channel's where we do not know theirs."""
    return await channel_time.find_own_zone(context) or (await channel_time.load_hours(context, channel)).zone


COMMAND = Command(
    name="mute",
    summary=N_("Mutes this channel, a project or a rule for a while"),
    usage="mute [TIME] [RULE|project]",
    example="mute 2h",
    parse=parse,
    run=run,
    is_change=lambda args: args.when is not None,
    group=Group.RULES,
    order=3,
    task=N_("Pause the messages for a while"),
    access=Access.ANYONE,
    aliases=("snooze",),
)
