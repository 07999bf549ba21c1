"""Variants of a page, who saw which, and what became of them."""

import sqlalchemy as sa
from alembic import op

from capture.core import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RUNNING = sa.text("started_at IS NOT NULL AND ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "experiment",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("site_id", columns.Id(), nullable=False),
        sa.Column("page_id", columns.Id(), nullable=False),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("allocation", sa.String(8), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("started_at", columns.UtcTime(), nullable=True),
        sa.Column("started_by", sa.String(320), nullable=True),
        sa.Column("ended_at", columns.UtcTime(), nullable=True),
        sa.Column("ended_by", sa.String(320), nullable=True),
        sa.Column("winner", sa.String(8), nullable=True),
        sa.CheckConstraint("allocation IN ('fixed', 'adaptive')", name=op.f("ck_experiment_allocation")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_experiment_site_id_site")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_experiment_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        sa.UniqueConstraint("site_id", "slug", name=op.f("uq_experiment_site_id_slug")),
    )
    op.create_index(op.f("ix_experiment_page_id"), "experiment", ["page_id"])
    op.create_index(
        "uq_experiment_page_id_running",
        "experiment",
        ["page_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    _create_variants()
    _create_exposures()
    with op.batch_alter_table("submission") as submission:
        submission.add_column(sa.Column("variant", sa.String(8), nullable=True))


def _create_variants() -> None:
    op.create_table(
        "variant",
        sa.Column("experiment_id", columns.Id(), nullable=False),
        sa.Column("key", sa.String(8), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("changes", columns.Json, nullable=False),
        sa.Column("page_version_id", columns.Id(), nullable=True),
        _belongs_to_experiment("variant"),
        sa.ForeignKeyConstraint(
            ["page_version_id"], ["page_version.id"], name=op.f("fk_variant_page_version_id_page_version")
        ),
        sa.PrimaryKeyConstraint("experiment_id", "key", name=op.f("pk_variant")),
    )
    op.create_index(op.f("ix_variant_page_version_id"), "variant", ["page_version_id"])
    op.create_table(
        "split",
        sa.Column("experiment_id", columns.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("shares", columns.Json, nullable=False),
        sa.Column("begins_at", columns.UtcTime(), nullable=False),
        _belongs_to_experiment("split"),
        sa.PrimaryKeyConstraint("experiment_id", "number", name=op.f("pk_split")),
    )


def _create_exposures() -> None:
    op.create_table(
        "exposure",
        sa.Column("experiment_id", columns.Id(), nullable=False),
        sa.Column("visitor", sa.String(36), nullable=False),
        sa.Column("variant", sa.String(8), nullable=False),
        sa.Column("split", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.UtcTime(), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("submission_id", columns.Id(), nullable=True),
        sa.CheckConstraint("way IN ('script', 'request', 'dropped')", name=op.f("ck_exposure_way")),
        _belongs_to_experiment("exposure"),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_exposure_submission_id_submission"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "visitor", name=op.f("pk_exposure")),
    )
    op.create_index("ix_exposure_way_first_at", "exposure", ["way", "first_at"])
    op.create_index(op.f("ix_exposure_submission_id"), "exposure", ["submission_id"])


def _belongs_to_experiment(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_experiment_id_experiment")
    return sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("submission") as submission:
        submission.drop_column("variant")
    for table in ("exposure", "split", "variant", "experiment"):
        op.drop_table(table)
