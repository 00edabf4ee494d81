"""Files are looked at by a process of few means: what they are, what is wrong with them, what they say."""

from documents.intake.examining import Derived, Failed, Report, derived, examined
from domain.intake import stopping, told

__all__ = ["Derived", "Failed", "Report", "derived", "examined", "stopping", "told"]
