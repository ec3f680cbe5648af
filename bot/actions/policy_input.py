"""What people type about a policy, as its lines have it: commands by their name of today, people by their id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from bot.actions import project_scopes
from bot.command import Context, ParsedLine, format_line
from bot.domain import ProjectScope
from bot.errors import UsageError
from bot.language import _
from bot.mrkdwn import as_code
from bot.naming import fold_login, list_names
from bot.rules import policy_typed
from bot.rules.policy_line import ACT_FAMILIES, ANY, FAMILY_OF, READ, PolicyLine, is_known_act


async def read_policy_line(
    context: Context, said: ParsedLine, words: Sequence[str], *, after: Sequence[str]
) -> PolicyLine:
    """`after` are the words of the command before it. Raises UsageError, and TargetError for an unknown project."""
    line = policy_typed.read_line(said, words, find_person)
    line = replace(line, scope=replace(line.scope, act=read_act(context, line.scope.act)))
    return await resolve_project(context, line, after=after)


async def resolve_project(context: Context, line: PolicyLine, *, after: Sequence[str]) -> PolicyLine:
    """About the project as CircleCI calls it now. Raises TargetError for one that this person does not see."""
    if line.scope.project == ANY:
        return line
    scope = await project_scopes.resolve_scope(
        context, line.scope.project, lambda slug: policy_typed.format_typed(_move(line, str(slug)), *after)
    )
    return _move(line, str(scope))


async def find_scope(context: Context, project: str | None, words: Sequence[str], *, verb: str) -> ProjectScope | None:
    """As CircleCI calls it; as it is typed where this person is not connected, who could do nothing there anyway.

    `words` follow `policy` and the verb. Raises UsageError, and TargetError for one that this person does not see.
    """
    if project is None or not (context.account and context.account.is_active):
        return ProjectScope.parse(project) if project else None
    others = [word for word in words if word != project]
    return await project_scopes.resolve_scope(
        context, project, lambda slug: format_line("policy", verb, *others, str(slug))
    )


def _move(line: PolicyLine, project: str) -> PolicyLine:
    return replace(line, scope=replace(line.scope, project=project))


def read_act(context: Context, word: str) -> str:
    """A command by its name, whichever of its words was typed; a family or a pattern as it is. Raises UsageError."""
    names = {other: one.name for one in context.commands for other in (one.name, one.word, *one.aliases)}
    if word in FAMILY_OF or word in names:
        return names.get(word, word)
    if word == ANY or is_known_act(word, names.values()):
        return word
    known = [*ACT_FAMILIES, READ, *FAMILY_OF, *names]
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    sentence = (
        _("I do not know {word}. Did you mean `{near}`?", word=as_code(word, 50), near=near[0])
        if near
        else _("I do not know {word}.", word=as_code(word, 50))
    )
    families = ", ".join(as_code(one) for one in (*ACT_FAMILIES, READ))
    raise UsageError(sentence, _("Name a command, or one of {families}.", families=families))


def find_person(name: str) -> str | None:
    """By their login or their name at CircleCI; None where nobody or several have it."""
    folded = fold_login(name)
    found = {user for user, known in list_names() if fold_login(known) == folded}
    return found.pop() if len(found) == 1 else None
