"""Runs migrations on the connection that mailsla.adapters.db.migrate hands over, or by Alembic's own command.

A new migration, on a database that `mailsla db upgrade` brought up to date:
    alembic -x url=sqlite:////absolute/path.db revision --autogenerate --rev-id 0002 -m "what it does"
The SQL instead of running it:
    alembic -x url=postgresql+psycopg:// upgrade head --sql
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.schema import metadata


def plain_type(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """A migration names the database's types, not ours: it is history and doesn't change with our code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run_on(connection: Connection) -> None:
    """Migrate; the transaction is the caller's."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, render_item=plain_type)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
url = context.get_x_argument(as_dictionary=True).get("url", "sqlite://")
if context.is_offline_mode():
    context.configure(url=url, target_metadata=metadata, literal_binds=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
elif given is not None:
    run_on(given)
else:
    with open_engine(url).begin() as opened:
        run_on(opened)
