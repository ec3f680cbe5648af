"""Secrets among the arguments of commands that a log shows: `docker login -p …`, `curl -u user:…`, `--token …`."""

from __future__ import annotations

from typing import Any

from bot.untrusted.named_secrets import NAME, VALUE, WORD, names_secret, tells
from bot.untrusted.patterns import compile_linear, replace
from bot.untrusted.token_shapes import MASK

_SPACE = r"(?:[ \t]|\\\n)"
_REST = rf"""(?:"[^"\n]*"|'[^'\n]*'|[^\n;|&\\"']|\\(?s:.))*?{_SPACE}"""
"""The arguments between a command and what matters, over lines that a backslash joins."""


def _tool(names: str, option: str, value: str = VALUE) -> Any:
    return compile_linear(rf"(\b(?:{names})\b{_REST}{option})({value})")


_LOGINS = "docker|podman|nerdctl|buildah|skopeo|helm|crane|oras|cosign|az|oc|cf|argocd"
_GIVEN = (
    _tool(rf"(?:{_LOGINS})\b{_REST}login", rf"-p(?:{_SPACE}+|=)"),
    _tool(r"mysql\w*|mariadb[\w-]*|7z[ar]?", "-p", r"""[^\s"']\S*|"[^"\n]*"|'[^'\n]*'"""),
    _tool(r"sshpass|mongo\w*|twine", rf"-p(?:{_SPACE}|=)*"),
    _tool("redis-cli", rf"-a{_SPACE}+"),
    _tool(r"ldap\w+", rf"-w{_SPACE}*"),
    _tool("sqlcmd|bcp|zip|unzip", rf"-P{_SPACE}*"),
    _tool("ssh-keygen", rf"-[NP]{_SPACE}*"),
    _tool("nuget", rf"-k{_SPACE}+"),
    _tool("codecov|codecovcli|codacy-coverage-reporter", rf"-t{_SPACE}+"),
    _tool("curl", rf"""(?:-[A-Za-z]*[uU]|--user|--proxy-user)(?:{_SPACE}|=)*\\*["']?[^\s:"']*:""", r"""[^\s"']+"""),
    _tool("https?", rf"""(?:-a|--auth)(?:{_SPACE}|=)*\\*["']?[^\s:"']*:""", r"""[^\s"']+"""),
    _tool("smbclient", rf"-U{_SPACE}*[^\s%]+%"),
    _tool("htpasswd", rf"-[a-zA-Z]*b[a-zA-Z]*{_SPACE}+\S+{_SPACE}+\S+{_SPACE}+"),
    _tool("openssl", rf"-pass(?:in|out)?{_SPACE}+pass:"),
    _tool("kubectl|oc", r"--from-literal[ =]+[\w.-]+="),
    compile_linear(rf"(\b(?:snyk auth|vault login|ngrok (?:authtoken|config add-authtoken))[ \t]+)({VALUE})"),
    compile_linear(r"((?:-stdin|--with-token)\b[^\n<]*<<<[ \t]*)(" + VALUE + ")"),
    compile_linear(
        r"""(\b(?:echo|printf)[ \t]+(?:-n[ \t]+|["']?%s["']?[ \t]+)?\\*["']?)([^\s|"'\\]+)"""
        r"""\\*["']?[ \t]*\|[^\n|]*(?:-stdin|--with-token|sudo[ \t]+-S|passwd)"""
    ),
    compile_linear(r"((?:\bmachine[ \t]+\S+|\bdefault)\s+(?:(?:login|account)[ \t]+\S+\s+){1,2}password[ \t]+)(\S+)"),
    compile_linear(r"(?i)(\b(?:password|identified[ \t]+(?:with[ \t]+\S+[ \t]+)?by)[ \t]+)('[^'\n]*'?)"),
    compile_linear(rf"(?i)((?:^|[ \t\x1f])/pass(?:word)?(?:[ \t]+|:))({VALUE})"),
    compile_linear(r"(\bjdbc:oracle:\w+:[^\s/@:]+/)([^\s@]+)@"),
)
"""What comes before the secret, and the secret."""

_OPTION = compile_linear(
    rf"""((?:^|[\s"'`(\[,=\x1f])-({NAME})(?:{_SPACE}+|["'],[ \t]*["']))({VALUE})""", ignore_case=True
)
_SET = compile_linear(
    rf"(\b(?:config|configure|set|env|arg|setenv)[ \t]+(?:set[ \t]+)?(?:--?[\w-]+[ \t]+)*"
    rf"([^\s=]*{WORD}[^\s=]*)[ \t]+)({VALUE})",
    ignore_case=True,
)
_WRITTEN_AS_NAME = compile_linear(r"[^a-z]*|.*[_.:\d-].*")


def mask_arguments(told: bytes) -> bytes:
    for given in _GIVEN:
        told = replace(given, told, _without_secret)
    return replace(_SET, replace(_OPTION, told, _without_argument), _without_setting)


def _without_secret(found: Any) -> bytes:
    whole, before, secret = found[0], found[1], found[2]
    after = whole[len(before) + len(secret) :]
    return b"".join((before, MASK, after)) if tells(secret) else whole


def _without_argument(found: Any) -> bytes:
    before, name, value = found.groups()
    hides = names_secret(name) and tells(value) and not value.startswith(b"-")
    return b"".join((before, MASK)) if hides else b"".join((before, value))


def _without_setting(found: Any) -> bytes:
    """`config set api_token S`, but not `set token expiry`."""
    return _without_argument(found) if _WRITTEN_AS_NAME.fullmatch(found[2]) else found[0]
