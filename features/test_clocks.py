"""The chapter on time limits; it needs no step of its own."""

from pytest_bdd import scenarios

scenarios("clocks.feature")
