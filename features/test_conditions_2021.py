"""The chapter on the conditions of 2021: its steps are common ones."""

from pytest_bdd import scenarios

scenarios("conditions_2021.feature")
