"""`python -m drills.reading [file…]`: opens every encrypted value that there is.

Then looks for what writers told in these files that they had saved. Says how many of both, or
ends in an error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django


def main(files: Iterable[Path]) -> None:
    from django.apps import apps

    from counsel.keys.sweeping import encrypted_fields, encrypted_models

    opened = 0
    for model in encrypted_models(apps):
        names = [field.attname for field in encrypted_fields(model)]
        for row in model._base_manager.iterator(chunk_size=500):
            opened += sum(getattr(row, name) is not None for name in names)
    told = {
        (line["model"], line["pk"], line["field"]): line["words"]
        for file in files
        for line in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    }
    lost = [key for key, words in told.items() if _stored(apps, *key) != words]
    if lost:
        sys.exit(f"{len(lost)} of {len(told)} were saved and are not there: {lost[0]}")
    print(f"{opened} values open, {len(told)} written by the way")


def _stored(apps: Any, label: str, pk: str, field: str) -> Any:
    return getattr(apps.get_model(label)._base_manager.get(pk=pk), field)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counsel.settings")
    django.setup()
    main(map(Path, sys.argv[1:]))
