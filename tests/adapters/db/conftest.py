"""The databases of the store's contract, for what is tested of one of them alone, and of their schema."""

from tests.contracts.conftest import (
    database_url,
    migrated,
    migrated_on_server,
    postgresql_url,
    sqlite_url,
    store,
)

__all__ = ["database_url", "migrated", "migrated_on_server", "postgresql_url", "sqlite_url", "store"]
