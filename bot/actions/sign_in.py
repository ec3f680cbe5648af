"""A person lets us act for them at CircleCI's own page: the way there, and the address that they bring back."""

from __future__ import annotations

from datetime import timedelta
from secrets import compare_digest

from bot.circleci import return_address
from bot.circleci.sign_in_api import Grant
from bot.command import Context
from bot.domain.people import SignIn
from bot.errors import CircleCIError, OutdatedForm, Rejected, UsageError
from bot.language import N_, _
from bot.store.sign_ins import SIGN_IN_FOR

_ROOM = timedelta(minutes=5)
"""A form that is drawn again leads to the same page while there is this much time left."""

_UNKNOWN = N_("This address is of another attempt. Press “Authorize at CircleCI” here, and paste what comes of that.")
_OVER = N_("This address was used before, or is older than ten minutes: press “Authorize at CircleCI” again.")
_REFUSED = N_(
    "CircleCI does not take this address: it is good once, and not for long. Press “Authorize at CircleCI” again."
)


async def begin(context: Context) -> str | None:
    """The address of CircleCI's page; None where there is none, or where it cannot be reached and a token will do."""
    api = context.circleci.sign_in
    if api.url is None:
        return None
    try:
        return api.build_page_url(await _find_attempt(context) or await _begin(context))
    except CircleCIError:
        if not api.takes_pasted:
            raise
        return None


async def _find_attempt(context: Context) -> SignIn | None:
    """One that has begun lately: what is open in another window stays good."""
    request = context.request
    async with context.store.begin_read() as tx:
        known = await tx.sign_ins.find(request.team, request.user)
    return known if known and context.clock.now() - known.began_at < SIGN_IN_FOR - _ROOM else None


async def _begin(context: Context) -> SignIn:
    request, api = context.request, context.circleci.sign_in
    attempt = api.begin(request.team, request.user, await _load_client(context, request.team, api.url or ""))
    async with context.store.begin() as tx:
        await tx.sign_ins.upsert(attempt)
    return attempt


async def _load_client(context: Context, workspace: str, host: str) -> str:
    """Registered once, whatever the number of replicas."""
    async with context.store.begin_read() as tx:
        known = await tx.sign_ins.find_client(workspace, host)
    if known:
        return known
    registered = await context.circleci.sign_in.register()
    async with context.store.begin() as tx:
        await tx.sign_ins.insert_client(workspace, host, registered, now=context.clock.now())
        return await tx.sign_ins.find_client(workspace, host) or registered


async def fetch_grant(context: Context, pasted: str) -> Grant:
    """The token for the address. Raises UsageError for one that is not theirs, or no longer good."""
    returned = return_address.parse(pasted)
    attempt = await _take(context, returned.state)
    try:
        return await context.circleci.sign_in.fetch_grant(attempt, returned.code)
    except Rejected as error:
        if "invalid_grant" not in error.message:
            await _forget_client(context, attempt)
        raise OutdatedForm(_(_REFUSED)) from None
    except CircleCIError:
        async with context.store.begin() as tx:
            await tx.sign_ins.restore(attempt)
        raise


async def _take(context: Context, state: str) -> SignIn:
    """What began with this state, for this press alone."""
    request = context.request
    async with context.store.begin() as tx:
        known = await tx.sign_ins.find(request.team, request.user)
        if known is None:
            raise OutdatedForm(_(_OVER))
        if not compare_digest(known.state.encode(), state.encode()):
            raise UsageError(_(_UNKNOWN))
        if not await tx.sign_ins.take(known) or context.clock.now() - known.began_at > SIGN_IN_FOR:
            raise OutdatedForm(_(_OVER))
    return known


async def _forget_client(context: Context, attempt: SignIn) -> None:
    """CircleCI no longer knows us: the next attempt registers anew."""
    async with context.store.begin() as tx:
        await tx.sign_ins.delete_client(attempt.workspace, context.circleci.sign_in.url or "")
