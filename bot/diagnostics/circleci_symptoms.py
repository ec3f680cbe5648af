"""Symptoms of the way to CircleCI and back, and of rules."""

from __future__ import annotations

from bot.domain.symptoms import Symptom
from bot.language import N_

_LATE = "Messages come up to a minute late."

WEBHOOK_NEVER_ARRIVED = Symptom(
    key="webhook_never_arrived",
    check="webhooks",
    looks_at="a webhook of ours from which no event ever came, though a workflow ended",
    says=N_("The webhook of {project} has never arrived; polling goes on."),
    mend=N_("Ask from outside of this network: {command} has to answer ok. CircleCI comes from many addresses."),
    command="curl -i {url}/healthz",
    seen=_LATE,
)
WEBHOOK_QUIET = Symptom(
    key="webhook_quiet",
    check="webhooks",
    looks_at="a webhook that missed the end of a workflow",
    says=N_("The webhook of {project} is quiet since {quiet_at}, and polling has resumed."),
    mend=N_("Make sure that PUBLIC_URL leads here from outside, then type {command}."),
    command="/circle webhooks install {project}",
    seen=_LATE,
)
WEBHOOK_REFUSED = Symptom(
    key="webhook_refused",
    check="webhooks",
    looks_at="events of a webhook with a wrong signature",
    says=N_("The webhook of {project} received something with a wrong signature at {refused_at}."),
    mend=N_("Its secret is being set anew; if this stays, type {command}."),
    command="/circle webhooks install {project}",
    seen=_LATE,
)
WEBHOOK_UNCHECKED = Symptom(
    key="webhook_unchecked",
    check="webhooks",
    looks_at="what CircleCI says to a look at our webhook",
    says=N_("The webhook of {project} could not be checked: {why}"),
    mend=N_("As an admin of its organisation type {command}."),
    command="/circle webhooks install {project}",
    seen=_LATE,
)
WEBHOOKS_ASTRAY = Symptom(
    key="webhooks_astray",
    check="webhooks",
    looks_at="webhooks of ours without PUBLIC_URL",
    says=N_("PUBLIC_URL is not set, and webhooks should lead to it: {projects}."),
    mend=N_("Set it again: {command}."),
    command="PUBLIC_URL=https://…",
    seen=_LATE,
)
LIMIT_NEAR = Symptom(
    key="limit_near",
    check="limit",
    looks_at="the requests of each token in the last hour",
    says=N_("The requests of {owner} are near their limit: {load}."),
    mend=N_("Let more people connect, or, with PUBLIC_URL, install webhooks for busy projects: {command}."),
    command="/circle webhooks install",
    seen="Messages come late.",
)
RIGHTS_GONE = Symptom(
    key="rights_gone",
    check="rules",
    looks_at="rules whose owner can no longer read what they tell of",
    says=N_("Rules whose owner may no longer read their projects: {count}; the first is rule {rule} in {channel}."),
    mend=N_("Somebody who sees the project takes it over there: {command}."),
    command="/circle subscribe --takeover {rule}",
    seen="`/circle subscriptions` marks the rule; messages of private projects stop.",
)
CIRCLECI_UNREACHABLE = Symptom(
    key="circleci_unreachable",
    check="circleci",
    looks_at="`GET /me` of CircleCI",
    says=N_("{why}"),
    mend=N_("Check CIRCLECI_URL, and the network from here: {command}."),
    command="curl -sS {url}/api/v2/me",
    seen="“CircleCI could not be reached”; messages come late.",
)
CIRCLECI_TOKEN_REFUSED = Symptom(
    key="circleci_token_refused",
    check="circleci",
    looks_at="`GET /me` with CIRCLECI_TOKEN",
    says=N_("CIRCLECI_TOKEN is not valid."),
    mend=N_("Make a new personal API token at CircleCI: {command}."),
    command="CIRCLECI_TOKEN=CCIPAT_…",
    seen="Messages come late, or only of projects that people here can read.",
    logged="symptom.found",
)

ROWS = (
    WEBHOOK_NEVER_ARRIVED,
    WEBHOOK_QUIET,
    WEBHOOK_REFUSED,
    WEBHOOK_UNCHECKED,
    WEBHOOKS_ASTRAY,
    LIMIT_NEAR,
    RIGHTS_GONE,
    CIRCLECI_UNREACHABLE,
    CIRCLECI_TOKEN_REFUSED,
)
