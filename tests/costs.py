"""Questions to the database that many pages ask."""

from __future__ import annotations

from django.db import connection

# Writing down which rows a page showed: a savepoint, the end of the chain, the rows. PostgreSQL
# is asked for the lock besides.
LISTED = 5 if connection.vendor == "postgresql" else 4
