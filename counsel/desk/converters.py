from __future__ import annotations

import hashlib

from exercises.scoring.catalogue import instruments


class InstrumentConverter:
    """An instrument, in an address that holds a client's id as well.

    Its name would tell there what somebody is asked about, and addresses stay in histories.
    """

    regex = r"[0-9a-f]{10}"

    def to_python(self, value: str) -> str:
        for key in instruments():
            if self.to_url(key) == value:
                return key
        raise ValueError("not an instrument's code")

    def to_url(self, value: str) -> str:
        return hashlib.sha256(value.encode()).hexdigest()[:10]
