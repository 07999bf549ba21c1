"""Pages are edited as drafts, opened and closed by the clock, and taken down with a target."""

import sqlalchemy as sa
from alembic import op

from capture.core import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("page") as page:
        page.add_column(sa.Column("opens_at", columns.UtcTime(), nullable=True))
        page.add_column(sa.Column("closes_at", columns.UtcTime(), nullable=True))
        page.add_column(sa.Column("afterwards", sa.String(2000), nullable=True))
        page.add_column(sa.Column("password_hash", sa.String(255), nullable=True))
        page.add_column(sa.Column("unpublished_at", columns.UtcTime(), nullable=True))
    with op.batch_alter_table("page_version") as version:
        version.add_column(sa.Column("published_by", sa.String(320), nullable=True))
    op.create_table(
        "page_draft",
        sa.Column("page_id", columns.Id(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("edited_at", columns.UtcTime(), nullable=False),
        sa.Column("edited_by", sa.String(320), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_draft_page_id_page"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page_draft")),
    )
    op.create_table(
        "page_step",
        sa.Column("page_id", columns.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", columns.Json, nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("by", sa.String(320), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_page_step_page_id_page"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", "number", name=op.f("pk_page_step")),
    )
    op.create_table(
        "page_presence",
        sa.Column("page_id", columns.Id(), nullable=False),
        sa.Column("user_id", columns.Id(), nullable=False),
        sa.Column("block", sa.String(16), nullable=True),
        sa.Column("seen_at", columns.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name=op.f("fk_page_presence_page_id_page"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_page_presence_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("page_id", "user_id", name=op.f("pk_page_presence")),
    )


def downgrade() -> None:
    op.drop_table("page_presence")
    op.drop_table("page_step")
    op.drop_table("page_draft")
    with op.batch_alter_table("page_version") as version:
        version.drop_column("published_by")
    with op.batch_alter_table("page") as page:
        for name in ("unpublished_at", "password_hash", "afterwards", "closes_at", "opens_at"):
            page.drop_column(name)
