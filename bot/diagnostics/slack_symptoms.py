"""Symptoms of the way to Slack and back."""

from __future__ import annotations

from bot.domain.symptoms import Symptom
from bot.language import N_

_NO_ANSWER = "`/circle` ends with Slack's “dispatch_failed” or “operation_timeout”, buttons with a warning sign."

NOBODY_LISTENS = Symptom(
    key="nobody_listens",
    check="listener",
    looks_at="the row that each process which listens to Slack writes every 30 s",
    says=N_("No process has listened to Slack since {seen_at}; the last one ended without a word."),
    mend=N_("Read the end of its log, and start it again: {command}."),
    command="circlebot run",
    seen=_NO_ANSWER,
)
SOCKET_QUIET = Symptom(
    key="socket_quiet",
    check="listener",
    looks_at="the open connections in that row",
    says=N_("{holder} runs and has no connection to Slack."),
    mend=N_("Its log says why (socket.not_connected), and so does {command}. A proxy has to let WebSockets through."),
    command="circlebot health",
    seen=_NO_ANSWER + " Messages still come.",
    logged="socket.not_connected",
)
SIGNING_SECRET_WRONG = Symptom(
    key="signing_secret_wrong",
    check="listener",
    looks_at="signatures that were refused, with none accepted since",
    says=N_("What came from Slack at {refused_at} was signed with another secret, and nothing that fits came since."),
    mend=N_("Copy the signing secret again (your app's page at Slack, Basic Information): {command}."),
    command="SLACK_SIGNING_SECRET=…",
    seen=_NO_ANSWER,
    logged="slack.signature_refused",
)
NOT_IN_CHANNEL = Symptom(
    key="not_in_channel",
    check="channels",
    looks_at="what Slack said to the last message for a channel with rules",
    says=N_("Slack takes nothing of mine for {channel} ({reason})."),
    mend=N_("Type {command} there. If the channel is archived or gone, remove its rules."),
    command="/invite @circlebot",
    seen="“I could not post in” and the channel, told to the owner of its rules.",
)
BOT_TOKEN_REFUSED = Symptom(
    key="bot_token_refused",
    check="slack",
    looks_at="`auth.test` with SLACK_BOT_TOKEN",
    says=N_("Slack refuses SLACK_BOT_TOKEN ({code})."),
    mend=N_("Copy it again (your app's page at Slack, OAuth & Permissions): {command}."),
    command="SLACK_BOT_TOKEN=xoxb-…",
    seen="No answer and no message.",
    logged="symptom.found",
)
INSTALLATION_REFUSED = Symptom(
    key="installation_refused",
    check="slack",
    looks_at="`auth.test` with the token of each installation (OAuth)",
    says=N_("Slack refuses the token of {team} ({code})."),
    mend=N_("Install it there again: {command}."),
    command="{url}/slack/install",
    seen="“I cannot speak in this workspace”, or no answer at all.",
    logged="workspace.stopped",
)
TOKEN_NOT_RENEWED = Symptom(
    key="token_not_renewed",
    check="rotation",
    looks_at="the end of each token that Slack rotates, and whether Slack took its refresh token",
    says=N_("The token of {team} ends at {ends_at} and could not be renewed: the new one was lost on its way."),
    mend=N_("Install it there again: {command}."),
    command="{url}/slack/install",
    seen="From then on no answer and no message in that workspace.",
    logged="token.refresh_refused",
)
SLACK_UNREACHABLE = Symptom(
    key="slack_unreachable",
    check="slack",
    looks_at="`auth.test`",
    says=N_("Slack cannot be reached, or something else answers in its place ({why})."),
    mend=N_("Look at SLACK_API_URL and at the way out to the network: {command}."),
    command="curl -sS {url}api.test",
    seen="No answer and no message; all of it comes when Slack is reached again.",
    logged="socket.not_connected",
)
SCOPE_MISSING = Symptom(
    key="scope_missing",
    check="scopes",
    looks_at="the header `x-oauth-scopes` of `auth.test`",
    says=N_("Not granted: {scopes}."),
    mend=N_("Bring the app to this release by {command}, and install it again."),
    command="circlebot slack update",
    seen="“Slack says” `missing_scope`; files, direct messages or mentions do not work.",
)
APP_TOKEN_REFUSED = Symptom(
    key="app_token_refused",
    check="socket",
    looks_at="`apps.connections.open` with SLACK_APP_TOKEN",
    says=N_("Slack gives us no connection ({code})."),
    mend=N_("Make an app-level token with connections:write, switch Socket Mode on (your app's page), set {command}."),
    command="SLACK_APP_TOKEN=xapp-…",
    seen=_NO_ANSWER,
    logged="socket.not_connected",
)
SOCKET_BLOCKED = Symptom(
    key="socket_blocked",
    check="socket",
    looks_at="one connection of Socket Mode, opened until Slack says hello",
    says=N_("The way to Slack's WebSockets is closed ({why})."),
    mend=N_("Let WebSockets to {host} through the proxy or firewall: {command} has to say 101 or 400."),
    command="curl -i https://{host}",
    seen=_NO_ANSWER + " Messages still come.",
    logged="socket.not_connected",
)
APP_TOKEN_SHARED = Symptom(
    key="app_token_shared",
    check="socket",
    looks_at="how many connections Slack counts, and how many are ours",
    says=N_("Slack counts {count} connections of this app, and {ours} are ours: another installation takes its share."),
    mend=N_("Stop the other one, or make an app of its own for it with what {command} prints."),
    command="circlebot manifest",
    seen="Every other `/circle` is not answered, or answered by another circlebot with other accounts and rules.",
)
MANIFEST_INVALID = Symptom(
    key="manifest_invalid",
    check="live",
    looks_at="`apps.manifest.validate` (`--live`)",
    says=N_("Slack refuses the manifest at {pointer}: {why}"),
    mend=N_("Report it with what {command} says."),
    command="circlebot --version",
    seen="Slack's page refuses the manifest.",
)
BLOCKS_INVALID = Symptom(
    key="blocks_invalid",
    check="live",
    looks_at="`blocks.validate` over every golden message (`--live`)",
    says=N_("Slack refuses {name} at {pointer}: {why}"),
    mend=N_("Report it with what {command} says."),
    command="circlebot --version",
    seen="A plainer version of the message, or “Something went wrong”.",
    logged="blocks.refused",
)

ROWS = (
    NOBODY_LISTENS,
    SOCKET_QUIET,
    SIGNING_SECRET_WRONG,
    NOT_IN_CHANNEL,
    BOT_TOKEN_REFUSED,
    INSTALLATION_REFUSED,
    TOKEN_NOT_RENEWED,
    SLACK_UNREACHABLE,
    SCOPE_MISSING,
    APP_TOKEN_REFUSED,
    SOCKET_BLOCKED,
    APP_TOKEN_SHARED,
    MANIFEST_INVALID,
    BLOCKS_INVALID,
)
