"""Statements of the hot paths: written with SQLAlchemy, compiled once, run on the driver itself.

Building, caching and executing a statement through the toolkit costs some 60 to 200 µs; a submission has two dozen
of them. Here only the values are converted, by the same column types as everywhere.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Integer, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Converter = Callable[[Any], Any] | None
UPSERTS: Mapping[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

# Told of every statement that runs here; tests count them.
observers: list[Callable[[str], None]] = []


@dataclass
class _Plan:
    sql: str
    is_positional: bool
    names: tuple[str, ...]
    given: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    constants: Mapping[str, Any]
    columns: Sequence[Any]
    row: Callable[[Iterable[Any]], Any]
    converters: tuple[Converter, ...] | None = None

    def parameters(self, values: Mapping[str, Any]) -> Any:
        found: Any = self.given({**self.constants, **values} if self.constants else values)
        if self.converted:
            found = list(found)
            for place, convert in self.converted:
                found[place] = convert(found[place])
        return found if self.is_positional else dict(zip(self.names, found, strict=True))


def at_most(number: int) -> ColumnElement[int]:
    """A limit that is written into the statement: SQLite plans a statement anew whenever a limit is bound to it."""
    return literal_column(str(number), Integer)


class Fixed:
    """One statement. `columns` are those that an insert or update sets; every other value is a named bindparam.

    `statement` may be a function of the dialect's own `insert`, for an upsert.
    """

    def __init__(self, statement: Executable | Callable[[Any], Any], *, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, values: Mapping[str, Any] | None = None) -> int:
        """Execute; returns how many rows it touched."""
        plan = self._plan(connection)
        return int(_execute(connection, plan.sql, plan.parameters(values or {})).rowcount)

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute for each row."""
        plan = self._plan(connection)
        if len(rows) == 1:
            _execute(connection, plan.sql, plan.parameters(rows[0]))
        elif rows:
            _execute(connection, plan.sql, [plan.parameters(row) for row in rows], many=True)

    def rows(self, connection: Connection, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Execute; returns named tuples."""
        plan = self._plan(connection)
        cursor = _execute(connection, plan.sql, plan.parameters(values or {}))
        if plan.converters is None:
            plan.converters = _converters(connection.dialect, plan.columns, cursor.description)
        return [plan.row(_converted(row, plan.converters)) for row in cursor.fetchall()]

    def first(self, connection: Connection, values: Mapping[str, Any] | None = None) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(connection, values)), None)

    def _plan(self, connection: Connection) -> _Plan:
        dialect = connection.dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = self._planned(dialect)
        return plan

    def _planned(self, dialect: Dialect) -> _Plan:
        made = self._statement(UPSERTS[dialect.name]) if callable(self._statement) else self._statement
        compiled: Any = made.compile(dialect=dialect, column_keys=self._columns)  # type: ignore[union-attr]
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        columns, converters = compiled._result_columns, [compiled._bind_processors.get(name) for name in names]
        return _Plan(
            sql=str(compiled),
            is_positional=bool(compiled.positional),
            names=tuple(names),
            given=_getter(names),
            converted=tuple((place, convert) for place, convert in enumerate(converters) if convert),
            constants={name: bind.value for name, bind in compiled.binds.items() if bind.value is not None},
            columns=columns,
            row=namedtuple("Row", [column.keyname for column in columns])._make if columns else tuple,  # type: ignore[attr-defined]
        )


def _getter(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The values of these names, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


def _converters(dialect: Dialect, columns: Sequence[Any], description: Sequence[Any]) -> tuple[Converter, ...]:
    """How each column is converted; some types want to know what the driver calls it."""
    told = zip(columns, description, strict=True)
    return tuple(column.type._cached_result_processor(dialect, what[1]) for column, what in told)


def _converted(row: Sequence[Any], converters: Sequence[Converter]) -> Iterable[Any]:
    return [convert(value) if convert else value for value, convert in zip(row, converters, strict=True)]


def _execute(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> Any:
    for observe in observers:
        observe(sql)
    driver: Any = connection.connection.dbapi_connection
    cursor = driver.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(sql, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        # The values stay out of it: they are people's answers.
        raise DBAPIError.instance(
            sql, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    return cursor
