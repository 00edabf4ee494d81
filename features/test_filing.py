"""Steps that only the chapter on filing needs."""

from pytest_bdd import scenarios

scenarios("filing.feature")
