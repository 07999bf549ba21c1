"""Pictures of marketers, in the sizes and formats that pages need."""

import sqlalchemy as sa
from alembic import op

from capture.core import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("site_id", columns.Id(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("focal_x", sa.Integer(), nullable=False),
        sa.Column("focal_y", sa.Integer(), nullable=False),
        sa.Column("crop", sa.String(8), nullable=True),
        sa.Column("alt", columns.Json, nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("created_by", sa.String(320), nullable=False),
        sa.Column("retired_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_picture_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_picture_site_id_name")),
    )
    op.create_table(
        "picture_original",
        sa.Column("picture_id", columns.Id(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_picture_original_picture_id_picture"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_picture_original")),
    )
    op.create_table(
        "picture_file",
        sa.Column("picture_id", columns.Id(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_picture_file_picture_id_picture"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("picture_id", "width", "media_type", name=op.f("pk_picture_file")),
    )
    op.create_index(op.f("ix_picture_file_digest"), "picture_file", ["digest"])


def downgrade() -> None:
    op.drop_table("picture_file")
    op.drop_table("picture_original")
    op.drop_table("picture")
