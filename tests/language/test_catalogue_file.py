from __future__ import annotations

from bot.language import formats
from bot.language.catalogue_file import read_catalogue
from bot.language.spoken import ENGLISH, NAMES
from tests.plugins import catalogue

GERMAN = "nplurals=2; plural=(n != 1);"
WRITTEN = r"""
#: bot/x.py
msgid "Say \"hi\"."
msgstr "Sag \"hallo\"\\."

msgid ""
"First\n"
"then {second}"
msgstr ""
"Erst\n"
"dann {second}"

#, python-brace-format
msgid "{count} test"
msgid_plural "{count} tests"
msgstr[0] "{count} Test"
msgstr[1] "{count} Tests"

msgid "Not yet"
msgstr ""

msgid "half"
msgid_plural "halves"
msgstr[0] "halb"
msgstr[1] ""

#~ msgid "Gone"
#~ msgstr "Fort"
"""


def test_sentences_lines_and_forms_are_read_and_what_is_not_translated_stays() -> None:
    read = read_catalogue(WRITTEN, GERMAN)
    assert read.gettext('Say "hi".') == 'Sag "hallo"\\.'
    assert read.gettext("First\nthen {second}") == "Erst\ndann {second}"
    assert [read.ngettext("{count} test", "{count} tests", count)[8:] for count in (0, 1, 2)] == [
        "Tests",
        "Test",
        "Tests",
    ]
    assert [read.gettext(one) for one in ("Not yet", "Gone", "unknown")] == ["Not yet", "Gone", "unknown"]
    assert read.ngettext("half", "halves", 1) == "half"


def test_it_reads_of_each_language_what_babel_reads() -> None:
    for language in set(NAMES) - {ENGLISH}:
        text = (catalogue.FOLDER / f"{language}.po").read_text(encoding="utf-8")
        read = read_catalogue(text, formats.get_plural_forms(language))
        for message in catalogue.list_messages(catalogue.read_catalogue(language)):
            asked, told = map(catalogue.list_texts, (message.id, message.string))
            if not all(told):
                continue
            said = [read.ngettext(*asked, count) for count in (1, 2)] if len(asked) == 2 else [read.gettext(asked[0])]
            assert said == told
