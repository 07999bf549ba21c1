"""Colleagues are invited, prove themselves twice, and are written to."""

import sqlalchemy as sa
from alembic import op

from capture.core import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_OF_USER = {
    "invited_by": sa.String(320),
    "joined_at": columns.UtcTime(),
    "seen_at": columns.UtcTime(),
    "locale": sa.String(8),
    "timezone": sa.String(64),
    "factor_secret": sa.String(255),
    "factor_at": columns.UtcTime(),
    "factor_step": sa.Integer(),
    "issuer_key": sa.String(512),
}
NEW_OF_TOKEN = {"expires_at": columns.UtcTime(), "last_used_at": columns.UtcTime(), "created_by": sa.String(320)}


def upgrade() -> None:
    _add("user", NEW_OF_USER)
    op.execute('UPDATE "user" SET joined_at = created_at')
    op.create_index("uq_user_issuer_key", "user", ["issuer_key"], unique=True)
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("how", sa.String(16), nullable=False, server_default="link"))
        sign_in.add_column(sa.Column("code_due_at", columns.UtcTime(), nullable=True))
        sign_in.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("sign_in_link") as link:
        link.add_column(sa.Column("purpose", sa.String(16), nullable=False, server_default="link"))
    _add("api_token", NEW_OF_TOKEN)
    for name in ("actor", "action"):
        op.create_index(op.f(f"ix_audit_entry_{name}"), "audit_entry", [name])
    _create_factors()
    _create_history()
    _create_visits()
    _create_mail()


def _add(table: str, new: dict) -> None:
    with op.batch_alter_table(table) as changed:
        for name, kind in new.items():
            changed.add_column(sa.Column(name, kind, nullable=True))


def _create_factors() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", columns.Id(), nullable=False),
        sa.Column("used_at", columns.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id_user")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    op.create_table(
        "factor_rule",
        sa.Column("role", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_factor_rule")),
    )


def _create_history() -> None:
    op.create_table(
        "sign_in_event",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.Column("user_id", columns.Id(), nullable=True),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("agent", sa.String(255), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_event_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    op.create_index(op.f("ix_sign_in_event_user_id"), "sign_in_event", ["user_id"])
    op.create_index(op.f("ix_sign_in_event_at"), "sign_in_event", ["at"])


def _create_visits() -> None:
    op.create_table(
        "reset_request",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("origin", sa.String(255), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_request")),
    )
    op.create_table(
        "issuer_visit",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(64), nullable=False),
        sa.Column("expires_at", columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_issuer_visit")),
    )


def _create_mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", columns.UtcTime(), nullable=False),
        sa.Column("claim", columns.Id(), nullable=True),
        sa.Column("claimed_until", columns.UtcTime(), nullable=True),
        sa.Column("why", sa.String(255), nullable=True),
        sa.Column("created_at", columns.UtcTime(), nullable=False),
        sa.Column("settled_at", columns.UtcTime(), nullable=True),
        sa.Column("blank_at", columns.UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'kept')", name=op.f("ck_mail_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_state_due_at"), "mail", ["state", "due_at"])


def downgrade() -> None:
    for table in ("mail", "issuer_visit", "reset_request", "sign_in_event", "factor_rule", "recovery_code"):
        op.drop_table(table)
    for name in ("actor", "action"):
        op.drop_index(op.f(f"ix_audit_entry_{name}"), table_name="audit_entry")
    _drop("api_token", NEW_OF_TOKEN)
    _drop("sign_in_link", ["purpose"])
    _drop("sign_in", ["how", "code_due_at", "tries"])
    op.drop_index("uq_user_issuer_key", table_name="user")
    _drop("user", NEW_OF_USER)


def _drop(table: str, names) -> None:
    with op.batch_alter_table(table) as changed:
        for name in names:
            changed.drop_column(name)
