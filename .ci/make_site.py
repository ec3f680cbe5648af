"""`make site`: the pages of docs/ as a site in build/site/html, refused where something that it leads to is missing.

A page is written to be read where the code is hosted: it links to files of the checkout. Here each link is turned to
where the file stands in the site: a page, or a copy as text. A mark like `<!-- picture: help What help shows -->` is
where the site has a picture that `make screenshots` took, light and dark; without `--pictures` it has none.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
OF_THE_ROOT = {
    Path("CHANGELOG.md"): Path("project/changes.md"),
    Path("CONTRIBUTING.md"): Path("project/contributing.md"),
    Path("SECURITY.md"): Path("project/security.md"),
    Path("bench/README.md"): Path("project/measured.md"),
}
"""Pages that stand elsewhere in the checkout, and where they stand in the site."""
SHOWN = {".css", ".png", ".webp"}
MARK = re.compile(r"^<!-- picture: ([\w-]+) (.+) -->$", re.MULTILINE)
LOOKS = {"light": "desktop", "dark": "dark"}
CODE = re.compile(r"`([^`]+)`")
_ITEM = re.compile(r"(-|\d\.) ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINK = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)")
_LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("source", "srcset"), ("iframe", "src")}
_LEADING = {*_LOADED, ("a", "href")}
_NAMES_NOTHING_TO_LOAD = {"canonical", "alternate", "next", "prev"}


def list_pages() -> dict[Path, Path]:
    """Where each page of the checkout stands in the site."""
    pages = sorted(DOCS.rglob("*.md"))
    return {page.relative_to(CHECKOUT): page.relative_to(DOCS) for page in pages} | OF_THE_ROOT


def place(target: Path) -> Path:
    """Where a file of the checkout stands in the site."""
    if (page := list_pages().get(target)) is not None:
        return page
    if target.parts[0] == "docs" and target.suffix in SHOWN:
        return target.relative_to("docs")
    return Path("files", f"{target}.txt")


def stage(source: Path, pictures: Path | None) -> None:
    """Every page, with what it links to and shows."""
    for page, staged in list_pages().items():
        text = widen(_turn_links(page, staged, source))
        text = MARK.sub(lambda mark, staged=staged: show(mark, staged, source, pictures), text)
        _write(source / staged, text)
    for shown in (path for path in DOCS.rglob("*") if path.suffix in SHOWN):
        _copy(shown, source / shown.relative_to(DOCS))


def widen(text: str) -> str:
    """What stands in an item of a list is indented by four, and ends with an empty line where it has one.

    What builds the site knows nothing else.
    """
    widened = list[str]()
    more, has_parts = 0, False
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        item = _ITEM.match(line)
        if item and has_parts and widened[-1]:
            widened.append("")
        if line and not indent:
            more, has_parts = 4 - len(item[0]) if item else 0, False
        nested = bool(more and indent >= 4 - more)
        has_parts = has_parts or (nested and not widened[-1])
        widened.append(" " * more + line if nested else line)
    return "\n".join(widened)


def _turn_links(page: Path, staged: Path, source: Path) -> str:
    def turn(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / link[2]))
        if not (CHECKOUT / target).exists():
            return link[0]  # the built page is refused for it
        there = place(target)
        if there.parts[0] == "files":
            _copy(CHECKOUT / target, source / there)
        return f"{link[1]}{os.path.relpath(there, staged.parent)}"

    return _LINK.sub(turn, (CHECKOUT / page).read_text(encoding="utf-8"))


def show(mark: re.Match[str], staged: Path, source: Path, pictures: Path | None) -> str:
    if pictures is None:
        return ""
    shown, about = ['<figure markdown="span">'], mark[2].replace("`", "")
    for scheme, look in LOOKS.items():
        there = Path("pictures", f"{mark[1]}-{look}.png")
        if not (pictures / there.name).exists():
            sys.exit(f"{staged} shows {there.name}: `make screenshots` took no such picture")
        _copy(pictures / there.name, source / there)
        address = f"{os.path.relpath(there, staged.parent)}#only-{scheme}"
        shown.append(f"![{about}]({address}){{ loading=lazy width={measure(source / there)} }}")
    caption = CODE.sub(r"<code>\1</code>", mark[2])
    return "\n".join([*shown, f"<figcaption>{caption}</figcaption>", "</figure>"])


def measure(picture: Path) -> int:
    """How wide it is to be shown: those of commands are taken with half as many points again, to be sharp."""
    wide = int.from_bytes(picture.read_bytes()[16:20])
    return round(wide / 1.5) if picture.name.startswith("command-") else wide


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _copy(path: Path, there: Path) -> None:
    there.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, there)


class _Page(HTMLParser):
    """What a page leads to, loads, and may be led to at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.leads_to, self.loads, self.anchors = list[str](), list[str](), {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.anchors |= {told.get("id", ""), told.get("name", "")}
        if told.get("rel") in _NAMES_NOTHING_TO_LOAD:
            return
        self.leads_to += [value for name, value in told.items() if (tag, name) in _LEADING and value]
        self.loads += [value for name, value in told.items() if (tag, name) in _LOADED and value]


def list_faults(html: Path) -> Iterator[str]:
    """What a reader would miss in the built site, and what their browser would fetch from elsewhere."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(html.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(html)
        yield from (f"{name} loads {address}" for address in page.loads if urlsplit(address).netloc)
        for address in dict.fromkeys(page.leads_to):
            if fault := _find_fault(address, path, html, pages):
                yield f"{name} leads to {address}: {fault}"


def _find_fault(address: str, path: Path, html: Path, pages: dict[Path, _Page]) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return ""
    base = html if parts.path.startswith("/") else path.parent
    there = Path(os.path.normpath(base / unquote(parts.path).lstrip("/"))) if parts.path else path
    there = there / "index.html" if there.is_dir() else there
    if not there.exists():
        return "nothing is there"
    missing = there in pages and unquote(parts.fragment) not in pages[there].anchors
    return "no such anchor" if missing and not parts.fragment.startswith("__") else ""


def build(folder: Path, pictures: Path | None) -> list[str]:
    """The site in `folder`/html; what is wrong with it."""
    shutil.rmtree(folder, ignore_errors=True)
    stage(folder / "pages", pictures)
    _copy(DOCS / "zensical.toml", folder / "zensical.toml")
    tool = [sys.executable, "-m", "zensical", "build", "--strict", "-f", "zensical.toml"]
    done = subprocess.run(tool, cwd=folder, capture_output=True, text=True, check=False)
    refused = [_COLOUR.sub("", done.stdout + done.stderr.split("Traceback")[0])] if done.returncode else []
    return [*refused, *list_faults(folder / "html")]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, help="where `make screenshots` put them")
    told = parser.parse_args()
    wrong = build(told.folder.absolute(), told.pictures)
    print("\n".join(wrong) or f"{told.folder}/html/index.html")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
