"""Every body of the OpenAPI document has an example, and every example works on a case that can be reached."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.command import administration_commands, case_commands
from tests.api import stages
from tests.api.service import Clock, Dossier, Service

COMMANDS = sorted(case_commands())
Stage = Callable[[Service], Dossier]


def test_x(service):
    for name in COMMANDS:
        pass
    for n, f in vars(stages).items():
        if callable(f) and f.__module__ == stages.__name__ and n not in ("assess_all","document"):
            try:
                d = f(service)
                print(n, "ok", d.case.status)
            except AssertionError as e:
                print(n, "FAIL", str(e)[:400])
    assert 0
