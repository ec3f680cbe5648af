"""The pages behind the administration of a workspace: each person, project, webhook, token and refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.blocks import kit, person_blocks, status_blocks
from bot.blocks.pager import build_pager
from bot.blocks.subscription_blocks import format_channel
from bot.circleci.token_load import HourlyLoad
from bot.command import format_line
from bot.domain.admin_overview import (
    AdministeredWorkspace,
    AdminOverview,
    ConnectedPerson,
    RuledProject,
    SpentBudget,
    is_broken,
)
from bot.domain.audit_records import AuditRecord
from bot.domain.project_feeds import Hook, TokenOwner
from bot.language import _, ngettext, say_kept
from bot.language.formats import format_number, join_and
from bot.messages import Message
from bot.mrkdwn import as_bold, as_code, cut, escape, format_leftover
from bot.rules.mention_words import format_mention

PAGE = 15
_NAMED = 5


def format_refusal(one: AuditRecord) -> str:
    """Who was refused what, and by which line of the policy where one decided it."""
    what = escape(cut(" ".join(filter(None, [one.act, one.project, one.branch])), 150))
    who = person_blocks.format_user(one.user) or as_code(one.user)
    told = f"{who}: {what} · {status_blocks.format_ago(one.at)}"
    return f"{told} · {as_code(one.decided_by, 150)}" if one.decided_by else told


def render_people(overview: AdminOverview, page: int) -> Message:
    """Who has to connect again comes first, each with the button that asks them to."""
    title = _("People who are connected")
    again = [one for one in overview.people if one.has_to_reconnect(overview.now)]
    every = kit.button(_("Ask All of Them to Connect Again"), format_line("admin", "people", ask="all"))
    return _render_page(
        title,
        "people",
        overview.people,
        page,
        _format_person,
        *([every] if len(again) > 1 else []),
        build_button=lambda one: _build_ask_button(one) if one in again else None,
    )


def _build_ask_button(one: ConnectedPerson) -> kit.Pressable:
    return kit.button(
        _("Ask to Connect Again"), format_line("admin", "people", ask=one.user), about=format_mention(one.user)
    )


def _format_person(one: ConnectedPerson) -> str:
    facts = [
        person_blocks.format_user(one.user) or as_code(one.user),
        "" if one.is_active else _(":warning: has to connect again: `/circle connect`"),
        _("connected {ago}", ago=status_blocks.format_ago(one.connected_at)),
        _("ends {moment}", moment=status_blocks.format_moment(one.expires_at)) if one.expires_at else "",
        _("used {ago}", ago=status_blocks.format_ago(one.last_used_at)) if one.last_used_at else "",
    ]
    return " · ".join(filter(None, facts))


def render_rules(overview: AdminOverview, page: int) -> Message:
    title = _("Rules by project")
    every = kit.button(_("Show All Rules"), format_line("subscriptions", all=True))
    build = _build_takeover_button
    return _render_page(title, "rules", overview.projects, page, _format_project, every, build_button=build)


def _build_takeover_button(one: RuledProject) -> kit.Pressable | None:
    if one.orphan is None:
        return None
    label = _("Take Over Rule {number}", number=one.orphan)
    return kit.button(label, format_line("takeover", str(one.orphan)), about=one.name)


def _format_project(one: RuledProject) -> str:
    """Its rules, who answers for them, and where they speak."""
    owners = [
        f"{person_blocks.format_user(user) or as_code(user)} ({format_number(count)})" for user, count in one.owners
    ]
    facts = [
        as_code(one.name, 150),
        ngettext("{count} rule.", "{count} rules.", one.rules),
        ngettext(":warning: {count} rule does not work.", ":warning: {count} rules do not work.", one.troubled)
        if one.troubled
        else "",
    ]
    answer = _("Who answers for them: {people}.", people=_join(owners))
    where = _("Where: {channels}.", channels=_join([format_channel(channel) for channel in one.channels]))
    return f"{' '.join(filter(None, facts))}\n{answer} {where}"


def _join(names: Sequence[str]) -> str:
    return join_and([*names[:_NAMED], *filter(None, [format_leftover(len(names) - _NAMED)])])


def render_webhooks(overview: AdminOverview, page: int) -> Message:
    """Those that do not arrive first, each with what installs it anew."""
    hooks = sorted(overview.hooks, key=lambda one: (not is_broken(one), str(one.project)))
    return _render_page(_("Webhooks"), "webhooks", hooks, page, _format_hook, build_button=_build_reinstall_button)


def _build_reinstall_button(hook: Hook) -> kit.Pressable | None:
    if not is_broken(hook):
        return None
    return kit.button(
        _("Install Again"), format_line("webhooks", "install", str(hook.project)), about=hook.project.name
    )


def _format_hook(hook: Hook) -> str:
    return f"{as_code(hook.project.name, 150)} · {_format_health(hook)}"


def _format_health(hook: Hook) -> str:
    if hook.error:
        return _(":warning: I cannot look at it: {why}", why=say_kept(hook.error))
    if hook.refused_at:
        return _(":warning: its signature was wrong {ago}", ago=status_blocks.format_ago(hook.refused_at))
    if hook.quiet_at:
        return _(":warning: it said nothing of what ended {ago}", ago=status_blocks.format_ago(hook.quiet_at))
    if hook.heard_at:
        return _("heard {ago}", ago=status_blocks.format_ago(hook.heard_at))
    return _("not heard yet")


def render_budgets(overview: AdminOverview, page: int) -> Message:
    """Webhooks are what makes requests fewer."""
    title = _("Requests to CircleCI in the last hour")
    webhooks = kit.button(_("Show Webhooks"), format_line("admin", "webhooks"))
    return _render_page(title, "budgets", overview.budgets, page, _format_budget, webhooks)


def _format_budget(one: SpentBudget) -> str:
    load = get_load(one)
    return f"{':warning: ' if load.is_heavy else ''}{_format_owner(one.owner)}: {load}"


def get_load(one: SpentBudget) -> HourlyLoad:
    return HourlyLoad(one.requests, one.an_hour)


def _format_owner(owner: TokenOwner) -> str:
    if not owner.workspace:
        return "`CIRCLECI_TOKEN`"
    return person_blocks.format_user(owner.user) or as_code(owner.user)


def render_workspaces(overview: AdminOverview, page: int) -> Message:
    """Of the organisation: each is looked after where it is."""
    title = _("Workspaces that you look after")
    return _render_page(
        title, "workspaces", overview.workspaces, page, _format_workspace, build_button=_build_open_button
    )


def _format_workspace(one: AdministeredWorkspace) -> str:
    facts = [
        as_bold(escape(cut(one.name or one.id, 80))),
        ngettext("{count} person is connected.", "{count} people are connected.", one.people),
        ngettext("{count} rule.", "{count} rules.", one.rules),
        f":warning: {_format_stuck(one.stuck)}" if one.stuck else "",
    ]
    return " · ".join(filter(None, facts))


def _format_stuck(count: int) -> str:
    return ngettext("{count} message could not be said.", "{count} messages could not be said.", count)


def _build_open_button(one: AdministeredWorkspace) -> kit.Pressable:
    """There `/circle admin` shows the rest."""
    return kit.link_button(_("Open in Slack"), f"https://app.slack.com/client/{one.id}", about=one.name)


def _build_no_button(_item: object) -> None:
    return None


def _render_page(
    title: str,
    word: str,
    items: Sequence[object],
    page: int,
    draw: Callable[..., str],
    *more: kit.Pressable,
    build_button: Callable[..., kit.Pressable | None] = _build_no_button,
) -> Message:
    """A page of a long list, and the way back."""
    shown = items[(page - 1) * PAGE : page * PAGE]
    rows = [kit.section(draw(item), build_button(item)) for item in shown] or [kit.section(_("There is none."))]
    pager = build_pager(page, format_line("admin", word), more=page * PAGE < len(items))
    back = kit.button(_("Show Administration"), format_line("admin"))
    return Message(title, [kit.header(title), *rows, *pager, kit.actions([*more, back])])


def list_pages() -> Sequence[str]:
    """The words behind `admin`."""
    return tuple(_PAGES)


_PAGES = {
    "people": render_people,
    "rules": render_rules,
    "webhooks": render_webhooks,
    "budgets": render_budgets,
    "workspaces": render_workspaces,
}


def render_page(word: str, overview: AdminOverview, page: int) -> Message:
    """What is behind one of the rows."""
    return _PAGES[word](overview, page)
