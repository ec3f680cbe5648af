"""Many cases in one test, for pure tables of hundreds.

pytest spends five thousandths of a second on every test in a run of several processes, such a case a tenth of that.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterable
from typing import Any

Check = Callable[..., None]
Ids = Iterable[str] | Callable[..., str] | None


def each_case(names: str | tuple[str, ...], cases: Iterable[Any], *, ids: Ids = None) -> Any:
    """As `pytest.mark.parametrize`, but all cases run in one test, which tells of each that fails.

    What a test takes besides is a fixture, and the same for all its cases.
    """
    named = (names,) if isinstance(names, str) else names
    rows = [(case,) if isinstance(names, str) else tuple(case) for case in cases]
    called = _name(rows, ids)
    assert rows

    def decorate(check: Check) -> Check:
        def run(**fixtures: Any) -> None:
            failed = []
            for row, name in zip(rows, called, strict=True):
                try:
                    check(**fixtures, **dict(zip(named, row, strict=True)))
                except Exception as error:  # noqa: BLE001 - whatever it is, the other cases are told too
                    where = traceback.extract_tb(error.__traceback__)[-1]
                    failed.append(f"--- {name}\n{where.filename}:{where.lineno} {type(error).__name__}: {error}")
            assert not failed, f"{len(failed)} of {len(rows)}\n" + "\n".join(failed)

        signature = inspect.signature(check)
        kept = [one for name, one in signature.parameters.items() if name not in named]
        keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept]
        run.__name__, run.__doc__, run.__module__ = check.__name__, check.__doc__, check.__module__
        run.__dict__.update(vars(check))
        run.__signature__ = signature.replace(parameters=keyword)  # type: ignore[attr-defined]  # functions take any
        return run

    return decorate


def _name(rows: list[tuple[Any, ...]], ids: Ids) -> list[str]:
    if ids is None:
        return [", ".join(map(repr, row))[:200] for row in rows]
    return [ids(*row) for row in rows] if callable(ids) else list(ids)
