"""Says whether somebody may do something, by asking what refuses it, too."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import policy_changes, policy_input
from bot.blocks import policy_explanation_blocks
from bot.blocks.policy_explanation_blocks import ExplainedAct, PolicyAnswer
from bot.command import Context, ParsedLine, Reply
from bot.commands.policy.policy_args import PolicyArgs
from bot.conversation import is_person
from bot.domain import ProjectScope
from bot.errors import NotAllowed, UsageError
from bot.language import _
from bot.permissions import ActTarget, format_whom_to_ask
from bot.rules import policy_typed
from bot.rules.policy_line import ACT_FAMILIES, FAMILY_OF, READ
from bot.rules.policy_version import PolicyVersion

_READING = "logs"
_WITHOUT_WORKFLOW = ("trigger", "schedules", "preset")
"""These begin before there is one."""


async def explain(context: Context, args: PolicyArgs) -> Reply:
    target = policy_typed.split_target(args.words)
    user = _read_person(context, target.who)
    if target.act is None:
        raise UsageError(_("May they do what? Name a command, as in `trigger`."))
    act = policy_input.read_act(context, target.act)
    names = ACT_FAMILIES.get(act) or ((_READING,) if act == READ else (act,))
    newest = await policy_changes.load_newest(context)
    about = _build_target(
        context, args.said, await policy_input.find_scope(context, target.project, args.words, verb=args.verb)
    )
    explained = [await _explain_act(context, user, name, about, newest) for name in names]
    return Reply(policy_explanation_blocks.render(user, explained, context.rights.admins))


def _read_person(context: Context, names: tuple[str, ...]) -> str:
    """Whom it is about; only admins ask about somebody else."""
    who = policy_typed.read_who(names, policy_input.find_person) or (context.request.user,)
    if len(who) > 1 or not is_person(who[0]):
        raise UsageError(_("Ask about one person, as in `policy explain @ada trigger`."))
    if who[0] != context.request.user and not context.admin:
        raise NotAllowed(
            _("Only an admin of circlebot sees what others may do."),
            format_whom_to_ask(context.rights.admins, _("Ask one of them.")),
        )
    return who[0]


def _build_target(context: Context, said: ParsedLine, scope: ProjectScope | None) -> ActTarget:
    """What is left out is not known; on a branch there is no tag, and the other way round."""
    branch, tag = said.get_value("branch"), said.get_value("tag")
    open_ = dict.fromkeys(context.rights.parameter_names)
    return ActTarget(
        channel=policy_typed.read_channel(said.get_value("channel")),
        project=(scope.exact or scope) if scope else None,
        branch=branch or ("" if tag else None),
        tag=tag or ("" if branch else None),
        workflow=said.get_value("workflow"),
        hold=said.get_value("hold"),
        parameters={**open_, **said.pairs} if said.pairs else None,
    )


async def _explain_act(context: Context, user: str, name: str, about: ActTarget, newest: PolicyVersion) -> ExplainedAct:
    """What is forbidden whatever is left open is a no; what is allowed with all of it open against them is a yes."""
    if FAMILY_OF.get(name) != "decide" and about.hold is None:
        about = replace(about, hold="")
    if name in _WITHOUT_WORKFLOW and about.workflow is None:
        about = replace(about, workflow="")
    early = await context.rights.find_verdict(about, name, user=user, final=False)
    late = await context.rights.find_verdict(about, name, user=user)
    answer = PolicyAnswer.NO if not early.allowed else PolicyAnswer.YES if late.allowed else PolicyAnswer.DEPENDS
    verdict = early if answer is PolicyAnswer.NO else late
    number = newest.lines.index(verdict.line) + 1 if verdict.line in newest.lines else None
    return ExplainedAct(name, answer, verdict, number)
