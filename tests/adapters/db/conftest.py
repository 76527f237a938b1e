"""The databases of the store's contract, for what is tested of SQLite alone."""

from tests.contracts.conftest import database_url, migrated, store

__all__ = ["database_url", "migrated", "store"]
