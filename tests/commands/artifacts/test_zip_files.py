from __future__ import annotations

import io
import zipfile

import pytest

from bot.commands.artifacts.zip_files import Item, safe, zipped


def _names(*items: Item) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(zipped(items))).namelist()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("coverage/index.html", "coverage/index.html"),
        ("/etc/passwd", "etc/passwd"),
        ("../../home/x", "home/x"),
        ("a/../../b", "a/b"),
        ("..\\..\\windows\\x.exe", "windows/x.exe"),
        ("C:\\x", "C_/x"),
        ("a\x00b\n?.txt", "a_b__.txt"),
        ("dots. /x...", "dots/x"),
        ("...", "_"),
        ("", "file"),
        ("./", "file"),
    ],
)
def test_a_name_stays_in_its_folder_and_suits_every_system(path: str, name: str) -> None:
    assert safe(path) == name


def test_a_name_keeps_its_ending_when_it_is_too_long() -> None:
    assert safe(f"{'x' * 300}.txt") == f"{'x' * 116}.txt"


def test_each_node_has_a_folder_where_there_are_several() -> None:
    assert _names(Item("a.txt", 0, b"0"), Item("a.txt", 1, b"1")) == ["node-0/a.txt", "node-1/a.txt"]
    assert _names(Item("a.txt", 3, b"0"), Item("b.txt", 3, b"1")) == ["a.txt", "b.txt"]


def test_what_would_become_one_name_stays_two() -> None:
    items = [Item("x/a.txt", 0, b"0"), Item("/x/A.txt", 0, b"1"), Item("x/../x/.env", 0, b"2"), Item("x/.env", 0, b"3")]
    assert _names(*items) == ["x/a.txt", "x/A (2).txt", "x/x/.env", "x/.env"]
    assert _names(Item(".env", 0, b"0"), Item("./.env", 0, b"1")) == [".env", ".env (2)"]


def test_the_same_files_make_the_same_bytes() -> None:
    item = Item("a.txt", 0, b"text" * 1000)
    packed = zipped([item])
    assert packed == zipped([item])
    assert zipfile.ZipFile(io.BytesIO(packed)).read("a.txt") == item.content
    assert len(packed) < 1000
