"""Usage: what a wrongly typed command is told in Japanese. English is what typer says itself."""

from __future__ import annotations

import re
import sys
from typing import Any

import typer

_KNOWN = (
    (r"Missing argument '?([^'.]+)'?\.?", "引数 {0} を指定してください。"),
    (r"Missing option '?([^'.]+)'?\.?", "オプション {0} を指定してください。"),
    (r"No such command '([^']+)'\.?", "{0} というコマンドはありません。"),
    (r"No such option: ([^ ]+)", "{0} というオプションはありません。"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "余分な引数があります: {0}"),
    (r"Option '([^']+)' requires an argument\.?", "オプション {0} には値が必要です。"),
    (r"Option '([^']+)' requires (\d+) arguments\.?", "オプション {0} には値が {1} 個必要です。"),
    (r"Option '([^']+)' does not take a value\.?", "オプション {0} に値は指定できません。"),
    (r"Invalid value for '([^']+)': (.*)", "{0} の値が正しくありません: {1}"),
)
_HINT = re.compile(r"(?:Did you mean|Possible options?:?) ?(.+?)\)?\??$")


def in_japanese(message: str) -> str:
    """A message of typer's in Japanese with what it suggests; one that is not known stays as it is."""
    for pattern, said in _KNOWN:
        found = re.match(pattern, message, re.DOTALL)
        if found:
            hint = _HINT.search(message[found.end() :])
            more = f"もしかして: {hint[1]}" if hint else ""
            return said.format(*found.groups()) + more
    return message


def run(command: Any) -> int:
    """Run the click ``command``, wrong usage told in Japanese; the exit code."""
    try:
        code = command(prog_name="andon", standalone_mode=False)
    except typer.Abort:
        print("andon: 中止しました。", file=sys.stderr)
        return 1
    except Exception as failure:
        if not hasattr(failure, "format_message"):
            raise
        context = getattr(failure, "ctx", None)
        if type(failure).__name__ == "NoArgsIsHelpError":  # its message is the help
            print(failure.format_message())
            return int(getattr(failure, "exit_code", 2))
        print(f"andon: {in_japanese(failure.format_message())}", file=sys.stderr)
        if context is not None:
            print(f"  使い方は {context.command_path} --help で確かめられます。", file=sys.stderr)
        return int(getattr(failure, "exit_code", 2))
    return code if isinstance(code, int) else 0
