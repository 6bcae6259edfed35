"""WrittenErrors: what errors of ours say in the source: each message and remedy as it is written, its places as {}."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("index", "edge", "assistant", "training", "ui")
BASES = {"IndexFailed", "EdgeFailed", "AssistantFailed", "TrainingFailed"}
Part = Literal["message", "remedy"]
PLACE = "{}"


@dataclass(frozen=True)
class Written:
    """A text of an error and where it stands; ``text`` is None where the source does not tell it."""

    text: str | None
    where: str
    source: str


@cache
def written(part: Part) -> tuple[Written, ...]:
    """Every text of that part, of every error raised or made on any floor."""
    modules = {file: ast.parse(file.read_text(encoding="utf-8")) for floor in FLOORS for file in _files(floor)}
    errors = _errors(modules.values())
    found = []
    for file, module in modules.items():
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            given = _argument(call, part) if _named(call.func) in errors else None
            if given is None:
                continue
            where = f"{file.relative_to(ROOT)}:{call.lineno}"
            texts = list(_Texts(file, modules).of(given))
            found += [Written(text, where, ast.unparse(given)) for text in texts or [None]]
    return tuple(found)


def _files(floor: str) -> list[Path]:
    return sorted((ROOT / floor).rglob("*.py"))


def _errors(modules: object) -> set[str]:
    """Names of the classes below BASES."""
    above: dict[str, set[str]] = {}
    for module in modules:  # type: ignore[attr-defined]
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                above.setdefault(node.name, set()).update(_named(base) for base in node.bases)
    errors, grown = set(BASES), 0
    while grown != len(errors):
        grown = len(errors)
        errors |= {name for name, bases in above.items() if bases & errors}
    return errors


def _named(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _argument(call: ast.Call, part: Part) -> ast.expr | None:
    at = ("message", "remedy").index(part)
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    if len(call.args) > at:
        return call.args[at]
    return next((one.value for one in call.keywords if one.arg == part), None)


class _Texts:
    """What an expression of one module may come to, as texts."""

    def __init__(self, file: Path, modules: dict[Path, ast.Module]) -> None:
        self._file, self._modules = file, modules
        self._seen: set[tuple[Path, str]] = set()

    def of(self, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.Constant):
            yield from [node.value] if isinstance(node.value, str) else []
        elif isinstance(node, ast.JoinedStr):
            yield "".join(one.value if isinstance(one, ast.Constant) else PLACE for one in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.IfExp):
            yield from (*self.of(node.body), *self.of(node.orelse))
        elif isinstance(node, ast.BoolOp):
            for one in node.values:
                yield from self.of(one)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "strip":
            yield from self.of(node.func.value)
        elif isinstance(node, ast.Name) and (self._file, node.id) not in self._seen:
            self._seen.add((self._file, node.id))
            yield from self._assigned(node.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from self._returned(node.func.id)

    def _assigned(self, name: str) -> Iterator[str]:
        """Values that a name is given anywhere in the module, or in the one that it is imported from; of a parameter
        what the module's own calls pass for it."""
        for node in ast.walk(self._modules[self._file]):
            if (isinstance(node, ast.Assign) and any(_named(one) == name for one in node.targets)) or (
                isinstance(node, ast.AnnAssign) and _named(node.target) == name and node.value is not None
            ):
                yield from self.of(node.value)
            elif isinstance(node, ast.ImportFrom) and node.module and any(one.name == name for one in node.names):
                home = ROOT.joinpath(*node.module.split("."))
                for file in (home.with_suffix(".py"), home / "__init__.py"):
                    if file in self._modules:
                        yield from _Texts(file, self._modules).of(ast.Name(name))
            elif isinstance(node, ast.FunctionDef) and name in (names := [one.arg for one in node.args.args]):
                yield from self._passed(node.name, name, names.index(name) - (names[0] in ("self", "cls")))

    def _passed(self, function: str, name: str, at: int) -> Iterator[str]:
        for node in ast.walk(self._modules[self._file]):
            if isinstance(node, ast.Call) and _named(node.func) == function:
                passed = [*node.args[at : at + 1], *(one.value for one in node.keywords if one.arg == name)]
                for value in passed:
                    yield from self.of(value)

    def _returned(self, function: str) -> Iterator[str]:
        for node in ast.walk(self._modules[self._file]):
            if isinstance(node, ast.FunctionDef) and node.name == function:
                for back in (one for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None):
                    yield from self.of(back.value)
