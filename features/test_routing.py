"""The chapter on routing needs no steps of its own."""

from pytest_bdd import scenarios

scenarios("routing.feature")
