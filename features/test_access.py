"""The chapter on access; it needs no step of its own."""

from pytest_bdd import scenarios

scenarios("access.feature")
