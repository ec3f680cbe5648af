"""The pages that a browser sees of us: a title, a sentence or two, nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import html

_STYLE = "body{font:16px/1.5 system-ui;max-width:34rem;margin:12vh auto;padding:0 1rem}"
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: our own style, and nothing else."""


def render_page(title: str, *paragraphs: str, link: tuple[str, str] | None = None) -> str:
    """HTML of plain text, safe whatever it holds; `link` is an address of ours and what it is called."""
    text = "".join(f"<p>{html.escape(each)}</p>" for each in paragraphs)
    onward = f'<p><a href="{html.escape(link[0])}">{html.escape(link[1])}</a></p>' if link else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{html.escape(title)}</h1>{text}{onward}</html>"
    )
