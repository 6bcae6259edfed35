"""Hostile text: Markdown, HTML, AsciiDoc, CSV and plain text that nest, repeat, lie about sizes or mix encodings."""

from __future__ import annotations

import random
from itertools import product

from tests.hostile_files import TEXT, Make, fixed, flipped, times, truncated

# One run of each makes a regular expression that goes back quadratic, or worse. Each in every format.
RUNS = {
    "spaces": " ",
    "digits": "1",
    "dots": ".",
    "dashes": "-",
    "chapters": "第",
    "brackets": "[",
    "braces": "(",
    "less": "<",
    "stars": "*",
    "underlines": "_",
    "ticks": "`",
    "bars": "|",
    "numbers": "1.",
    "codes": "AL.",
    "e-codes": "E-1",
    "hexes": "0x1",
    "flags": "A_",
    "parts": "A1-",
    "quotes": '"',
    "long vowels": "ー",
    "full stops": "。",
    "letters": "a",
    "wide digits": "１",
    "hashes": "#",
    "colons": "::",
    "slashes": "//",
    "pairs": "{a}",
    "marks": "*a_ ",
    "words": "Err ",
    "anchors": "<a",
    "marks of steps": "1) ",
    "commas": ",",
}
SUFFIXES = ("txt", "md", "html", "adoc", "csv")
_RUN = 200_000  # characters


def slow_files() -> dict[str, Make]:
    """Each run between two words in a line of its own, and as the same many lines; the formats take turns."""
    out: dict[str, Make] = {}
    for at, ((name, piece), suffix) in enumerate(product(RUNS.items(), SUFFIXES)):
        if at % 2:
            out[f"{name} at once.{suffix}"] = times(piece, _RUN // len(piece), "start ", "x end\n")
        else:
            out[f"{name} in lines.{suffix}"] = times(piece * 199 + "x\n", _RUN // (199 * len(piece)))
    return out


def files() -> dict[str, Make]:
    return plain() | comma() | markup() | markdown() | asciidoc()


def noise(count: int) -> Make:
    return lambda chance: chance.randbytes(count)


def plain() -> dict[str, Make]:
    japanese = "第1章 概要\n\nサーボアンプの電源を切る。\n" * 40
    return {
        "one word.txt": times("x", 5_000_000),
        "one line.txt": times("word ", 400_000),
        "too much.txt": times("word word. ", 2_000_000),
        "form feeds.txt": times("\f", 500_000, "a"),
        "lines.txt": times("a\n", 3_000_000),
        "steps.txt": times("1. Turn QS1 off.\n", 250_000),
        "warnings.txt": times("WARNING: hot\n", 6000),
        "one warning.txt": times("hot surface ", 300_000, "WARNING: "),
        "headings.txt": times("1 A\n\n", 300_000),
        "underlines.txt": times("a\n=====\n", 6000),
        "indents.txt": lambda chance: "\n".join(" " * (at % 3000) + "x" for at in range(6000)).encode(),
        "tabs.txt": times("\t", 3_000_000, "a", "b"),
        "blank.txt": times(" \n", 100_000),
        "marks only.txt": fixed(b"\xef\xbb\xbf"),
        "odd utf-16.txt": fixed(b"\xff\xfe" + "電源を切る。".encode("utf-16-le") + b"\x30"),
        "surrogates.txt": fixed(b"\xff\xfe" + b"\x00\xd8" * 50 + "電源".encode("utf-16-le")),
        "utf-32.txt": fixed(TEXT.encode("utf-32")),
        "utf-7.txt": fixed("電源を切る。".encode("utf-7")),
        "mixed.txt": fixed(japanese.encode("utf-8") + japanese.encode("cp932") + japanese.encode("euc_jp")),
        "escapes.txt": fixed(b"\x1b$B" + b"E;8;" * 40 + b"\x1b$\x1b(B\x1b$Z" * 30),
        "overlong.txt": fixed(b"\xc0\xaf" * 200),
        "nulls.txt": times(b"a\0b", 30_000),
        "null at end.txt": fixed(TEXT.encode() + b"\0"),
        "only nulls.txt": times(b"\0", 9_999),
        "controls.txt": fixed(bytes(range(1, 32)) * 90),
        "right to left.txt": fixed("\u202e" * 4000 + TEXT),
        "zero width.txt": times("\u200b\u200d", 300_000, "a", "b"),
        "accents.txt": times("e" + "\u0301" * 5000, 60),
        "private.txt": times("\ue000\uf8ff", 50_000),
        "noise.txt": noise(60_000),
        "noise.csv": noise(60_000),
        "noise.md": noise(60_000),
        "noise.html": noise(60_000),
        "noise.adoc": noise(60_000),
        "much noise.txt": noise(5_000_000),
        "cut.txt": truncated(fixed(japanese), 0.503),
        "flipped.txt": flipped(fixed(japanese), 0.02),
        "flipped sjis.txt": flipped(fixed(japanese.encode("cp932")), 0.02),
    }


def comma() -> dict[str, Make]:
    return {
        "one line of 100 MB.csv": times("cell,", 20_000_000),
        "one cell of 100 MB.csv": times("x", 100_000_000, "a,b\n"),
        "open quote.csv": times("a,b\n", 500_000, 'No,Text\n1,"'),
        "quotes.csv": times('"', 1_000_001, "a,"),
        "wide.csv": times("a,", 300_000, "", "\n"),
        "wide rows.csv": times("a," * 3000 + "\n", 1500),
        "endless.csv": times("AL.1,Overheat,Clean the fan\n", 1_000_000, "Code,Name,Remedy\n"),
        "rows.csv": times("AL.1,Overheat,Clean the fan\n", 6000, "Code,Name,Remedy\n"),
        "separators.csv": fixed("a,b;c\td|e\n;;;,,,\t\t\t|||\n" * 400),
        "nulls.csv": times(b"a,\0,b\n", 3000),
        "only commas.csv": times(",", 2_000_000),
        "formulas.csv": fixed("=cmd|' /C calc'!A0,=1+1\n@SUM(A1),+1\n" * 9),
        "long names.csv": times("Code", 100_000, "", ",b\n1,2\n3,4\n"),
        "returns.csv": times("a,b\r", 6000),
        "turns.tsv": times("a\tb\n", 6000, "\t" * 9000),
    }


def markup() -> dict[str, Make]:
    def nested(tag: str, count: int) -> Make:
        return lambda chance: (f"<{tag}>" * count + "Turn QS1 off." + f"</{tag}>" * count).encode()

    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    row = '<tr><td colspan="1000000000" rowspan="1000000000">a</td></tr>'
    return {
        "divs.html": nested("div", 100_000),
        "spans.html": nested("span", 100_000),
        "lists.html": nested("ul><li", 30_000),
        "tables.html": nested("table><tr><td", 5000),
        "some divs.html": nested("div", 400),
        "bolds.html": nested("b", 2000),
        "open divs.html": times("<div>a", 100_000),
        "open paragraphs.html": times("<p>", 300_000),
        "closes.html": times("</div>", 300_000, "a"),
        "spans.xhtml": times(row, 300, "<table>", "</table>"),
        "wide span.html": fixed(f"<table>{row}<tr><th>b</th></tr></table>"),
        "negative span.html": fixed('<table><tr><td colspan="-5" rowspan="²">a</td><td>b</td></tr></table>'),
        "columns.html": times("<td>a</td>", 60_000, "<table><tr>", "</tr></table>"),
        "rows.html": times("<tr><td>a<td>b", 6000, "<table>"),
        "spanned rows.html": times('<tr><td rowspan="60000" colspan="50">a', 4000, "<table>"),
        "attributes.html": times(' a="b"', 200_000, "<p", ">text</p>"),
        "comments.html": times("<!--", 100_000, "a"),
        "titles.html": times("<title>", 60_000, "<p>text</p>"),
        "declarations.html": times("<![", 100_000, "a"),
        "entities.html": times("&amp;", 500_000),
        "numbers.html": times("&#99999999;&#0;&#xD800;", 30_000),
        "entity.html": times("&", 500_000),
        "laughs.html": fixed(f'<!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><p>&l11; text</p>'),
        "scripts.html": times("<script>", 100_000, "a"),
        "styles.html": times("<style>", 50_000, "<p>a</p>"),
        "cdata.html": times("<![CDATA[a]]>", 50_000, "<p>b</p>"),
        "questions.html": times("<?", 100_000, "a"),
        "quotes.html": times("<a href='", 50_000, "a"),
        "charset.html": fixed(b'<meta charset="rot13"><p>Turn QS1 off \xe9.</p>'),
        "hex charset.html": fixed(b"<meta charset=hex><p>\xff\xfe\x80</p>"),
        "list start.html": fixed(f'<ol start="{"9" * 5000}"><li>a</ol>'),
        "breaks.html": times("<br>", 300_000, "<p>a", "b</p>"),
        "warnings.html": nested('div class="warning"', 300),
        "warning boxes.html": nested('div class="warning"', 60_000),
        "pre.html": times("x", 3_000_000, "<pre>", "</pre>"),
        "cut.html": truncated(times("<table><tr><td>a</td></tr></table>", 300), 0.777),
        "nothing.html": fixed("<html><head><script>a</script></head></html>"),
    }


def markdown() -> dict[str, Make]:
    return {
        "lists.md": lambda chance: "".join("  " * at + "- a\n" for at in range(2000)).encode(),
        "dashes.md": times("- ", 20_000, "", "a\n"),
        "quotes.md": times(">", 30_000, "", " a\n"),
        "quoted lists.md": times("> - ", 5000, "", "a\n"),
        "numbers.md": times("1. ", 20_000, "", "a"),
        "links.md": times("[", 50_000, "", "a"),
        "link.md": times("[a](", 50_000),
        "pictures.md": times("![", 50_000, "", "a"),
        "open links.md": times("[a](<b", 40_000),
        "ticks.md": lambda chance: "".join("e" + "`" * at for at in range(1500)).encode(),
        "stars.md": times("*a **b ", 30_000),
        "unders.md": times("_a __a ", 30_000),
        "marks.md": times("**a *b ", 20_000, "", "c*" * 20_000),
        "tables.md": times("|a", 20_000, "", "|\n" + "|-" * 20_000 + "|\n"),
        "references.md": times("[a]: b\n", 50_000, "", "[a]\n"),
        "wide table.md": times("|a|b|\n", 6000, "|x|y|\n|-|-|\n"),
        "html.md": times("<div>\n", 50_000),
        "comments.md": times("a <!--", 40_000),
        "entities.md": times("&lt", 100_000),
        "front.md": times("title: a\n", 100_000, "---\n"),
        "fences.md": times("```\n", 100_001),
        "declarations.md": times("a <!A ", 40_000),
        "instructions.md": times("a<?", 60_000),
        "cdata.md": times("a <![CDATA[", 40_000),
        "backslashes.md": times("\\", 200_001),
        "autolinks.md": times("<http:", 60_000),
        "headings.md": times("# a\n", 250_000),
        "setext.md": times("a\n", 60_000, "", "===\n"),
        "alerts.md": times("> [!WARNING]\n", 30_000, "", "> hot\n"),
        "number.md": fixed("9" * 5000 + ". a\n\n999999999. b\n"),
        "bars.md": times("| a | b |\n", 6000),
        "comma rows.md": times('"a","b"\n', 6000, '"x","y"\n'),
        "tabs.md": times("\t", 30_000, "- ", "a"),
    }


def asciidoc() -> dict[str, Make]:
    def laughs(chance: random.Random) -> bytes:
        return (
            ":l0: ha\n" + "".join(f":l{n}: {f'{{l{n - 1}}}' * 10}\n" for n in range(1, 12)) + "\n= T\n\n{l11}\n"
        ).encode()

    def containers(chance: random.Random) -> bytes:
        return "\n".join(
            ["=" * (4 + at) for at in range(600)] + ["text"] + ["=" * (603 - at) for at in range(600)]
        ).encode()

    return {
        "laughs.adoc": laughs,
        "containers.adoc": containers,
        "include itself.adoc": times("include::include itself.adoc[]\n", 30_000, "= T\n\na\n\n"),
        "include a file.adoc": fixed(
            "= T\n\ninclude::/etc/passwd[]\n\ninclude::../../secret.txt[]\n\ninclude::http://127.0.0.1/[]\n\na\n"
        ),
        "times.adoc": fixed("|===\n1000000000*|a\n|===\n\nb\n"),
        "columns.adoc": fixed('[cols="999999999*"]\n|===\n|a |b\n|===\n'),
        "many columns.adoc": fixed('[cols="99999999999"]\n|===\n|a |b\n|===\n'),
        "more columns.adoc": fixed("[cols=" + "9*," * 60_000 + "]\n|===\n|a\n|===\n"),
        "spans.adoc": times("999999999.999999999+|a ", 5000, "|===\n", "\n|===\n"),
        "cells.adoc": times("|a\n", 6000, "|===\n", "|===\n"),
        "open table.adoc": times("|a\n", 60_000, "|===\n"),
        "nested tables.adoc": times("a|", 5000, "|===\n", "\n|===\n"),
        "cell in cell.adoc": times("|===\n|a\n!===\n!b\n", 3000),
        "conditions.adoc": times("ifdef::a[]\n", 60_000, "a\n\n", "endif::[]\n"),
        "endifs.adoc": times("endif::[]\n", 60_000, "a\n"),
        "comment.adoc": times("a\n", 60_000, "////\n"),
        "attributes.adoc": times("[a]\n", 60_000, "", "b\n"),
        "titles.adoc": times(".title\n", 60_000, "", "b\n"),
        "terms.adoc": times("a::\n", 6000, "", "b\n"),
        "continued.adoc": times(":a: b \\\n", 60_000),
        "plus.adoc": times("+\n", 60_000, "* a\n"),
        "lists.adoc": times("* a\n** b\n*** c\n. d\n", 2000),
        "start.adoc": fixed(f"[start={'9' * 6000}]\n. a\n. b\n"),
        "unders.adoc": times("a\n-\n", 6000),
        "passthrough.adoc": times("<div>", 60_000, "++++\n"),
        "marks.adoc": times("*a _b `c +d ", 1500),
        "links.adoc": times("https://a[", 1500),
        "macros.adoc": times("menu:a[b", 2000),
        "pluses.adoc": times("`+a", 6000),
    }
