"""A destination remembers its secret before, which signs beside the new one for a day."""

import sqlalchemy as sa
from alembic import op

from capture.core import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("destination", sa.Column("old_secret", sa.Text(), nullable=True))
    op.add_column("destination", sa.Column("old_secret_until", columns.UtcTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("destination") as destination:
        destination.drop_column("old_secret_until")
        destination.drop_column("old_secret")
