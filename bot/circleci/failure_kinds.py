"""The kinds of failures: one table of how each is known, what is said of it, what helps, and whether to rerun.

A rerun is worth it where chance was against the job, and not where the same commit must fail again (facts: "Rerun or
not"). Where that is not known the row has no verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.circleci.memory_use import MemoryUse
from bot.language import N_
from bot.untrusted.patterns import compile_linear


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rerun is worth it, and why. Kept with snapshots, so that `why` is the English of the catalogue."""

    rerun: bool
    why: str


@dataclass(frozen=True, slots=True)
class Signs:
    """What a cause is read off: CircleCI's `status` and own words, the failing step's exit code and last lines.

    `telling` is the line that reads most like the reason. `refused` are the types of CircleCI's errors about a
    pipeline.
    """

    status: str = ""
    exit_code: int | None = None
    said: Sequence[str] = ()
    printed: Sequence[str] = ()
    telling: str = ""
    contexts: Sequence[str] = ()
    resource_class: str = ""
    refused: Collection[str] = ()
    memory: MemoryUse | None = None


@dataclass(frozen=True, slots=True)
class FailureKind:
    """One row: any of its signs will do. `named` says the same where `{resource_class}` or `{contexts}` are known.

    What is read off what a job printed (`printed`, `telling`) is not sure: another row may speak against its verdict.
    """

    what: str
    todo: str
    verdict: Verdict | None = None
    named: str = ""
    statuses: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    said: Any = None
    exit_code: int = 0
    printed: Any = None
    telling: str = ""
    fills_memory: bool = False

    def is_sure(self, signs: Signs) -> bool:
        return (
            signs.status in self.statuses
            or not self.refused.isdisjoint(signs.refused)
            or has_match(self.said, signs.said)
            or (self.exit_code != 0 and signs.exit_code == self.exit_code)
            or (self.fills_memory and signs.memory is not None and signs.memory.is_full)
        )

    def can_be(self, signs: Signs, kind: str) -> bool:
        return has_match(self.printed, [signs.telling, *signs.printed]) or (kind != "" and kind == self.telling)


def has_match(pattern: Any, texts: Iterable[str]) -> bool:
    return pattern is not None and any(pattern.search(text) for text in texts)


def _worth(why: str) -> Verdict:
    return Verdict(rerun=True, why=why)


def _vain(why: str) -> Verdict:
    return Verdict(rerun=False, why=why)


MEMORY = compile_linear(
    r"out of memory|OutOfMemory|OOMKilled|cannot allocate memory|too much memory|exceeded\b.*\bmemory|MemoryError\b",
    ignore_case=True,
)
SILENT = compile_linear(r"too long with no output", ignore_case=True)
NETWORK = compile_linear(
    r"\b(?:ECONNRESET|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|ESOCKETTIMEDOUT)\b"
    r"|i/o timeout|network (?:aborted|error|timeout)|\b(?:connect|connection|handshake|read|resolve) timed out"
    r"|\bconnection (?:reset|refused)|handshake timeout|operation timed out|request timed out"
    r"|could not resolve (?:host|proxy)|name resolution|temporary failure resolving|no such host"
    r"|network is unreachable|unexpected disconnect|\bstatus code 50[234]"
    r"|\b50[234] (?:bad gateway|service unavailable|gateway time-?out)|remote end hung up|early EOF",
    ignore_case=True,
)
_TOO_OFTEN = compile_linear(r"\b429 too many requests|toomanyrequests|rate limit exceeded", ignore_case=True)

LESS_MEMORY = N_(
    "Take a larger `resource_class`, or less at once: fewer workers, a smaller heap (`-Xmx`, `--max-old-space-size`)."
)

KINDS = (
    FailureKind(
        N_("The person who started it may not use a context that the job needs."),
        N_("Somebody who may use it reruns it; or an admin of the organisation widens the context's restrictions."),
        named=N_("The person who started it may not use a context that the job needs. Its contexts: {contexts}."),
        statuses=frozenset({"unauthorized"}),
    ),
    FailureKind(
        N_("CircleCI's infrastructure failed under the job; nothing says that your code did."),
        N_("If it happens again, look at status.circleci.com."),
        _worth(N_("the machine failed, not your code")),
        statuses=frozenset({"infrastructure_fail"}),
    ),
    FailureKind(
        N_("CircleCI lost the job, and does not know how it ended."),
        N_("If it happens again, look at status.circleci.com."),
        _worth(N_("nothing says that your code failed")),
        statuses=frozenset({"terminated-unknown"}),
    ),
    FailureKind(
        N_("CircleCI had no machine to spare."),
        N_("Wait a few minutes. If it happens again, choose another `resource_class`, or look at status.circleci.com."),
        _worth(N_("there will be machines again")),
        named=N_("CircleCI had no {resource_class} machine to spare."),
        said=compile_linear(
            r"(?:no|lack of|insufficient|out of)\b.{0,30}\bcapacity|capacity.{0,30}(?:unavailable|exhausted|exceeded)",
            ignore_case=True,
        ),
    ),
    FailureKind(
        N_("No self-hosted runner took the job."),
        N_("See whether a runner of this resource class is up and connected."),
        said=compile_linear(r"\bno\b.{0,30}\brunners?\b|waiting for a runner", ignore_case=True),
    ),
    FailureKind(
        N_("The project may not use this `resource_class`, or there is none of that name."),
        N_("Choose another one, or ask an admin of the organisation whether the plan includes it."),
        _vain(N_("it is refused each time")),
        named=N_("The project may not use the `resource_class` {resource_class}, or there is none of that name."),
        said=compile_linear(r"resource[- _]class.{0,120}(?:not|n't|unavailable|invalid|unknown)", ignore_case=True),
    ),
    FailureKind(
        N_("The organisation's CircleCI plan does not allow it: its credits are used up, or it is over a limit."),
        N_("An admin of the organisation looks at Plan in CircleCI's settings."),
        _vain(N_("it is refused until the plan allows it")),
        refused=frozenset({"plan"}),
        said=compile_linear(
            r"(?:no|out of|insufficient|not enough|used up).{0,30}\bcredits?\b|\bplan\b.{0,40}(?:limit|not|n't|exceed)"
            r"|(?:exceed|over|reach).{0,40}\bplan\b|(?:credit|usage|spend\w*|concurrency) limit",
            ignore_case=True,
        ),
    ),
    FailureKind(
        N_("A step printed nothing for too long, so that CircleCI stopped it."),
        N_("If it hangs again, see where (rerun with SSH), let it print progress, or raise its `no_output_timeout`."),
        _worth(N_("what hangs often passes at the next try")),
        said=SILENT,
        printed=SILENT,
    ),
    FailureKind(
        N_("The job ran into a time limit."),
        N_("Split it, make it parallel, or give it more time. A rerun with SSH shows where it hangs."),
        statuses=frozenset({"timedout"}),
        said=compile_linear(r"context deadline exceeded|max(?:imum)? (?:job )?(?:run|build) ?time", ignore_case=True),
    ),
    FailureKind(
        N_("It ran out of memory: {used} of {limit}."),
        LESS_MEMORY,
        _vain(N_("it needs as much memory again")),
        named=N_("It ran out of memory on {resource_class}: {used} of {limit}."),
        fills_memory=True,
    ),
    FailureKind(
        N_("It ran out of memory."),
        LESS_MEMORY,
        _vain(N_("it needs as much memory again")),
        named=N_("It ran out of memory on {resource_class}."),
        said=MEMORY,
        printed=MEMORY,
    ),
    FailureKind(
        N_("It was killed, most likely for want of memory (exit code 137)."),
        LESS_MEMORY,
        named=N_("It was killed, most likely for want of memory on {resource_class} (exit code 137)."),
        exit_code=137,
    ),
    FailureKind(
        N_("The disk was full."),
        N_("Remove what the job does not need, or take a machine with a larger disk."),
        _vain(N_("it needs as much room again")),
        named=N_("The disk was full on {resource_class}."),
        printed=compile_linear(r"no space left on device|disk quota exceeded", ignore_case=True),
    ),
    FailureKind(
        N_("A command could not be executed (exit code 126)."),
        N_("Make the file executable: `chmod +x`."),
        _vain(N_("the file is the same again")),
        exit_code=126,
    ),
    FailureKind(
        N_("A command was not found (exit code 127)."),
        N_("Install it in the job, or choose an image that has it."),
        _vain(N_("the image lacks it again")),
        exit_code=127,
    ),
    FailureKind(
        N_("The program crashed with a segmentation fault (exit code 139)."),
        N_("Look for native code that is at fault; a rerun with SSH lets you debug it in place."),
        exit_code=139,
    ),
    FailureKind(
        N_("Something stopped the program (exit code 143)."),
        N_("Find out what it was: a timeout, or another step."),
        exit_code=143,
    ),
    FailureKind(
        N_("The code does not compile."),
        N_("Mend what the line below says."),
        _vain(N_("the same code gives the same error")),
        telling="compile",
    ),
    FailureKind(
        N_("A linter objects."),
        N_("Mend what the line below says."),
        _vain(N_("the same code gives the same objection")),
        telling="style",
    ),
    FailureKind(
        N_("A check failed."),
        N_("Fix the code or the test."),
        _vain(N_("what failed is not known to be flaky")),
        telling="assertion",
    ),
    FailureKind(
        N_("A service outside accepts no requests for now (a rate limit)."),
        N_("Wait a while; log in to it, so that the limit is yours alone."),
        _worth(N_("the limit passes")),
        printed=_TOO_OFTEN,
    ),
    FailureKind(
        N_("A service outside was not reached, or did not answer."),
        N_("If it happens again, see whether that service is down."),
        _worth(N_("networks fail now and then")),
        printed=NETWORK,
    ),
    FailureKind(
        N_("A dependency is not available as it is asked for."),
        N_("Mend its name, its version or the lock file."),
        _vain(N_("the same is asked for again")),
        telling="dependency",
    ),
    FailureKind(
        N_("A command or a file is not where it is looked for."),
        N_("Mend its path, or install it in the job."),
        _vain(N_("it is missing again")),
        telling="missing",
    ),
    FailureKind(
        N_("The config is not valid."),
        N_("Mend it, and push; `circleci config validate` checks it beforehand."),
        _vain(N_("the config is the same again")),
        refused=frozenset({"config"}),
    ),
    FailureKind(
        N_("CircleCI could not read the config."),
        N_("See whether the file is there on this branch, and whether CircleCI may read the repository."),
        refused=frozenset({"config-fetch"}),
    ),
    FailureKind(
        N_("The person who started it may not do so."),
        N_("Somebody with more rights starts it, or an admin of the organisation gives them."),
        refused=frozenset({"permission"}),
    ),
    FailureKind(
        N_("CircleCI took too long to make the pipeline."),
        N_("Trigger it again. If it happens again, look at status.circleci.com."),
        _worth(N_("the time ran out at CircleCI")),
        refused=frozenset({"timeout"}),
    ),
    FailureKind(
        N_("The trigger, or the setup that it asks for, does not fit the project's settings."),
        N_("Look at Triggers, and at dynamic config under Advanced, in the project's settings."),
        _vain(N_("the settings are the same again")),
        refused=frozenset({"invalid-trigger-setup", "trigger-rule"}),
    ),
)
"""The surest first."""
