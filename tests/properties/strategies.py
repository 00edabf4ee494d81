"""Strategies made from the schemas of bodies and facts: whatever decodes, however senseless."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st
from msgspec import inspect

IDENTIFIERS: Final = st.builds("{}{}".format, st.sampled_from("PMODALHNG"), st.integers(0, 3))
"""As a case names its parts, whether or not it has them."""
TEXTS: Final = st.one_of(
    IDENTIFIERS,
    st.sampled_from(("Clermont-Ferrand", "Lyon", "2600123", "local:agent-63", "69", "Une explication assez longue.")),
    st.text(st.characters(codec="utf-8"), max_size=60),
)
DAYS: Final = st.one_of(
    st.builds(lambda days: date(2026, 11, 2) + timedelta(days=days), st.integers(-90, 400)),
    st.sampled_from((date.min, date(1, 12, 31), date(9999, 1, 1), date(9999, 12, 30), date.max)),
    st.dates(),
).map(date.isoformat)
PERSONS: Final = st.sampled_from([str(UUID(int=number)) for number in (0, 7)])
DEPTH_MAX: Final = 12


@cache
def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    """JSON values that decode to this type, most often; a few break a rule that msgspec alone checks."""
    return _values(inspect.type_info(annotation))


def bodies_of(struct: type) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects for a body or a fact."""
    return values_of(struct)


def _values(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata(type=inner):
            return _values(inner)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.IntType(ge=low, le=high):
            return st.integers(0 if low is None else low, 1_000_000 if high is None else high)
        case inspect.FloatType(gt=low, le=high):
            return st.floats(0.5 if low is not None else 0, 60 if high is None else high, allow_nan=False)
        case inspect.StrType():
            return _texts(info)
        case inspect.DateType():
            return DAYS
        case inspect.DateTimeType():
            return st.datetimes(
                min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)
            ).map(datetime.isoformat)
        case inspect.UUIDType():
            return PERSONS
        case inspect.EnumType(cls=kind):
            return st.sampled_from([member.value for member in kind])
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return st.lists(_values(item), min_size=info.min_length or 0, max_size=max(info.min_length or 0, 2))
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_values(key), _values(value), max_size=2)
        case inspect.UnionType(types=types):
            return st.one_of([_values(each) for each in types])
        case inspect.StructType():
            return st.deferred(lambda: _objects(info))
        case _:
            raise AssertionError(f"no strategy for {info}")


def _texts(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern is not None:
        return st.from_regex(info.pattern, fullmatch=True).filter(lambda text: "\n" not in text)
    low, high = info.min_length or 0, info.max_length or 200
    return TEXTS.map(lambda text: text[:high].ljust(low, "x"))


def _objects(info: inspect.StructType) -> st.SearchStrategy[dict[str, Any]]:
    required = {field.encode_name: _values(field.type) for field in info.fields if field.required}
    optional = {field.encode_name: _values(field.type) for field in info.fields if not field.required}
    if info.tag_field is not None:
        required[info.tag_field] = st.just(info.tag)
    return st.fixed_dictionaries(required, optional=optional)
