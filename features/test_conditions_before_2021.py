"""The chapter on the elements weighed before April 2021: its steps are common ones."""

from pytest_bdd import scenarios

scenarios("conditions_before_2021.feature")
