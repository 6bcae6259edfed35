"""TOML files: recipes, tasks and lists of words, opened in one place and refused in the same words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from training.errors import RecipeInvalid, TrainingFailed

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BUNDLED = "The bundled ones lie in training/recipes."


def read_toml(path: Path, failed: type[TrainingFailed] = RecipeInvalid) -> dict[str, Any]:
    """The tables of ``path``. Raises ``failed`` for a file that is not there, cannot be read, or is no TOML."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise failed(f"No recipe {path}.", BUNDLED, "file") from None
    except OSError as reason:
        raise failed(f"{path} cannot be read: {reason.strerror}.", "Name a file that may be read.", "file") from None
    except UnicodeDecodeError as reason:
        line = reason.object[: reason.start].count(b"\n") + 1
        raise failed(f"{path}, line {line} is not UTF-8.", "Save the file in that encoding.", "toml") from None
    except tomllib.TOMLDecodeError as reason:
        remedy = 'A line is key = "text", key = 1 or [table]; in paths write / for \\.'
        raise failed(f"{path} is not TOML: {reason}.", remedy, "toml") from None
