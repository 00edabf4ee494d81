"""The chapter on silence; it needs no step of its own."""

from pytest_bdd import scenarios

scenarios("silence.feature")
