"""Statements prepared by hand, values in PostgreSQL's own binary form: what the driver does, without its detours."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import Connection, DatabaseError, Error, OperationalError, abc, errors
from psycopg.adapt import Transformer
from psycopg.pq import DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

UUID_OID: Final = 2950
INT8_OID: Final = 20
TEXT_OID: Final = 25
BYTEA_OID: Final = 17
TIMESTAMPTZ_OID: Final = 1184
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What PostgreSQL counts microseconds from."""
NOT_PREPARED: Final = b"26000"
"""The state of an error: PostgreSQL knows no statement of this name."""
MICROSECOND: Final = timedelta(microseconds=1)

_ints: Final = struct.Struct("!q")
_lengths: Final = struct.Struct("!i")
_heads: Final = struct.Struct("!iiIii")

int8 = _ints.pack
"""A bigint."""


def flush(connection: Connection[Any]) -> bool:
    """Hand over as much as the connection takes now; whether that was all. Raises the driver's errors.

    Where it was not, somebody has to come back when the socket takes more: until then PostgreSQL has nothing to answer.
    """
    return connection.pgconn.flush() == 0


class Statement:
    """A statement with `$` for each value, prepared once on each connection."""

    def __init__(self, name: str, text: str) -> None:
        numbers = count(1)
        self.name = name.encode()
        self.text = "".join(f"${next(numbers)}" if letter == "$" else letter for letter in text).encode()
        self._values = next(numbers) - 1
        self._formats = [1] * self._values
        self._prepared: WeakKeyDictionary[Connection[Any], abc.Transformer] = WeakKeyDictionary()

    def rows(self, connection: Connection[Any], values: Sequence[bytes]) -> list[tuple[Any, ...]]:
        """The rows, for values in binary form; raises the driver's errors."""
        result = self._result(connection, values)
        if result.status != ExecStatus.TUPLES_OK:
            raise _error(result, connection)
        loading = self._prepared.get(connection) or Transformer(connection)
        loading.set_pgresult(result, format=Format.BINARY)
        try:
            return loading.load_rows(0, result.ntuples, tuple)
        finally:
            loading.set_pgresult(None)

    def numbers(self, connection: Connection[Any], values: Sequence[bytes]) -> list[int]:
        """Of rows of one bigint each, these; raises the driver's errors."""
        result = self._result(connection, values)
        if result.status != ExecStatus.TUPLES_OK:
            raise _error(result, connection)
        return [_ints.unpack(result.get_value(row, 0) or b"")[0] for row in range(result.ntuples)]

    def prepare(self, connection: Connection[Any]) -> None:
        """Make ready for `send`, on a connection that nobody else uses; raises the driver's errors."""
        if connection not in self._prepared:
            self._prepare(connection)

    def send(self, connection: Connection[Any], values: Sequence[bytes]) -> bool:
        """Begin it and do not wait; whether all of it is on its way, as `flush` says. Raises the driver's errors."""
        connection.pgconn.send_query_prepared(self.name, values, self._formats, 1)
        return flush(connection)

    def received(self, connection: Connection[Any]) -> PGresult | None:
        """What became of a statement begun, once PostgreSQL has said it whole; None before, or if none was begun.

        Raises the driver's errors when the connection is lost.
        """
        pgconn = connection.pgconn
        pgconn.consume_input()
        if pgconn.is_busy():
            return None
        found = None
        while (result := pgconn.get_result()) is not None:
            found = result
        return found

    def _result(self, connection: Connection[Any], values: Sequence[bytes]) -> PGresult:
        pgconn = connection.pgconn
        if pgconn.transaction_status != TransactionStatus.IDLE:
            # In a transaction that must not fail, nothing is left to what was prepared before it.
            return pgconn.exec_params(self.text, values, None, self._formats, 1)
        if connection not in self._prepared:
            self._prepare(connection)
        result = pgconn.exec_prepared(self.name, values, self._formats, 1)
        if result.status != ExecStatus.TUPLES_OK and result.error_field(DiagnosticField.SQLSTATE) == NOT_PREPARED:
            # The driver deallocates all statements of a connection, its own and ours, after some that it sends.
            self._prepare(connection)
            result = pgconn.exec_prepared(self.name, values, self._formats, 1)
        return result

    def _prepare(self, connection: Connection[Any]) -> None:
        result = connection.pgconn.prepare(self.name, self.text)
        if result.status != ExecStatus.COMMAND_OK:
            raise _error(result, connection)
        self._prepared[connection] = Transformer(connection)


def _error(result: PGresult, connection: Connection[Any]) -> Error:
    state = result.error_field(DiagnosticField.SQLSTATE)
    if state is None:
        return OperationalError(connection.pgconn.get_error_message())
    try:
        kind = errors.lookup(state.decode())
    except KeyError:
        kind = DatabaseError
    return kind(result.get_error_message(), info=result, encoding=connection.info.encoding)


def uuids(values: Sequence[UUID]) -> bytes:
    """An array of uuid."""
    return _array(UUID_OID, [value.bytes for value in values])


def int8s(values: Sequence[int]) -> bytes:
    """An array of bigint."""
    return _array(INT8_OID, [int8(value) for value in values])


def texts(values: Sequence[str]) -> bytes:
    """An array of text."""
    return _array(TEXT_OID, [value.encode() for value in values])


def byteas(values: Sequence[bytes]) -> bytes:
    """An array of bytea."""
    return _array(BYTEA_OID, values)


def timestamps(values: Sequence[datetime]) -> bytes:
    """An array of timestamptz."""
    return _array(TIMESTAMPTZ_OID, [int8(microseconds(value)) for value in values])


def microseconds(moment: datetime) -> int:
    """How PostgreSQL counts an instant."""
    return (moment - EPOCH) // MICROSECOND


def _array(oid: int, values: Sequence[bytes]) -> bytes:
    """One dimension, no nulls, counted from 1; each value after its length."""
    parts = [_heads.pack(1, 0, oid, len(values), 1)]
    for value in values:
        parts.append(_lengths.pack(len(value)))
        parts.append(value)
    return b"".join(parts)
