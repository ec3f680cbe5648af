from __future__ import annotations

import io
import zipfile

from bot.commands.artifacts.zip_files import ZipItem, sanitise_path, zip_files
from tests.plugins.each_case import each_case


def _names(*items: ZipItem) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(zip_files(items))).namelist()


@each_case(
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
    assert sanitise_path(path) == name


def test_a_name_keeps_its_ending_when_it_is_too_long() -> None:
    assert sanitise_path(f"{'x' * 300}.txt") == f"{'x' * 116}.txt"


def test_each_node_has_a_folder_where_there_are_several() -> None:
    assert _names(ZipItem("a.txt", 0, b"0"), ZipItem("a.txt", 1, b"1")) == ["node-0/a.txt", "node-1/a.txt"]
    assert _names(ZipItem("a.txt", 3, b"0"), ZipItem("b.txt", 3, b"1")) == ["a.txt", "b.txt"]


def test_what_would_become_one_name_stays_two() -> None:
    items = [
        ZipItem("x/a.txt", 0, b"0"),
        ZipItem("/x/A.txt", 0, b"1"),
        ZipItem("x/../x/.env", 0, b"2"),
        ZipItem("x/.env", 0, b"3"),
    ]
    assert _names(*items) == ["x/a.txt", "x/A (2).txt", "x/x/.env", "x/.env"]
    assert _names(ZipItem(".env", 0, b"0"), ZipItem("./.env", 0, b"1")) == [".env", ".env (2)"]


def test_the_same_files_make_the_same_bytes() -> None:
    item = ZipItem("a.txt", 0, b"text" * 1000)
    packed = zip_files([item])
    assert packed == zip_files([item])
    assert zipfile.ZipFile(io.BytesIO(packed)).read("a.txt") == item.content
    assert len(packed) < 1000
