"""Migrating keeps every row: on SQLite a rebuilt table takes no child rows along."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask.testing import FlaskClient

from capture.core.migrations import prepared
from capture.leads.models import Lead
from capture.sites.models import SiteHost
from capture.submissions.models import Submission
from tests.products import Product, typed


def test_a_rebuilt_table_keeps_its_child_rows(site: Product, client: FlaskClient) -> None:
    client.post("/f/guide", data=typed())
    with prepared() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("site") as batch:
            batch.add_column(sa.Column("motto", sa.String(40)))
        with operations.batch_alter_table("site") as batch:
            batch.drop_column("motto")
    assert site.count(SiteHost) == 2, "host rows refer to the site with ON DELETE CASCADE"
    assert site.count(Submission) == site.count(Lead) == 1


def test_a_migration_that_fails_in_the_middle_changes_nothing(site: Product) -> None:
    with pytest.raises(ZeroDivisionError), prepared() as connection:
        operations = Operations(MigrationContext.configure(connection))
        operations.add_column("site", sa.Column("half", sa.String(10)))
        raise ZeroDivisionError
    with prepared() as connection:
        assert "half" not in {column["name"] for column in sa.inspect(connection).get_columns("site")}
