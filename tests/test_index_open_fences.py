"""Code blocks that nobody closed: what follows them is text again, and what is closed stays as it is."""

from __future__ import annotations

import pytest

from index.manuals.markdown import blocks_of_markdown
from index.manuals.open_fences import with_closed_fences

TWO_OPEN = """# Display messages

## Belt slack

```text
W-44 at station 2

# BELT: slack side above limit.

This is shown when the belt has stretched by more than four millimetres.

## Door switch

```text
W-45 at station 2

Close the door of the cabinet and press the reset key twice.
"""


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text.split("\n")[0]) for block in blocks_of_markdown(text)]


def test_text_and_headings_after_open_blocks_are_no_code() -> None:
    assert kinds(TWO_OPEN) == [
        ("heading", "Display messages"),
        ("heading", "Belt slack"),
        ("code", "W-44 at station 2"),
        ("paragraph", "This is shown when the belt has stretched by more than four millimetres."),
        ("heading", "Door switch"),
        ("code", "W-45 at station 2"),
        ("paragraph", "Close the door of the cabinet and press the reset key twice."),
    ]


def test_a_line_that_looks_like_a_comment_stays_in_the_code() -> None:
    code = next(block.text for block in blocks_of_markdown(TWO_OPEN) if block.kind == "code")
    assert "# BELT: slack side above limit." in code


def test_a_japanese_sentence_ends_an_open_block() -> None:
    text = "## 停止\n\n```text\nE-12 ST2\n\nベルトが4ミリ以上伸びたときに表示されます。\n"
    assert kinds(text)[-1] == ("paragraph", "ベルトが4ミリ以上伸びたときに表示されます。")


@pytest.mark.parametrize(
    "text",
    [
        "A\n\n```sh\nls\n\n## kept as code, for the block is closed\n```\n\nB\n",
        "~~~\na\n\nThis line would be a sentence outside of any code block.\n~~~\n",
        "````text\n```sh\nls\n```\n````\n",  # the inner marks are fewer
        "```markdown\n## Heading\n\n```sh\nls\n```\n",  # shows what a block looks like
        "```sh\nls\n\ncd /\n",  # open, but all of it is code
        "No code at all.\n",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert with_closed_fences(text) == text


def test_an_open_block_in_a_list_is_closed_as_deep_as_it_began() -> None:
    text = "1. Run:\n\n   ```sh\n   ls\n\n   ```sh\n   cd /\n   ```\n\n2. Press the start key.\n"
    assert [kind for kind, _ in kinds(text)] == ["step", "code", "code", "step"]
