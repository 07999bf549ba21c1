"""Alembic's environment: one transaction for all revisions, on the connection that we give."""

from alembic import context

from capture import rooms
from capture.core.db import Base

rooms.load_models()


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        transaction_per_migration=False,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
