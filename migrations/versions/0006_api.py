"""Machines may send a request again, and read leads in the order in which they changed."""

import sqlalchemy as sa
from alembic import op

from capture.core import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("token_id", columns.Id(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("value", columns.Json, nullable=True),
        sa.Column("expires_at", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_kept_answer_token_id_api_token"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_kept_answer")),
    )
    op.create_index(op.f("ix_kept_answer_expires_at"), "kept_answer", ["expires_at"])
    op.create_index("ix_lead_pipeline_updated_at", "lead", ["pipeline", "updated_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_lead_pipeline_updated_at", "lead")
    op.drop_table("kept_answer")
