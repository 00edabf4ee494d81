"""Which fields of a stored type are personal, and where they stand in its JSON."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

import msgspec
import msgspec.inspect

from domain.envelope import ERASED, PERSONAL

SEALED: Final = "sealed"
SEALED_FIELDS: Final = "sealed_fields"
PERSON: Final = "person"

Visit = Callable[[dict[str, Any], "StructPlan", str], None]


class PersonalFieldsMisplaced(TypeError):
    """A type marks fields as personal in a way that cannot be sealed or erased."""


class Node(Protocol):
    """A part of a type that holds personal fields somewhere below; `shape` is its JSON kind, None for a union."""

    shape: type[Any] | None

    def walk(self, value: Any, path: str, visit: Visit, *, outer_first: bool) -> None: ...


def _has_shape(value: Any, shape: type[Any], path: str, *, outer_first: bool) -> bool:
    """While closing, an unforeseen shape would leave something open: it is refused; decoding reports it later."""
    if type(value) is shape:
        return True
    if outer_first:
        return False
    raise TypeError(f"cannot seal {path}: a {type(value).__name__} where a {shape.__name__} was foreseen")


class StructPlan:
    """Where a Struct keeps its own personal fields and those of the Structs below it."""

    shape: type[Any] | None = dict

    def __init__(self, name: str) -> None:
        self.name = name
        self.blanks: dict[str, Any] = {}
        self.children: list[tuple[str, Node]] = []

    def walk(self, value: Any, path: str, visit: Visit, *, outer_first: bool) -> None:
        if not _has_shape(value, dict, path, outer_first=outer_first):
            return
        if self.blanks and outer_first:
            visit(value, self, path)
        for name, child in self.children:
            below = value.get(name)
            if below is not None:
                child.walk(below, path + step(name), visit, outer_first=outer_first)
        if self.blanks and not outer_first:
            visit(value, self, path)


class Items:
    """The items of an array; `nodes` by place for a fixed tuple, one for all otherwise."""

    shape: type[Any] | None = list

    def __init__(self, nodes: tuple[Node | None, ...], *, repeated: bool) -> None:
        self.nodes = nodes
        self.repeated = repeated

    def walk(self, value: Any, path: str, visit: Visit, *, outer_first: bool) -> None:
        if not _has_shape(value, list, path, outer_first=outer_first):
            return
        for index, item in enumerate(value):
            node = self.nodes[0] if self.repeated else self.nodes[index] if index < len(self.nodes) else None
            if node is not None and item is not None:
                node.walk(item, f"{path}[{index}]", visit, outer_first=outer_first)


class Values:
    """The values of an object whose names are free."""

    shape: type[Any] | None = dict

    def __init__(self, node: Node) -> None:
        self.node = node

    def walk(self, value: Any, path: str, visit: Visit, *, outer_first: bool) -> None:
        if not _has_shape(value, dict, path, outer_first=outer_first):
            return
        for name, item in value.items():
            if item is not None:
                self.node.walk(item, path + step(name), visit, outer_first=outer_first)


class Choice:
    """A union: Structs are told apart by their tag, anything else by its JSON kind."""

    shape: type[Any] | None = None

    def __init__(self, structs: dict[tuple[str, Any] | None, Node], others: tuple[Node, ...]) -> None:
        self.structs = structs
        self.others = others
        self.tag_fields = {tag[0] for tag in structs if tag is not None}

    def walk(self, value: Any, path: str, visit: Visit, *, outer_first: bool) -> None:
        if type(value) is dict and self.structs:
            for field in self.tag_fields:
                if field in value and (node := self.structs.get((field, value[field]))) is not None:
                    return node.walk(value, path, visit, outer_first=outer_first)
            untagged = self.structs.get(None)
            if untagged is not None:
                return untagged.walk(value, path, visit, outer_first=outer_first)
        for node in self.others:
            if node.shape is type(value):
                node.walk(value, path, visit, outer_first=outer_first)
        return None


class Planner:
    """Reads types once, when the ledger is built, so that nothing is looked up by name for each fact."""

    def __init__(self) -> None:
        self.plans: dict[Any, StructPlan] = {}
        self.deep: dict[Any, bool] = {}

    def plan(self, struct: Any) -> StructPlan | None:
        """The plan of a Struct, None if nothing personal is in it or below; raises PersonalFieldsMisplaced."""
        info = msgspec.inspect.type_info(struct)
        return self._struct(info) if isinstance(info, msgspec.inspect.StructType) else None

    def _struct(self, info: msgspec.inspect.StructType) -> StructPlan | None:
        if not self._is_deep(info, set()):
            return None
        known = self.plans.get(info.cls)
        if known is not None:
            return known
        plan = self.plans[info.cls] = StructPlan(info.cls.__name__)
        if info.array_like:
            raise PersonalFieldsMisplaced(f"{plan.name} is array_like: its personal fields have no names")
        for field in info.fields:
            if _is_marked(field.type):
                plan.blanks[field.encode_name] = _blank(plan.name, field)
            node = self._node(field.type)
            if node is not None:
                plan.children.append((field.encode_name, node))
        if plan.blanks:
            _check_has_person(plan.name, info)
        return plan

    def _node(self, info: msgspec.inspect.Type) -> Node | None:
        match info:
            case msgspec.inspect.Metadata(type=inner):
                return self._node(inner)
            case msgspec.inspect.StructType():
                return self._struct(info)
            case (
                msgspec.inspect.ListType(item_type=item)
                | msgspec.inspect.VarTupleType(item_type=item)
                | msgspec.inspect.SetType(item_type=item)
                | msgspec.inspect.FrozenSetType(item_type=item)
            ):
                node = self._node(item)
                return Items((node,), repeated=True) if node else None
            case msgspec.inspect.TupleType(item_types=items):
                nodes = tuple(self._node(item) for item in items)
                return Items(nodes, repeated=False) if any(nodes) else None
            case msgspec.inspect.DictType(value_type=value):
                node = self._node(value)
                return Values(node) if node else None
            case msgspec.inspect.UnionType(types=types):
                return self._choice(types)
            case (
                msgspec.inspect.DataclassType() | msgspec.inspect.TypedDictType() | msgspec.inspect.NamedTupleType()
            ) if self._is_deep(info, set()):
                raise PersonalFieldsMisplaced(f"{info.cls.__name__} is not a Struct: its personal fields stay open")
            case _:
                return None

    def _choice(self, types: Iterable[msgspec.inspect.Type]) -> Node | None:
        structs: dict[tuple[str, Any] | None, Node] = {}
        others: list[Node] = []
        for member in types:
            while isinstance(member, msgspec.inspect.Metadata):
                member = member.type
            node = self._node(member)
            if node is None:
                continue
            if isinstance(member, msgspec.inspect.StructType):
                structs[(member.tag_field, member.tag) if member.tag_field is not None else None] = node
            else:
                others.append(node)
        return Choice(structs, tuple(others)) if structs or others else None

    def _is_deep(self, info: msgspec.inspect.Type, seen: set[Any]) -> bool:
        """Say whether anything personal is in this type or below; types may contain themselves."""
        match info:
            case msgspec.inspect.Metadata(type=inner):
                return _is_marked(info) or self._is_deep(inner, seen)
            case (
                msgspec.inspect.StructType(cls=cls, fields=fields)
                | msgspec.inspect.DataclassType(cls=cls, fields=fields)
                | msgspec.inspect.TypedDictType(cls=cls, fields=fields)
                | msgspec.inspect.NamedTupleType(cls=cls, fields=fields)
            ):
                if cls in seen:
                    return False
                if cls not in self.deep:
                    deep = any(self._is_deep(field.type, {*seen, cls}) for field in fields)
                    if seen and not deep:
                        # Inside a cycle "no" only means "not by this way": it is not kept.
                        return False
                    self.deep[cls] = deep
                return self.deep[cls]
            case msgspec.inspect.UnionType(types=types) | msgspec.inspect.TupleType(item_types=types):
                return any(self._is_deep(member, seen) for member in types)
            case (
                msgspec.inspect.ListType(item_type=item)
                | msgspec.inspect.VarTupleType(item_type=item)
                | msgspec.inspect.SetType(item_type=item)
                | msgspec.inspect.FrozenSetType(item_type=item)
                | msgspec.inspect.DictType(value_type=item)
            ):
                return self._is_deep(item, seen)
            case _:
                return False


def _is_marked(info: msgspec.inspect.Type) -> bool:
    """Say whether a field bears the mark itself, not in a Struct below."""
    match info:
        case msgspec.inspect.Metadata(type=inner, extra=extra):
            return bool(extra and extra.get(PERSONAL)) or _is_marked(inner)
        case msgspec.inspect.UnionType(types=types) | msgspec.inspect.TupleType(item_types=types):
            return any(map(_is_marked, types))
        case (
            msgspec.inspect.ListType(item_type=item)
            | msgspec.inspect.VarTupleType(item_type=item)
            | msgspec.inspect.SetType(item_type=item)
            | msgspec.inspect.FrozenSetType(item_type=item)
            | msgspec.inspect.DictType(value_type=item)
        ):
            return _is_marked(item)
        case _:
            return False


def _blank(owner: str, field: msgspec.inspect.Field) -> Any:
    """What a personal field reads as after erasure."""
    info = field.type
    while isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    members = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    if any(isinstance(member, msgspec.inspect.NoneType) for member in members):
        return None
    match info:
        case msgspec.inspect.StrType(min_length=shortest, max_length=longest, pattern=pattern):
            if (shortest or 0) > len(ERASED) or (longest is not None and longest < len(ERASED)) or pattern:
                raise PersonalFieldsMisplaced(f"{owner}.{field.name} cannot read as {ERASED!r} after erasure")
            return ERASED
        case msgspec.inspect.ListType(min_length=shortest) | msgspec.inspect.VarTupleType(min_length=shortest):
            if not shortest:
                return []
        case msgspec.inspect.DictType(min_length=shortest):
            if not shortest:
                return {}
        case _:
            pass
    raise PersonalFieldsMisplaced(f"{owner}.{field.name} is personal: it must be a text, optional or a collection")


def _check_has_person(name: str, info: msgspec.inspect.StructType) -> None:
    names = {field.encode_name: field for field in info.fields}
    person = names.get(PERSON)
    if person is None or not isinstance(person.type, msgspec.inspect.UUIDType):
        raise PersonalFieldsMisplaced(f"{name} has personal fields and no field `person: UUID`")
    if SEALED in names or SEALED_FIELDS in names:
        raise PersonalFieldsMisplaced(f"{name} has a field whose name is reserved for boxes")


def step(name: str) -> str:
    """One step of a JSON path; quoted where the name could be taken for several steps."""
    return f".{name}" if name.isidentifier() else f"[{json.dumps(name, ensure_ascii=False)}]"
