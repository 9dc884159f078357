"""Finds a Python that can run Counsel and hands over to it: `launch.py run|test|check|…`.

Any Python can read this file, the too old ones too: no syntax newer than theirs.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
# Newest first; the locked requirements have wheels for these.
NAMES = ["python3.14", "python3.13", "python3.12", "python3.11"]


def main() -> None:
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.version_info < OLDEST:
        python = newest_python()
        if python is None:
            sys.exit(
                "Counsel needs Python 3.11 or newer: this is %d.%d, and no newer one was found. "
                "On Debian 12 or Ubuntu 24.04: apt install python3 python3-venv"
                % sys.version_info[:2]
            )
        os.execvp(python, [python, os.path.abspath(__file__)] + sys.argv[1:])
    # `tools` is a package of the repository, not a folder of scripts.
    sys.path[0] = root
    from tools import commands

    sys.exit(commands.main(sys.argv[1:]))


def newest_python() -> "str | None":
    """The first of NAMES that starts and can make a virtual environment, else one that starts."""
    for test in ("import ensurepip, venv", "pass"):
        for name in NAMES:
            with open(os.devnull, "w") as nowhere:
                try:
                    if subprocess.call([name, "-c", test], stdout=nowhere, stderr=nowhere) == 0:
                        return name
                except OSError:
                    continue
    return None


if __name__ == "__main__":
    main()
