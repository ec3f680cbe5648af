"""Builds what decides who may use circlebot, and for what."""

from __future__ import annotations

from bot.app.core import Core
from bot.dispatch.access import RightsBuilder
from bot.dispatch.admission import Admission
from bot.dispatch.askers import AskerDirectory
from bot.dispatch.registry import Registry
from bot.dispatch.whom_to_ask import Admins, WhomToAsk
from bot.slack.user_kinds import SlackMemberDirectory


def build_admission(core: Core) -> Admission:
    return Admission(
        people=SlackMemberDirectory(core.clients, clock=core.clock),
        contacts=WhomToAsk(core.store, _build_admins(core)),
        external=core.settings.allow_external,
        guests=core.settings.allow_guests,
    )


def _build_admins(core: Core) -> Admins:
    return Admins(core.settings.admin_users, single_workspace=not core.settings.oauth)


def build_rights(core: Core, registry: Registry, admission: Admission) -> RightsBuilder:
    return RightsBuilder(
        store=core.store,
        clock=core.clock,
        circleci=core.circleci,
        registry=registry,
        askers=AskerDirectory(admission.people, core.groups, core.clock),
        admins=_build_admins(core),
        sign=core.vault.compute_signatures,
    )
