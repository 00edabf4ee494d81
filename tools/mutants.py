"""The small faults that `tools.mutation` makes in a module, one at a time, each as an edit of its syntax tree."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

import msgspec


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: what replaces what, where."""

    file: str
    line: int
    text: str
    """The line where it stands, stripped: what survivors are known by, since lines move."""
    mutation: str
    statement: int
    """First line of the statement that it stands in."""
    function: int | None
    """Line of the outermost function in whose body it stands, its decorators included; None for a declaration."""
    parent: Any
    field: str
    index: int | None
    value: Any

    @property
    def key(self) -> tuple[str, str, str]:
        """What survivors are known by."""
        return self.file, self.text, self.mutation

    def apply(self) -> None:
        """Make the edit in the tree; nothing unmakes it, whoever applies works in a process of their own."""
        if self.index is None:
            setattr(self.parent, self.field, self.value)
        elif self.value is None:
            del getattr(self.parent, self.field)[self.index]
        else:
            getattr(self.parent, self.field)[self.index] = self.value


COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Assert, ast.Pass)
"""An assertion narrows a type: what it states is never false."""
SIMPLE = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break)
"""Statements whose removal says something; without an assignment, the next line stops at once."""


def mutants_of(path: Path, root: Path) -> tuple[ast.Module, tuple[Mutant, ...]]:
    """The tree of a module and every fault that can be made in it."""
    source = path.read_text()
    tree = ast.parse(source)
    return tree, tuple(_told_apart(_Search(str(path.relative_to(root)), source.splitlines()).of_module(tree)))


def _told_apart(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    """Two faults of one name on one line are numbered."""
    met = Counter[tuple[int, str]]()
    for each in mutants:
        met[each.line, each.mutation] += 1
        number = met[each.line, each.mutation]
        yield each if number == 1 else msgspec.structs.replace(each, mutation=f"{each.mutation} ({number})")


class _Search:
    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.statement = 0
        self.function: int | None = None

    def of_module(self, tree: ast.Module) -> Iterator[Mutant]:
        for index, _ in enumerate(tree.body):
            yield from self._statement(tree, "body", index)

    def _statement(self, parent: ast.AST, field: str, index: int) -> Iterator[Mutant]:
        node: ast.stmt = getattr(parent, field)[index]
        if isinstance(node, UNTOUCHED) or _is_text_alone(node):
            return
        outer, within = self.statement, self.function
        self.statement = node.lineno
        if self.function is not None and isinstance(node, SIMPLE):
            yield self._mutant(parent, field, index, node, ast.Pass(), f"retirer `{_short(node)}`")
        if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
            yield self._mutant(node, "value", None, node, ast.Constant(None), f"`{_short(node)}` → `return None`")
        yield from self._condition(node)
        if isinstance(node, ast.FunctionDef):
            yield from self._function(node)
        elif isinstance(node, ast.ClassDef):
            yield from self._methods(node)
        else:
            yield from self._children(node)
        self.statement, self.function = outer, within

    def _function(self, node: ast.FunctionDef) -> Iterator[Mutant]:
        for index, _ in enumerate(node.decorator_list):
            yield from self._expression(node, "decorator_list", index)
        yield from self._children(node.args)
        outer = self.function
        if outer is None:
            self.function = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        for index, _ in enumerate(node.body):
            yield from self._statement(node, "body", index)
        self.function = outer

    def _methods(self, node: ast.ClassDef) -> Iterator[Mutant]:
        """Values of members, and code of methods; bases and options of the class are left alone."""
        for index, _ in enumerate(node.body):
            yield from self._statement(node, "body", index)

    def _children(self, node: ast.AST) -> Iterator[Mutant]:
        """Whatever is under a node, without annotations; a literal day is changed as a whole."""
        if isinstance(node, ast.Call) and _day(node) is not None:
            return
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "ctx", "op", "ops"}:
                continue
            if isinstance(value, list):
                for index, each in enumerate(value):
                    if isinstance(each, ast.stmt):
                        yield from self._statement(node, field, index)
                    elif isinstance(each, ast.match_case):
                        yield from self._case(node, field, index, each)
                    elif isinstance(each, ast.AST):
                        yield from self._expression(node, field, index)
            elif isinstance(value, ast.AST):
                yield from self._expression(node, field, None)

    def _case(self, parent: ast.AST, field: str, index: int, node: ast.match_case) -> Iterator[Mutant]:
        if index < len(getattr(parent, field)) - 1:
            yield self._mutant(parent, field, index, node.pattern, None, f"retirer `case {_short(node.pattern)}`")
        if node.guard is not None:
            yield from self._expression(node, "guard", None)
        for at, _ in enumerate(node.body):
            yield from self._statement(node, "body", at)

    def _condition(self, node: ast.AST) -> Iterator[Mutant]:
        test = getattr(node, "test", None)
        if isinstance(test, ast.Name | ast.Attribute | ast.Call):
            negated = ast.UnaryOp(ast.Not(), test)
            yield self._mutant(node, "test", None, test, negated, f"`{_short(test)}` → `not {_short(test)}`")

    def _expression(self, parent: ast.AST, field: str, index: int | None) -> Iterator[Mutant]:
        value = getattr(parent, field)
        node: ast.AST = value if index is None else value[index]
        for changed in self._changes(node):
            yield self._mutant(parent, field, index, node, changed, _told(node, changed))
        if isinstance(node, ast.IfExp):
            yield from self._condition(node)
        if isinstance(node, ast.comprehension):
            for at, kept in enumerate(node.ifs):
                yield self._mutant(node, "ifs", at, kept, None, f"retirer `if {_short(kept)}`")
        yield from self._children(node)

    def _changes(self, node: ast.AST) -> Iterator[ast.expr]:
        match node:
            case ast.Constant(value=value):
                yield from (ast.Constant(other) for other in _other_constants(value))
            case ast.Compare(ops=ops):
                for at, op in enumerate(ops):
                    for other in COMPARISONS[type(op)]:
                        yield _with(node, ops=[*ops[:at], other(), *ops[at + 1 :]])
            case ast.BoolOp(op=op):
                yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                yield operand
            case ast.BinOp(op=arithmetic) if type(arithmetic) in ARITHMETIC:
                yield _with(node, op=ARITHMETIC[type(arithmetic)]())
            case ast.JoinedStr(values=values):
                for at, part in enumerate(values):
                    if isinstance(part, ast.FormattedValue):
                        yield _with(node, values=[*values[:at], *values[at + 1 :]])
            case ast.Call():
                yield from _other_calls(node)
            case ast.Set(elts=parts) | ast.Tuple(elts=parts, ctx=ast.Load()) | ast.List(elts=parts, ctx=ast.Load()):
                if len(parts) > 1:
                    yield from (_with(node, elts=[*parts[:at], *parts[at + 1 :]]) for at, _ in enumerate(parts))
            case _:
                return

    def _mutant(
        self, parent: ast.AST, field: str, index: int | None, node: ast.AST, value: ast.AST | None, mutation: str
    ) -> Mutant:
        line = getattr(node, "lineno", self.statement)
        if value is not None:
            ast.copy_location(value, node)
            ast.fix_missing_locations(value)
        return Mutant(
            file=self.file,
            line=line,
            text=self.lines[line - 1].strip(),
            mutation=mutation,
            statement=self.statement,
            function=self.function,
            parent=parent,
            field=field,
            index=index,
            value=value,
        )


def _other_constants(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str):
        yield "" if value else "XX"


def _other_calls(node: ast.Call) -> Iterator[ast.expr]:
    if isinstance(node.func, ast.Name) and node.func.id in NAMES:
        yield _with(node, func=ast.copy_location(ast.Name(NAMES[node.func.id], ast.Load()), node.func))
    day = _day(node)
    if day is not None:
        other = day.replace(day=day.day + 1 if day.day < 28 else day.day - 1)
        yield _with(node, args=[ast.Constant(part) for part in (other.year, other.month, other.day)])
    for at, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _with(node, keywords=[*node.keywords[:at], *node.keywords[at + 1 :]])


def _day(node: ast.Call) -> date | None:
    named = isinstance(node.func, ast.Name) and node.func.id == "date"
    parts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, int)]
    return date(*parts) if named and len(parts) == 3 else None


def _with(node: ast.expr, **changes: Any) -> Any:
    changed = copy(node)
    for field, value in changes.items():
        setattr(changed, field, value)
    return changed


def _told(node: ast.AST, changed: ast.expr) -> str:
    """What the fault is; of something taken out of a long list, only that."""
    for field in ("keywords", "values", "elts"):
        before, after = (getattr(each, field, None) for each in (node, changed))
        if isinstance(before, list) and isinstance(after, list) and len(after) < len(before):
            (gone,) = (each for each in before if not any(each is kept for kept in after))
            of = f" de `{_short(node.func)}`" if isinstance(node, ast.Call) else ""
            return f"retirer `{_short(gone.value if isinstance(gone, ast.FormattedValue) else gone)}`{of}"
    return f"`{_short(node)}` → `{_short(changed)}`"


def _is_text_alone(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split()).replace("`", "'")
    return text if len(text) <= 90 else f"{text[:60]}…{text[-28:]}"
