"""Builds each part from what both paths share (core.py); composition.py puts the parts together."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from bot.app import permission_builders, upkeep_builders
from bot.app.core import Core, find_oauth_app, reveal_secret
from bot.app.listening import ListenerRecorder
from bot.diagnostics.examination import Examination
from bot.dispatch import answered_starts
from bot.dispatch.admission import Admission
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.idempotent_post import DuplicateGuard
from bot.notify.deliver.sending import RateLimits, SendContext
from bot.notify.poll.explain import Explainer
from bot.notify.poll.org_poller import OrgPoller
from bot.notify.poll.poller import Poller
from bot.notify.poll.token_quota import ServiceAccount
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.publish.digests import DigestPublisher
from bot.notify.publish.publisher import Publisher
from bot.notify.upkeep.freeze_turns import FreezeTurns
from bot.notify.upkeep.offboarding import UninstallHandler
from bot.notify.upkeep.retention import RetentionJob
from bot.notify.upkeep.rule_coverage import RuleCoverageUpdater
from bot.notify.upkeep.rule_health import RuleHealthMonitor
from bot.notify.upkeep.start_expiry import StartExpiry
from bot.notify.upkeep.undo_expiry import UndoExpiry
from bot.notify.upkeep.webhook_health import WebhookHealthMonitor
from bot.notify.withholding import WithholdingPolicy
from bot.slack import listeners, oauth
from bot.slack.app_home import AppHome
from bot.slack.bolt_app import SlackApp
from bot.slack.clients import LOCKED, Authorize
from bot.slack.command_acks import Acks
from bot.slack.conversation_kinds import SlackPlaceDirectory
from bot.slack.deactivated_users import DeactivatedUsers
from bot.slack.events import EventHandler
from bot.slack.greeting import Greeter
from bot.slack.home_notes import HomeNotes
from bot.slack.installation_store import InstallPolicy
from bot.slack.poster import SlackPoster
from bot.slack.responder import SlackResponder
from bot.slack.socket import SocketModeListener
from bot.slack.token_rotation import TokenRotation
from bot.slack.value_shortener import ValueShortener


def build_dispatcher(
    core: Core, registry: Registry, admission: Admission, *, notes: HomeNotes, acks: Acks
) -> Dispatcher:
    return Dispatcher(
        registry=registry,
        store=core.store,
        rights=permission_builders.build_rights(core, registry, admission),
        responder=SlackResponder(core.clients, ValueShortener(core.store, core.clock), notes=notes, acks=acks),
        place_directory=SlackPlaceDirectory(core.clients, store=core.store, clock=core.clock),
        admission=admission,
        clock=core.clock,
        links=core.links,
        wake=core.wake_all,
        count=core.metrics.count_command,
        public_url=core.settings.public_url,
        examine=Examination.build(core.settings, core.store).examine,
    )


def build_event_handler(
    core: Core, dispatcher: Dispatcher, home: AppHome, uninstalls: UninstallHandler, admission: Admission
) -> EventHandler:
    clients, store, clock = core.clients, core.store, core.clock
    return EventHandler(
        dispatcher=dispatcher,
        home=home,
        greeter=Greeter(store=store, clock=clock, admission=admission, wake=core.delivery_wakeup.wake),
        groups=core.groups,
        uninstalls=uninstalls,
        shared=upkeep_builders.build_shared_channels(core),
        clients=clients,
        store=store,
        clock=clock,
    )


def build_bolt(core: Core, dispatcher: Dispatcher, events: EventHandler, *, acks: Acks) -> SlackApp:
    """A Bolt app on our own authorize and client, so that nothing it finds in the environment counts.

    SlackEndpoint has verified what comes over HTTP before Bolt sees it; what comes by Socket Mode is not signed.
    """
    bolt = SlackApp(
        name="circlebot",
        client=core.clients.build(),
        authorize=Authorize(core.clients),  # type: ignore[arg-type]  # Bolt takes an AsyncAuthorize, and prefers it
        signing_secret="verified-by-slack-endpoint",  # noqa: S106 - never used; without one Bolt reads the environment
        process_before_response=True,
        user_facing_authorize_error_message=LOCKED,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
    )
    shorten = ValueShortener(core.store, core.clock)
    listeners.register(bolt, dispatcher=dispatcher, events=events, tasks=core.tasks, shorten=shorten, acks=acks)
    return bolt


def build_home(core: Core, registry: Registry, admission: Admission, notes: HomeNotes) -> AppHome:
    return AppHome(
        admission=admission,
        clients=core.clients,
        store=core.store,
        clock=core.clock,
        links=core.links,
        rights=permission_builders.build_rights(core, registry, admission),
        commands=tuple(registry),
        notes=notes,
    )


def _build_socket(core: Core, bolt: SlackApp) -> SocketModeListener | None:
    app_token = reveal_secret(core.settings.slack_app_token)
    return (
        SocketModeListener(app=bolt, app_token=app_token, clients=core.clients, measure_ack=core.record_ack)
        if app_token
        else None
    )


def build_listener(core: Core, bolt: SlackApp) -> ListenerRecorder:
    socket = _build_socket(core, bolt)
    return ListenerRecorder(
        store=core.store, clock=core.clock, holder=core.holder, socket=socket, arrivals=core.arrivals
    )


def build_tokens(core: Core) -> PollTokens:
    """One for all that poll, so that what is known of each token's budget is known once."""
    token = reveal_secret(core.settings.circleci_token)
    return PollTokens(
        pool=core.circleci,
        service=ServiceAccount(token, core.settings.served_workspaces) if token else None,
        store=core.store,
        clock=core.clock,
        links=core.links,
    )


def build_org_poller(core: Core, tokens: PollTokens) -> OrgPoller:
    return OrgPoller(
        store=core.store,
        tokens=tokens,
        clock=core.clock,
        interval_s=core.settings.poll_interval_s,
        holder=core.holder,
        tasks=core.tasks,
        wake=core.poll_wakeup.wake,
        count=partial(core.metrics.count_poll, "organisation"),
    )


def build_visibility(core: Core, tokens: PollTokens) -> Visibility:
    """One for all that publish or send, so that CircleCI is asked once who sees what."""
    places = SlackPlaceDirectory(core.clients, store=core.store, clock=core.clock)
    return Visibility(
        store=core.store, pool=core.circleci, tokens=tokens, clock=core.clock, is_external=places.is_external
    )


def build_poller(core: Core, tokens: PollTokens, visibility: Visibility) -> Poller:
    return Poller(
        store=core.store,
        tokens=tokens,
        explainer=Explainer(store=core.store, tokens=tokens),
        visibility=visibility,
        publisher=build_publisher(core),
        clock=core.clock,
        interval_s=core.settings.poll_interval_s,
        holder=core.holder,
        tasks=core.tasks,
        wake=core.poll_wakeup.wake,
        count=partial(core.metrics.count_poll, "project"),
    )


def build_publisher(core: Core) -> Publisher:
    return Publisher(
        store=core.store,
        links=core.links,
        clock=core.clock,
        wake=core.delivery_wakeup.wake,
        wake_deploys=core.deploy_wakeup.wake,
        hit_failpoint=core.hit_failpoint,
    )


def build_rule_coverage(core: Core, tokens: PollTokens) -> RuleCoverageUpdater:
    return RuleCoverageUpdater(
        store=core.store,
        pool=core.circleci,
        tokens=tokens,
        clock=core.clock,
        interval_s=core.settings.poll_interval_s,
        holder=core.holder,
        wake=core.poll_wakeup.wake,
    )


def build_rule_health(core: Core, tokens: PollTokens, people: DeactivatedUsers) -> RuleHealthMonitor:
    return RuleHealthMonitor(
        store=core.store,
        pool=core.circleci,
        tokens=tokens,
        people=people,
        clock=core.clock,
        holder=core.holder,
        wake=core.delivery_wakeup.wake,
    )


def build_delivery(core: Core, withholding: WithholdingPolicy, limits: RateLimits) -> Delivery:
    poster = SlackPoster(core.clients, ValueShortener(core.store, core.clock), core.clock)
    context = SendContext(
        store=core.store,
        poster=poster,
        withholding=withholding,
        duplicates=DuplicateGuard(poster=poster, clock=core.clock, is_catching_up=core.store.is_catching_up),
        links=core.links,
        clock=core.clock,
        limits=limits,
        summarise_after=timedelta(hours=core.settings.summarise_after_h),
        count=core.metrics.count_slack_answer,
        record_post=core.metrics.record_post,
        hit_failpoint=core.hit_failpoint,
        observe=core.observe,
    )
    return Delivery(context, holder=core.holder, wake=core.delivery_wakeup.wake)


def build_digests(core: Core, withholding: WithholdingPolicy) -> DigestPublisher:
    return DigestPublisher(
        store=core.store,
        withholding=withholding,
        links=core.links,
        clock=core.clock,
        wake=core.delivery_wakeup.wake,
        hit_failpoint=core.hit_failpoint,
    )


def build_webhook_health(core: Core) -> WebhookHealthMonitor:
    return WebhookHealthMonitor(store=core.store, pool=core.circleci, clock=core.clock, holder=core.holder)


def build_retention(core: Core) -> RetentionJob:
    return RetentionJob(
        store=core.store,
        clock=core.clock,
        holder=core.holder,
        note_later_secrets=core.metrics.set_secrets_under_later_key if core.vault.has_several_keys else None,
    )


def build_undo_expiry(core: Core) -> UndoExpiry:
    return UndoExpiry(store=core.store, clock=core.clock, holder=core.holder, wake=core.delivery_wakeup.wake)


def build_token_rotation(core: Core) -> TokenRotation:
    app = find_oauth_app(core.settings)
    return TokenRotation(store=core.store, clients=core.clients, app=app, clock=core.clock, holder=core.holder)


def build_freeze_turns(core: Core) -> FreezeTurns:
    return FreezeTurns(store=core.store, clock=core.clock, holder=core.holder, wake=core.delivery_wakeup.wake)


def build_start_expiry(core: Core, dispatcher: Dispatcher) -> StartExpiry:
    take_up = partial(answered_starts.take_up, core.store, dispatcher.dispatch, core.clock)
    wake = core.delivery_wakeup.wake
    return StartExpiry(store=core.store, clock=core.clock, holder=core.holder, wake=wake, take_up=take_up)


def build_oauth_flow(core: Core) -> AsyncOAuthFlow | None:
    settings, app = core.settings, find_oauth_app(core.settings)
    if app is None:
        return None
    return oauth.build_flow(
        app=app,
        clients=core.clients,
        store=core.store,
        vault=core.vault,
        clock=core.clock,
        policy=InstallPolicy(allowed=settings.allowed_workspaces, notified_users=settings.admin_users),
    )
