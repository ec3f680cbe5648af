"""Where `migrations` and `sandbox` are: beside `bot` in a checkout, in `bot/_beside` where it is installed.

Beside `bot` in site-packages they would be mixed with folders of the same names that others install.
"""

from __future__ import annotations

import sys
from pathlib import Path

_INSTALLED = Path(__file__).with_name("_beside")

BESIDE = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[1]


def make_importable() -> None:
    """Before `sandbox` is imported."""
    if str(BESIDE) not in sys.path:
        sys.path.insert(0, str(BESIDE))
