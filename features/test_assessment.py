"""The chapter on assessment: its steps are common ones."""

from pytest_bdd import scenarios

scenarios("assessment.feature")
