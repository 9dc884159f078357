"""The second wall around what is withheld, and what should be corrected (`counsel.common.wall`)."""

from __future__ import annotations

from clients.walls import BY_CLIENT

TABLES = {
    "records_withholding": BY_CLIENT,
    "records_correctionrequest": BY_CLIENT,
}
