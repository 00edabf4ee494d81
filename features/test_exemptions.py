"""The chapter on the those who escape the conditions: its steps are common ones."""

from pytest_bdd import scenarios

scenarios("exemptions.feature")
