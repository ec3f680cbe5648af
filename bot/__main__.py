"""`circlebot`, also `python -m bot`. What runs for months is imported alone: it holds for months what it imports."""

from __future__ import annotations

import gc
import os
import signal
import ssl
import sys

# Linux keeps from a container's process 1 every signal that it does not handle, and the imports take a second.
if os.getpid() == 1:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_ABSENT = ("rich", "pygments", "click", "httpx._main")
"""httpx and structlog import 90 modules of them, for a program and for tracebacks that nobody sees here."""

_UNUSED = (
    "aiohttp.web",  # Bolt can serve by itself; uvicorn does it here
    "uvicorn.main",  # uvicorn's own program, with what restarts it when a file changes
    "http.server",  # prometheus-client's way to serve, as the next
    "wsgiref.simple_server",
    "slack_bolt.app.app",  # Slack's libraries come twice, with and without asyncio
    "slack_bolt.adapter.socket_mode.builtin",
    "slack_sdk.socket_mode.builtin",
    "slack_sdk.web.client",
    "pydantic_settings.sources.providers.cli",  # settings as options of a command line
    "argparse",
    "logging.config",  # logging by uvicorn's own table, which is not used here
    "sqlalchemy.dialects.sqlite.aiosqlite",  # another driver than ours
    "zipfile",  # packages that are imported from an archive
    "bz2",  # archives of these kinds
    "lzma",
    "pickle",  # columns and loggers that are pickled
    "configparser",  # uvicorn's table of logging as a file
    "pydantic.json_schema",  # schemas for others to read
    "aiohttp.tracing",  # listeners to each step of a request
    "structlog.tracebacks",  # tracebacks as JSON, with every variable
    "structlog.testing",
    "slack_sdk.models.attachments",  # objects in the place of JSON
    "slack_sdk.models.metadata",
    "slack_sdk.models.messages.chunk",
    "slack_sdk.socket_mode.client",  # without asyncio, as above
    "slack_sdk.webhook.client",
    "slack_bolt.context.context",
    "slack_bolt.oauth.oauth_flow",
    "slack_bolt.listener.thread_runner",
    "slack_sdk.web.slack_response",
    "slack_sdk.web.chat_stream",
    "slack_sdk.web.async_chat_stream",  # answers of assistants, word by word
    "slack_bolt.middleware.assistant",
    "slack_bolt.middleware.assistant.assistant",
    "slack_bolt.middleware.assistant.async_assistant",
    "slack_bolt.workflows.step",  # what Slack shut down in 2024
    "slack_bolt.workflows.step.async_step",
    "slack_bolt.workflows.step.async_step_middleware",
    "slack_bolt.app.async_server",  # Bolt's own server, as above
    "slack_sdk.oauth.installation_store.file",  # installations in files; ours are in the store
    "slack_sdk.oauth.installation_store.sqlite3",
    "slack_sdk.oauth.state_store.file",
    "slack_sdk.oauth.state_store.sqlite3",
    "slack_sdk.oauth.state_store.stateless",
    "attr.validators",  # of the library attrs, which aiohttp uses without them
    "attr.converters",
    "attr.filters",
    "uvicorn._types",  # what only type checkers read
    "uvicorn.middleware.wsgi",
    "socketserver",  # prometheus-client's way to serve, as above
    "aiohttp.client_middleware_digest_auth",
    "pydantic_settings.sources.providers.aws",  # settings from elsewhere than the environment and .env
    "pydantic_settings.sources.providers.azure",
    "pydantic_settings.sources.providers.gcp",
    "pydantic_settings.sources.providers.nested_secrets",
    "pydantic_settings.sources.providers.pyproject",
    "pydantic_settings.sources.providers.toml",
    "pydantic_settings.sources.providers.yaml",
    "structlog.threadlocal",  # what structlog has replaced
    "structlog.twisted",
    "sqlalchemy.dialects.sqlite.pysqlcipher",  # another driver than ours, as above
    "gzip",  # prometheus-client's answers, made smaller
    "fractions",
)
"""What our libraries import for others than us: 11 MB."""


def main() -> None:
    """Run one command. An error that the operator can fix is one sentence, and exit code 1.

    What is imported stays: looking through all of it for garbage would take a fifth of the start. So only what is new
    is looked through: each dataclass with slots leaves one behind. `run_async` looks again.
    """
    gc.set_threshold(2_000, 1_000_000)
    with _hide(_ABSENT, _UNUSED), _read_certificates_to_verify():
        from bot.operating import console, run_commands  # noqa: PLC0415 - without the above

        alone = run_commands.PROGRAMS.get(" ".join(sys.argv[1:]))
        if alone:
            import bot.app.composition  # noqa: F401, PLC0415 - the same
    sys.path_importer_cache.clear()  # the names of all files of all folders, for imports that have ended: 0.4 MB
    with console.exit_on_closed_pipe():
        try:
            (alone or _load_command_line())()
        except run_commands.REPORTED_ERRORS as error:
            console.print_error(str(error))
            sys.exit(1)


class _Unused(ModuleType):
    """In the place of a module: each name is a class, to inherit from, to annotate with, and of nothing.

    Tests import the real ones: so what our own code may come to call is no candidate.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._each = type(name, (), {"__class_getitem__": classmethod(lambda cls, _of: cls)})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._each


@contextmanager
def _hide(absent: Collection[str], unused: Collection[str]) -> Iterator[None]:
    """Meanwhile the absent cannot be imported, as if they were not installed, and the unused are imported empty."""
    modules: dict[str, Any] = sys.modules
    hidden = {name: modules.get(name) for name in (*absent, *unused)}
    modules.update(dict.fromkeys(absent), **{name: _Unused(name) for name in unused})
    try:
        yield
    finally:
        for name, module in hidden.items():
            del modules[name]
            if module:
                modules[name] = module


@contextmanager
def _read_certificates_to_verify() -> Iterator[None]:
    """A second context of aiohttp's verifies nothing, and would read all certificates too: 1 MB, 20 ms."""
    read = ssl.SSLContext.set_default_verify_paths

    def read_for(context: ssl.SSLContext) -> None:
        if context.verify_mode != ssl.CERT_NONE:
            read(context)

    setattr(ssl.SSLContext, "set_default_verify_paths", read_for)  # noqa: B010 - to a type checker it is a method
    try:
        yield
    finally:
        del ssl.SSLContext.set_default_verify_paths


def _load_command_line() -> Callable[[], None]:
    """For whatever takes arguments, and ends: it takes 10 MB."""
    from bot.operating import command_line  # noqa: PLC0415 - as said

    return command_line.main


if __name__ == "__main__":
    main()
