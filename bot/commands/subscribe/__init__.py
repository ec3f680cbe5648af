"""subscribe [project] [--rule N] [--dry-run] [--branch GLOB] [--only KINDS] … — posts in this channel what ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.actions import (
    channel_time,
    external_channels,
    installed_webhook,
    mute_changes,
    mute_target,
    reachability,
    rule_changes,
    target_projects,
)
from bot.actions.channel_announcement import Told
from bot.actions.rule_scopes import VisibleScope
from bot.blocks import announcement_blocks, created_rule_blocks, dry_run_blocks, kit
from bot.command import Command, Context, Group, Modal, ParsedLine, Reply, Request, RequestSource, format_line
from bot.commands.subscribe import dry_run, rule_form, tried_deploys
from bot.errors import UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules import fields
from bot.rules.placement import DIGEST
from bot.rules.rule import Rule
from bot.rules.subscription import Subscription


@dataclass(frozen=True, slots=True)
class SubscribeArgs:
    """`number` is a rule that is to be changed; `texts` are the fields that were typed; `form` asks for the rest."""

    project: str | None = None
    rule: Rule = field(default_factory=Rule)
    number: int | None = None
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dry_run: bool = False
    sure: bool = False
    form: bool = False

    @property
    def asks(self) -> bool:
        """By the form."""
        return self.form or not (self.project or self.texts or self.dry_run)


def parse(line: ParsedLine) -> SubscribeArgs:
    if len(line.words) > 1:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(line.words[1], 100)),
            _("Name branches by `--branch`."),
        )
    wanted, texts = line.get_value("rule"), fields.parse_options(line)
    number = mute_target.parse_rule_number(wanted) if wanted else None
    if wanted is not None and number is None:
        raise UsageError(_("`--rule` needs a number, as `/circle subscriptions` shows it."))
    rule = Rule.parse(texts) if number is None else Rule.parse_fields(rule_changes.drop_cleared(texts))
    project = line.words[0] if line.words else None
    return SubscribeArgs(project, rule, number, texts, *map(line.has_flag, ("dry-run", "sure", "form")))


def build_first_modal(_request: Request, line: ParsedLine) -> Modal | None:
    """The form, when it is asked for, or nothing is said but perhaps which rule is to be changed."""
    return (
        Modal(rule_form.format_title(line.get_value("rule")), kit.build_loading(_("Reading your projects")))
        if line.has_flag("form") or (not line.words and set(line.options) <= {"rule"})
        else None
    )


async def run(context: Context, args: SubscribeArgs) -> Reply:
    before = await rule_changes.load_accessible(context, args.number) if args.number is not None else None
    if before is None and not args.dry_run:
        reachability.check_reachable(context, context.request.channel or context.request.user)
    redraws = context.request.source is RequestSource.REDRAW
    if context.request.source is not RequestSource.FORM and (args.asks or redraws):
        return await _render_form(context, args, before)
    wanted, seen = await _plan_rule(context, args, before)
    names = {seen.projects[0]: seen.name} if seen.name else {}
    if args.dry_run:
        tried, channel = await dry_run.run(context, wanted), await channel_time.load_hours(context, wanted.channel)
        return Reply(dry_run_blocks.render(tried, wanted, names, again=rule_changes.build_line(wanted), hours=channel))
    if before and (wanted.scope, wanted.rule) == (before.scope, before.rule):
        return Reply(created_rule_blocks.render_unchanged(before, names))
    if asked := await external_channels.check(
        context,
        replace(wanted, channel=before.channel if before else wanted.channel),
        seen.projects,
        known=before is not None,
        sure=args.sure,
    ):
        return asked
    if before:
        rule, told = await rule_changes.change(context, before, wanted, seen=seen)
    else:
        rule, told = await rule_changes.create(context, wanted, seen)
        await external_channels.record_confirmation(context, rule)
    how: created_rule_blocks.How = "seen" if told.seen else "changed" if before else "made"
    return Reply(await _render_made(context, rule, seen, told, how=how))


async def _render_made(
    context: Context, rule: Subscription, seen: VisibleScope, told: Told, *, how: created_rule_blocks.How
) -> Message:
    offers = await installed_webhook.build_install_buttons(context, seen.projects[0]) if rule.scope.exact else []
    return created_rule_blocks.render(
        rule,
        {seen.projects[0]: seen.name} if seen.name else {},
        seen.projects,
        how=how,
        offers=[*offers, *announcement_blocks.build_undo_row(told.undo)],
        zone=(await channel_time.load_hours(context, rule.channel)).zone if rule.rule.to == DIGEST else None,
        mutes=await mute_changes.list_active(context, {rule.channel}),
        environments=await tried_deploys.fetch_environments(context, rule.rule, seen),
    )


async def _render_form(context: Context, args: SubscribeArgs, before: Subscription | None) -> Reply:
    if context.request.view_id:
        draft = rule_form.build_draft(args.project, args.texts, before)
        return Reply(view=await rule_form.render(context, draft, before))
    here = await target_projects.find_current_project(context)
    text = (
        _("Do you want to get messages about {project} here? Choose about what.", project=as_code(here.name))
        if here and not before
        else _("Press the button for a form, or type it all: `/circle subscribe acme/web --only broke,recovered`.")
    )
    said = fields.to_options(args.texts)
    number = str(before.id) if before else None
    again = format_line("subscribe", *filter(None, [args.project]), rule=number, **said, form=args.form or None)
    button = kit.button(_("Change…") if before else _("Subscribe…"), again, style="primary")
    return Reply(Message(text, [kit.section(text), kit.actions([button])]))


async def _plan_rule(
    context: Context, args: SubscribeArgs, before: Subscription | None
) -> tuple[Subscription, VisibleScope]:
    if context.request.source is RequestSource.FORM:
        draft = rule_form.build_draft(args.project, args.texts, before)
        return await rule_changes.plan(context, *rule_form.parse_submission(context.request, draft))
    if before is None:
        return await rule_changes.plan(context, args.project, args.rule)
    return await rule_changes.plan(
        context, args.project or str(before.scope), rule_changes.apply_changes(before.rule, args.texts)
    )


COMMAND = Command(
    name="subscribe",
    summary=N_("Posts here what fails, recovers or waits for approval; a form asks for what you leave out"),
    usage=f"subscribe [project] [--rule N] [--dry-run] {fields.USAGE} [--sure] [--form]",
    example="subscribe acme/web --branch release/* --only failed,recovered",
    parse=parse,
    run=run,
    is_change=lambda args: not args.dry_run,
    group=Group.RULES,
    order=1,
    task=N_("Get messages about a project here"),
    build_first_modal=build_first_modal,
    suggest=rule_form.suggest,
    find_form_errors=rule_form.find_form_errors,
    aliases=("watch",),
)
