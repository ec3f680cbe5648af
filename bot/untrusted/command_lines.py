"""Secrets among the arguments of commands that a log shows: `docker login -p …`, `curl -u user:…`, `--token …`."""

from __future__ import annotations

from typing import Any

from bot.untrusted.named_secrets import NAME, VALUE, WORD, is_literal_value, is_secret_name
from bot.untrusted.patterns import compile_linear, replace_matches
from bot.untrusted.token_shapes import MASK

_SPACE = r"(?:[ \t]|\\\n)"
_REST = rf"""(?:"[^"\n]*"|'[^'\n]*'|[^\n;|&\\"']|\\(?s:.))*?{_SPACE}"""
"""The arguments between a command and what matters, over lines that a backslash joins."""


def _compile_tool(names: str, option: str, value: str = VALUE) -> Any:
    return compile_linear(rf"(\b(?:{names})\b{_REST}{option})({value})")


_LOGINS = "docker|podman|nerdctl|buildah|skopeo|helm|crane|oras|cosign|az|oc|cf|argocd"
_GIVEN = (
    _compile_tool(rf"(?:{_LOGINS})\b{_REST}login", rf"-p(?:{_SPACE}+|=)"),
    _compile_tool(r"mysql\w*|mariadb[\w-]*|7z[ar]?", "-p", r"""[^\s"']\S*|"[^"\n]*"|'[^'\n]*'"""),
    _compile_tool(r"sshpass|mongo\w*|twine", rf"-p(?:{_SPACE}|=)*"),
    _compile_tool("redis-cli", rf"-a{_SPACE}+"),
    _compile_tool(r"ldap\w+", rf"-w{_SPACE}*"),
    _compile_tool("sqlcmd|bcp|zip|unzip", rf"-P{_SPACE}*"),
    _compile_tool("ssh-keygen", rf"-[NP]{_SPACE}*"),
    _compile_tool("nuget", rf"-k{_SPACE}+"),
    _compile_tool("codecov|codecovcli|codacy-coverage-reporter", rf"-t{_SPACE}+"),
    _compile_tool(
        "curl", rf"""(?:-[A-Za-z]*[uU]|--user|--proxy-user)(?:{_SPACE}|=)*\\*["']?[^\s:"']*:""", r"""[^\s"']+"""
    ),
    _compile_tool("https?", rf"""(?:-a|--auth)(?:{_SPACE}|=)*\\*["']?[^\s:"']*:""", r"""[^\s"']+"""),
    _compile_tool("smbclient", rf"-U{_SPACE}*[^\s%]+%"),
    _compile_tool("htpasswd", rf"-[a-zA-Z]*b[a-zA-Z]*{_SPACE}+\S+{_SPACE}+\S+{_SPACE}+"),
    _compile_tool("openssl", rf"-pass(?:in|out)?{_SPACE}+pass:"),
    _compile_tool("kubectl|oc", r"--from-literal[ =]+[\w.-]+="),
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
        told = replace_matches(given, told, _mask_secret)
    return replace_matches(_SET, replace_matches(_OPTION, told, _mask_argument), _mask_setting)


def _mask_secret(found: Any) -> bytes:
    whole, before, secret = found[0], found[1], found[2]
    after = whole[len(before) + len(secret) :]
    return b"".join((before, MASK, after)) if is_literal_value(secret) else whole


def _mask_argument(found: Any) -> bytes:
    before, name, value = found.groups()
    hides = is_secret_name(name) and is_literal_value(value) and not value.startswith(b"-")
    return b"".join((before, MASK)) if hides else b"".join((before, value))


def _mask_setting(found: Any) -> bytes:
    """`config set api_token S`, but not `set token expiry`."""
    return _mask_argument(found) if _WRITTEN_AS_NAME.fullmatch(found[2]) else found[0]
