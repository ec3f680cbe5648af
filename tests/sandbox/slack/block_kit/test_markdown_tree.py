from __future__ import annotations

from sandbox.slack.block_kit.markdown_tree import add_markdown_trees, parse_markdown


def test_a_markdown_block_brings_its_tree_to_the_page_and_keeps_none_itself() -> None:
    inner = {"type": "markdown", "text": "# Red"}
    blocks = [{"type": "container", "child_blocks": [inner]}]
    shown = add_markdown_trees(blocks)[0]["child_blocks"][0]
    assert [(node["type"], node["tag"]) for node in shown["tree"]] == [("heading", "h1")]
    assert "tree" not in inner


def test_html_in_markdown_is_text() -> None:
    [paragraph] = parse_markdown("<b>no</b>")
    assert [node["text"] for node in paragraph["children"]] == ["<b>no</b>"]


def test_an_escaped_character_stays_apart_from_the_words_around_it() -> None:
    [paragraph] = parse_markdown(r"\<@U0ADA> &lt;")
    assert [node["type"] for node in paragraph["children"]] == ["text_special", "text", "text_special"]
