"""subscribe [project] [--rule N] [--dry-run] [--branch GLOB] [--only KINDS] … — lets a channel hear how things end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.actions import channel_time, installed_webhook, mute_target, reachability, rule_changes, target_projects
from bot.actions.rule_scopes import Seen
from bot.blocks import dry_run_blocks, kit, subscription_blocks
from bot.command import Command, Context, Group, Line, Reply, Request, Source, View, line
from bot.commands.subscribe import dry_run, rule_form
from bot.conversation import here
from bot.errors import UsageError
from bot.messages import Message
from bot.mrkdwn import code
from bot.rules import fields
from bot.rules.placement import DIGEST
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Args:
    """`number` is a rule that is to be changed; `said` are the fields that were typed."""

    project: str | None = None
    rule: Rule = field(default_factory=Rule)
    number: int | None = None
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rehearse: bool = False

    @property
    def bare(self) -> bool:
        return not (self.project or self.said or self.rehearse)


def parse(said: Line) -> Args:
    if len(said.words) > 1:
        raise UsageError(f"I do not know what {code(said.words[1], 100)} is for.", "Branches are named by `--branch`.")
    wanted, texts = said.option("rule"), fields.said_in(said)
    number = mute_target.number(wanted) if wanted else None
    if wanted is not None and number is None:
        raise UsageError("`--rule` needs a number, as `/circle subscriptions` shows it.")
    rule = Rule.of(texts) if number is None else rule_changes.changed(Rule(), texts)
    project = said.words[0] if said.words else None
    return Args(project, rule, number, texts, said.flag("dry-run"))


def opens(_request: Request, said: Line) -> View | None:
    """The form, when nothing is said but perhaps which rule is to be changed."""
    return View(rule_form.TITLE, kit.loading()) if not said.words and set(said.options) <= {"rule"} else None


async def run(context: Context, args: Args) -> Reply:
    before = await rule_changes.within_reach(context, args.number) if args.number is not None else None
    if before is None and not args.rehearse:
        reachability.check_heard(context, context.request.channel or context.request.user)
    if args.bare and context.request.source is not Source.FORM and await _needs_form(context, before):
        return await _form(context, before)
    wanted, seen = await _wanted(context, args, before)
    names = {seen.projects[0]: seen.name} if seen.name else {}
    if args.rehearse:
        tried, channel = await dry_run.rehearse(context, wanted), await channel_time.of(context, wanted.channel)
        return Reply(dry_run_blocks.told(tried, wanted, names, rule_changes.typed(wanted), channel))
    if before:
        rule = await rule_changes.change(context, before, wanted, seen)
    else:
        rule = await rule_changes.make(context, wanted, seen)
    told = "Rule changed: it" if before else here(rule.channel).capitalize()
    text = f"{told} hears of {subscription_blocks.sentence(rule, names)}"
    offers = await installed_webhook.offers(context, seen.projects[0]) if rule.scope.exact else []
    zone = (await channel_time.of(context, rule.channel)).zone if rule.rule.to == DIGEST else None
    drawn = subscription_blocks.made(rule, names, seen.projects, offers, zone=zone, changed=before is not None)
    return Reply(Message(text, drawn))


async def _needs_form(context: Context, before: Subscription | None) -> bool:
    """Alone in a channel with a project it means that project; what is wrong in a form is shown in it again."""
    drawn = context.request.source is Source.REDRAW
    return before is not None or drawn or await target_projects.project_here(context) is None


async def _form(context: Context, before: Subscription | None) -> Reply:
    if context.request.view_id:
        return Reply(view=await rule_form.draw(context, before))
    text = "Press the button for a form, or say it all at once: `subscribe gh/acme/web --only broke,recovered`."
    again = line("subscribe", rule=str(before.id) if before else None)
    button = kit.button("Change…" if before else "Subscribe…", again, style="primary")
    return Reply(Message(text, [kit.section(text), kit.actions([button])]))


async def _wanted(context: Context, args: Args, before: Subscription | None) -> tuple[Subscription, Seen]:
    if context.request.source is Source.FORM:
        return await rule_changes.plan(context, *rule_form.handed_in(context))
    if before is None:
        return await rule_changes.plan(context, args.project, args.rule)
    return await rule_changes.plan(
        context, args.project or str(before.scope), rule_changes.changed(before.rule, args.said)
    )


COMMAND = Command(
    name="subscribe",
    summary="Lets this channel hear what fails, recovers or waits; by a form where the channel has no project",
    usage=f"subscribe [project] [--rule N] [--dry-run] {fields.USAGE}",
    example="subscribe gh/acme/web --branch release/* --only failed,recovered",
    parse=parse,
    run=run,
    changes=lambda args: not args.rehearse,
    group=Group.RULES,
    opens=opens,
    suggest=rule_form.suggest,
    aliases=("watch",),
)
