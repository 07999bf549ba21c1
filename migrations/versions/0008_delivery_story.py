"""A delivery knows whose story it belongs to, so that finding the next one to send takes an index and no search."""

import sqlalchemy as sa
from alembic import op

from capture.core import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.add_column(sa.Column("lead_id", columns.Id(), nullable=True))
        delivery.create_foreign_key(op.f("fk_delivery_lead_id_lead"), "lead", ["lead_id"], ["id"])
        delivery.drop_index("ix_delivery_destination_id_state")
    op.execute("UPDATE delivery SET lead_id = (SELECT lead_id FROM message WHERE message.id = delivery.message_id)")
    op.create_index(
        "ix_delivery_destination_id_state_due_at", "delivery", ["destination_id", "state", "due_at", "id"]
    )
    op.create_index("ix_delivery_lead_id_destination_id", "delivery", ["lead_id", "destination_id", "message_id"])


def downgrade() -> None:
    op.drop_index("ix_delivery_lead_id_destination_id", "delivery")
    op.drop_index("ix_delivery_destination_id_state_due_at", "delivery")
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint(op.f("fk_delivery_lead_id_lead"), type_="foreignkey")
        delivery.drop_column("lead_id")
        delivery.create_index("ix_delivery_destination_id_state", ["destination_id", "state"])
