"""A host that looks like another one is told by the letters a mail to it goes by."""

from __future__ import annotations

import pytest

from counsel.common.lookalikes import spelt_out


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("anna@example.org", "anna@example.org"),
        ('"<script>"@x.org', '"<script>"@x.org'),
        ("", ""),
        ("nobody", "nobody"),
        # A Cyrillic letter in front, a full-width one, and an honest host of another language.
        ("a@\u0430pple.com", "a@\u0430pple.com (xn--pple-43d.com)"),
        ("a@\uff41pple.com", "a@\uff41pple.com (apple.com)"),
        ("a@b\u00fccher.example", "a@b\u00fccher.example (xn--bcher-kva.example)"),
        # No host of any mail.
        ("a@\u0430..com", "a@\u0430..com (\\u0430..com)"),
        ("a@" + "\u0430" * 70, "a@" + "\u0430" * 70 + " (" + "\\u0430" * 70 + ")"),
    ],
)
def test_it_spells_out_the_host_where_it_is_not_plain(address, told):
    assert spelt_out(address) == told
