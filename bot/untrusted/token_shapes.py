"""Tokens that are recognised by how they look: one table for logs of jobs, our own log, and typed lines.

A shape is as its maker documents it. Lengths are lower bounds, so that a longer token of tomorrow is known as well.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bot.untrusted.patterns import compile_linear, replace_matches

MASK = b"****"

SHAPES = {
    "CircleCI": r"(?i:ccipat|cciprj)_[\w-]+",
    "GitHub": r"gh[opsur]_[A-Za-z0-9]{16,}\w*|github_pat_\w{16,}",
    "GitLab": r"gl(?:pat|[a-z]{1,3}t|soat|agent|oas|imt|ffct)-[\w.-]{16,}|GR1348941[\w-]{16,}",
    "Bitbucket and Atlassian": r"AT(?:ATT|CTT|BB)[\w=-]{16,}",
    "Slack": r"xox[abcdeprs](?:\.xox[abp])?-[\w-]{4,}|xapp-[\w-]{4,}",
    "Discord": r"[MNO][A-Za-z\d]{23,28}\.[\w-]{6,7}\.[\w-]{27,}",
    "Telegram": r"\d{8,10}:AA[\w-]{32,}",
    "AWS": r"""(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?:["']?[ \t]*[,:|][ \t]*["']?[A-Za-z0-9/+]{40})?""",
    "Google": r"AIza[\w-]{30,}|ya29\.[\w.-]{20,}|GOCSPX-[\w-]{20,}|1//0[\w-]{30,}",
    "Azure": r"[\w~.-]{3}8Q~[\w~.-]{31,}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
    "DigitalOcean": r"do[opr]_v1_[0-9a-f]{32,}",
    "Alibaba and Tencent": r"LTAI[A-Za-z0-9]{16,}|AKID[A-Za-z0-9]{28,}",
    "Heroku": r"HRKU-[\w-]{30,}",
    "Netlify, Fly, Render": r"nf[pocu]_[A-Za-z0-9]{30,}|fm[12]r?_[\w+/=-]{30,}|fo1_[\w-]{30,}|rnd_[A-Za-z0-9]{20,}",
    "Cloud databases": r"pscale_(?:tkn|oauth|pw|otkn)_[\w.=-]{30,}|sb[ps]_[\w-]{30,}|dapi[0-9a-f]{32}",
    "OpenAI and Anthropic": r"sk-(?:[A-Za-z0-9]{20,}|(?:proj|ant|svcacct|admin|or)[\w-]{20,})",
    "Hugging Face and Replicate": r"hf_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}",
    "Stripe": r"(?:sk|rk|pk)_(?:live|test)_\w{10,}|whsec_\w{16,}",
    "Square and Shopify": r"sq0[a-z]{3}-[\w-]{20,}|EAAA[\w-]{60}|shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32,}",
    "Mail": r"SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}|xkeysib-[\w-]{60,}",
    "Twilio": r"SK[0-9a-f]{32}",
    "npm": r"npm_[A-Za-z0-9]{30,}",
    "PyPI": r"pypi-[\w-]{30,}",
    "RubyGems, crates, NuGet, Clojars": (
        r"rubygems_[0-9a-f]{48}|cio[A-Za-z0-9]{32}|oy2[a-z0-9]{43}|CLOJARS_[0-9a-f]{60}"
    ),
    "Docker": r"dckr_(?:pat|oat)_[\w-]{16,}",
    "JFrog": r"AKC[a-zA-Z0-9]{30,}|cmVmd[A-Za-z0-9]{59}",
    "HashiCorp": r"hv[sbr]\.[\w-]{20,}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}",
    "Pulumi, Doppler, Infracost": r"pul-[0-9a-f]{40}|dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.]{30,}|ico-[A-Za-z0-9]{32}",
    "Sonar": r"sq[upa]_[0-9a-f]{40}",
    "Sentry": r"sntry[su]_[\w+/=-]{30,}",
    "Grafana": r"gl(?:c|sa)_[\w+/=-]{30,}",
    "New Relic and Dynatrace": r"NRAK-[A-Z0-9]{20,}|NRJS-[0-9a-f]{15,}|dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{60,}",
    "PagerDuty, Postman, Buildkite": r"PMAK-[0-9a-f-]{40,}|bk[uaj]{1,2}_[0-9a-f]{40}|pdus\+[\w+-]{20,}",
    "Linear, Notion, Figma, Airtable": (
        r"lin_(?:api|oauth)_[A-Za-z0-9]{30,}|ntn_[A-Za-z0-9]{30,}|secret_[A-Za-z0-9]{43}"
        r"|figd_[\w-]{30,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{60,}"
    ),
    "Dropbox": r"sl\.[\w-]{60,}",
    "Tailscale, ngrok, age": r"tskey-[\w-]{16,}|AGE-SECRET-KEY-1[A-Z0-9]{50,}",
    "JSON Web Token": r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",
    "private key, in base64": (
        r"LS0tLS1CRUdJTi(?:BSU0EgUFJJ|BQUklW|BFQyBQUk|BPUEVOU1NIIFBSSV|BFTkNSWVBURUQgUFJJ|BEU0EgUFJJ|BQR1AgUFJJ)"
        r"[A-Za-z0-9+/=_-]*"
    ),
}
"""Whose it is, and what it looks like where no letter or digit comes before it."""

_BEFORE = r"(^|[^A-Za-z0-9]|\\[nrt]|%[0-9A-Fa-f]{2}|\x1b\[[\d;]*m)"
"""What may come before a token: nothing, no letter and no digit but of an escape."""

_ANY = f"{_BEFORE}(?:{'|'.join(SHAPES.values())})"


@cache
def _compile(shape: str) -> Any:
    """Not before it is needed: most processes never see a token. Each takes 20 KB, all in one a megabyte."""
    return compile_linear(shape)


def _find_whose(told: bytes) -> str:
    return next(whose for whose, shape in SHAPES.items() if _compile(f"{_BEFORE}(?:{shape})").search(told))


_SLACK = r"(hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers|commands|actions)/)[\w/%-]+"
_OTHER_HOOKS = (
    r"|(discord(?:app)?\.com/api/webhooks/\d+/)[\w-]+|(\.webhook\.office\.com/webhookb2/)[^\s\"'<>]+"
    r"|(api\.telegram\.org/bot)\d+:[\w-]+"
)
_HOOKS = compile_linear(_SLACK + _OTHER_HOOKS)
_RETURNED = compile_linear(r"((?:127\.0\.0\.1|localhost|\[::1\]):53117/circlebot\?)[^\s\"'<>]+")
"""Where a browser ends after CircleCI's page (bot/circleci/sign_in_api.py): with a code."""
_SIGNED = compile_linear(
    r"([?&;](?:amp;)?(?:[\w.-]*(?:token|signature|secret|passw(?:or)?d|pwd|api_?key|access_?key)|sig|auth|key)=)"
    r"([^&\s\"'<>;\\]+)",
    ignore_case=True,
)
_USER = compile_linear(
    r"(://)(?:[^\s/@:]*:[^\s/\"<>]+|[^\s/@:]*:[^\s/@]*[^\s/@0-9][^\s@\"'<>]*|[^\s/@:]{20,})@",
)
_SCHEME = compile_linear(r"\b((?:bearer|basic)[ \t]+)([\w.~+/=-]{8,})", ignore_case=True)


_MAY_HOLD = compile_linear(
    "|".join((_ANY, *(one.pattern for one in (_HOOKS, _RETURNED, _USER))))
    + "".join(f"|(?i:{one.pattern})" for one in (_SIGNED, _SCHEME))
)
"""Any of these: most lines hold none, and are looked through once."""


def mask_tokens(told: bytes) -> bytes:
    """The UTF-8 without tokens, signed addresses, passwords in addresses and what follows `Bearer` or `Basic`."""
    if not _MAY_HOLD.search(told):
        return told
    told = replace_matches(_compile(_ANY), told, lambda found: found[1] + MASK)
    told = replace_matches(_HOOKS, told, lambda found: next(filter(None, found.groups())) + MASK)
    told = replace_matches(_RETURNED, told, lambda found: found[1] + MASK)
    told = replace_matches(_USER, told, lambda found: found[1] + MASK + b"@")
    told = replace_matches(_SIGNED, told, lambda found: found[1] + MASK)
    return replace_matches(_SCHEME, told, lambda found: found[1] + MASK)


def has_return_address(told: str) -> bool:
    """Whether somebody tells the address at which their browser ended after CircleCI's page."""
    return _RETURNED.search(told.encode(errors="replace")) is not None


def find_token_issuer(told: str) -> str | None:
    """Whose token, signed address or webhook the text tells; None where it tells none."""
    seen = told.encode(errors="replace")
    if not _MAY_HOLD.search(seen):
        return None
    if _compile(_ANY).search(seen):
        return _find_whose(seen)
    if _HOOKS.search(seen):
        return "webhook"
    signed = any(len(found[2]) >= 8 for found in _SIGNED.finditer(seen))
    return "signed address" if signed or _USER.search(seen) else None
