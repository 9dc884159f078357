"""How the commands speak: one line a step, one line for what is wrong."""

from __future__ import annotations

import shutil
import sys


class Problem(Exception):
    """What stops a command, in one line a person can act on."""


class Stopped(BaseException):
    """Ctrl-C or a polite signal. Not an Exception, so that nothing swallows it on the way."""


def line(text: str) -> None:
    print(text, flush=True)


def last_line(output: str) -> str:
    """Where programs say what went wrong."""
    return (output.strip().splitlines() or ["no reason given"])[-1]


class Progress:
    """Steps that follow each other: rewritten in place on a terminal, else a line each."""

    def __init__(self) -> None:
        self.in_place = sys.stdout.isatty()

    def step(self, text: str) -> None:
        if self.in_place:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[2K{text[:width]}", end="", flush=True)
        else:
            line(text)

    def done(self) -> None:
        if self.in_place:
            print(flush=True)
