"""The topics of direct messages, and which of them an outcome is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain import Outcome, OutcomeClass, OutcomeKind
from bot.errors import UsageError
from bot.language import N_, _
from bot.mrkdwn import as_code
from bot.rules.history import WORSE


@dataclass(frozen=True, slots=True)
class DmTopic:
    """`label` heads its switch, `means` says when a message comes, `because` why one came; `also` is typed instead."""

    name: str
    label: str
    means: str
    because: str
    also: tuple[str, ...] = ()


APPROVALS, DEPLOYS = "approvals", "deploys"

TOPICS = (
    DmTopic(
        "failed",
        N_("My failures"),
        N_("when a pipeline that you started fails"),
        N_("You get this because you started it, and *My failures* is on."),
        ("failure", "failures", "fail", "failing"),
    ),
    DmTopic(
        "recovered",
        N_("My recoveries"),
        N_("when a pipeline that you started fixes its branch"),
        N_("You get this because you started it, and *My recoveries* is on."),
        ("recovery", "recoveries", "fixed"),
    ),
    DmTopic(
        APPROVALS,
        N_("Approvals wanted"),
        N_("when a pipeline that you started, or may approve, needs an approval"),
        N_("You get this because you may approve it, and *Approvals wanted* is on."),
        ("approval", "approve", "holds", "hold", "on-hold"),
    ),
    DmTopic(
        DEPLOYS,
        N_("My deploys"),
        N_("when what you started is deployed or rolled back, or fails to be"),
        N_("You get this because you started it, and *My deploys* is on."),
        ("deploy", "deployed", "deployment", "deployments", "releases", "rollbacks"),
    ),
)

USUAL = frozenset({"failed"})
"""For people who chose nothing: what they have to mend."""

LETTER = "dm:"
"""Keys of direct messages begin with it, then the topic: so those that a person no longer wants are found."""

NAMES = tuple(topic.name for topic in TOPICS)
BY_NAME = {topic.name: topic for topic in TOPICS}

_MEANS = {word: topic.name for topic in TOPICS for word in (topic.name, *topic.also)}
_ALL, _NONE = frozenset({"all", "everything"}), frozenset({"none", "nothing", "off"})


def parse(words: Iterable[str]) -> frozenset[str]:
    """The topics that these words mean; `none` stands alone. Raises UsageError."""
    chosen = [word.strip().lower() for word in words if word.strip()]
    if not chosen:
        raise UsageError(_("Say which messages."), _list_choices())
    if _NONE & set(chosen):
        if len(chosen) > 1:
            raise UsageError(_("`none` stands alone."), _("To stop one of them: `me --stop recovered`."))
        return frozenset()
    return frozenset(NAMES) if _ALL & set(chosen) else frozenset(map(_parse_topic, chosen))


def _parse_topic(word: str) -> str:
    if name := _MEANS.get(word):
        return name
    said = [_("There are no messages about {word}.", word=as_code(word, 50))]
    near = [_MEANS[one] for one in get_close_matches(word, _MEANS, n=1)]
    said += [_("Did you mean `{word}`?", word=one) for one in near]
    raise UsageError(" ".join(said), _list_choices(), misread=(word, near[0]) if near else None)


def _list_choices() -> str:
    return _("You can choose: {topics}; or `all`, or `none`.", topics=", ".join(NAMES))


def find_topic(outcome: Outcome) -> str | None:
    """What this outcome is to whom it concerns; None when nobody is written to for it."""
    if outcome.deploy:
        return DEPLOYS
    if outcome.kind in WORSE:
        return "failed"
    if outcome.kind == OutcomeKind.ON_HOLD:
        return APPROVALS
    return "recovered" if OutcomeClass.RECOVERED in outcome.classes else None
