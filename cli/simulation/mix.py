"""How often things happen in the simulation: published figures where there are some, stated assumptions elsewhere.

Published. Refusals of 2012 by kind of request, « Les données de l'immigration professionnelle et étudiante »,
https://www.yumpu.com/fr/document/view/20355811/les-donnees-de-limmigration-professionnelle-et-etudiante/25: labour
market opposable 29.2 %, temporary and seasonal 7.0 %, missions 4.4 %, exceptional admission 44.3 %, change of status
24.2 %, renewals 8.2 %; 17.2 % over all. Shares of the kinds of request follow the same table, corrected for 2022, when
19 % of first economic permits were seasonal, http://toutpourlemploi.fr/2023/01/immigration-economique-2022/.

Assumed, for want of any published figure: missing items in about 28 % of requests, appeals against 20 % of refusals,
courts seized of 4 %, and everything else below.
"""

from bisect import bisect
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final, Generic, TypeVar

from domain.days import add_months
from domain.findings import Criterion
from domain.procedures import Procedure

PERIOD_MONTHS: Final = 24
"""Filings spread over so many months before the horizon, so that some proceedings end."""
LAW_SINCE: Final = date(2024, 9, 2)
"""No filing before the decree of 9 July 2024 took effect, whose conditions the rules hold."""

SHARES: Final[dict[Procedure, float]] = {
    Procedure.CHANGE_OF_STATUS: 34,
    Procedure.RENEWAL: 17,
    Procedure.SEASONAL: 14,
    Procedure.INTRODUCTION_PERMANENT: 10,
    Procedure.INTRODUCTION_FIXED_TERM: 6,
    Procedure.EXCEPTIONAL_ADMISSION: 4.5,
    Procedure.STUDENT_ABOVE_QUOTA: 4,
    Procedure.ASYLUM_SEEKER: 4,
    Procedure.POSTING: 2.5,
    Procedure.INTERNSHIP_AGREEMENT: 1.5,
    Procedure.INTERNSHIP_AMENDMENT: 0.5,
    Procedure.AU_PAIR: 0.7,
    Procedure.VIABILITY_OPINION: 0.8,
    Procedure.LIMITED_PERMIT: 0.5,
}
"""Requests of each procedure among a hundred."""

REFUSALS: Final[dict[Procedure, float]] = {
    Procedure.INTRODUCTION_PERMANENT: 0.292,
    Procedure.INTRODUCTION_FIXED_TERM: 0.07,
    Procedure.SEASONAL: 0.07,
    Procedure.POSTING: 0.044,
    Procedure.EXCEPTIONAL_ADMISSION: 0.443,
    Procedure.CHANGE_OF_STATUS: 0.242,
    Procedure.RENEWAL: 0.082,
    Procedure.STUDENT_ABOVE_QUOTA: 0.06,
    Procedure.ASYLUM_SEEKER: 0.12,
    Procedure.INTERNSHIP_AGREEMENT: 0.08,
    Procedure.INTERNSHIP_AMENDMENT: 0.06,
    Procedure.AU_PAIR: 0.08,
    Procedure.VIABILITY_OPINION: 0.3,
    Procedure.LIMITED_PERMIT: 0.15,
}
"""Unfavourable first decisions on the merits, by procedure; the last seven are assumed."""

_WORK: Final[dict[Criterion, float]] = {
    Criterion.LABOUR_MARKET: 40,
    Criterion.PAY: 22,
    Criterion.EMPLOYER_RECORD: 14,
    Criterion.EMPLOYER_OBLIGATIONS: 12,
    Criterion.PROPORTIONATE_PROJECT: 12,
}
GROUNDS: Final[dict[Procedure, dict[Criterion, float]]] = {
    Procedure.INTRODUCTION_PERMANENT: _WORK,
    Procedure.INTRODUCTION_FIXED_TERM: _WORK,
    Procedure.LIMITED_PERMIT: _WORK,
    Procedure.POSTING: {Criterion.PAY: 50, Criterion.EMPLOYER_RECORD: 50},
    Procedure.CHANGE_OF_STATUS: {**_WORK, Criterion.JOB_FITS_QUALIFICATIONS: 60},
    Procedure.RENEWAL: {Criterion.RENEWAL_BREACH: 40, Criterion.RENEWAL_EMPLOYER: 60},
    Procedure.SEASONAL: {
        Criterion.LABOUR_MARKET: 30,
        Criterion.HOUSING: 30,
        Criterion.SEASONAL_LENGTH: 20,
        Criterion.EMPLOYER_RECORD: 20,
    },
    Procedure.STUDENT_ABOVE_QUOTA: {Criterion.STUDENT_COURSE: 60, Criterion.PAY: 40},
    Procedure.ASYLUM_SEEKER: {Criterion.ASYLUM_DELAY: 40, Criterion.LABOUR_MARKET: 40, Criterion.PAY: 20},
    Procedure.EXCEPTIONAL_ADMISSION: {Criterion.ADMISSION_EMPLOYMENT: 1},
    Procedure.AU_PAIR: {Criterion.AU_PAIR_CONDITIONS: 1},
    Procedure.INTERNSHIP_AGREEMENT: {Criterion.INTERNSHIP_LENGTH: 50, Criterion.INTERNSHIP_HOST: 50},
    Procedure.INTERNSHIP_AMENDMENT: {Criterion.INTERNSHIP_LENGTH: 1},
    Procedure.VIABILITY_OPINION: {Criterion.ECONOMIC_VIABILITY: 50, Criterion.SUFFICIENT_MEANS: 50},
}
"""Which condition is not met, in a request that is to be refused; assumed."""

EVEN: Final = (1.0,) * 12
MONTHS: Final[dict[Procedure, tuple[float, ...]]] = {
    Procedure.SEASONAL: (1.2, 3.0, 3.4, 2.8, 1.0, 0.6, 0.6, 0.5, 0.3, 0.7, 1.0, 0.9),
    Procedure.CHANGE_OF_STATUS: (0.8, 0.7, 0.7, 0.7, 0.7, 0.8, 1.0, 0.9, 2.4, 1.9, 1.3, 0.8),
    Procedure.STUDENT_ABOVE_QUOTA: (0.8, 0.7, 0.7, 0.7, 0.8, 1.2, 0.8, 0.7, 2.3, 1.8, 1.1, 0.6),
    Procedure.INTERNSHIP_AGREEMENT: (1.5, 1.5, 1.3, 1.0, 0.7, 0.6, 0.5, 0.4, 0.9, 1.2, 1.3, 1.1),
    Procedure.AU_PAIR: (0.7, 0.7, 0.8, 1.0, 1.3, 1.8, 1.8, 1.2, 0.9, 0.7, 0.6, 0.5),
}
"""Weight of each month, January first: students in September, farms from February to April, resorts in autumn."""
WEEKDAYS: Final = (1.6, 1.15, 1.1, 1.05, 1.0, 0.25, 0.2)
"""Weight of each day, Monday first."""
RECENT_DAYS: Final = 40
RECENT_WEIGHT: Final = 3.0
"""The last weeks weigh more, so that a demonstration has work in every queue."""

DEPARTMENTS: Final[dict[str, float]] = {
    "69": 17, "38": 9, "63": 6, "42": 5, "74": 6, "73": 4, "01": 4, "26": 3, "43": 1, "15": 1,
    "13": 8, "06": 6, "83": 3, "84": 2,
    "35": 4, "29": 2, "22": 2, "56": 2,
    "59": 6, "62": 2, "67": 3, "76": 2,
    "33": 3, "87": 1, "2B": 1,
    "34": 1, "75": 3, "92": 1.5, "93": 1,
}  # fmt: skip
"""Where employers have their seat; the four last have no platform in any source and are left to hand."""
FARMING: Final[dict[str, float]] = {
    "84": 20, "13": 14, "26": 10, "34": 10, "33": 10, "47": 9, "49": 7, "51": 7, "2B": 4, "06": 3, "69": 5, "29": 2,
}  # fmt: skip
"""Where farms ask for seasonal workers."""
RESORTS: Final[dict[str, float]] = {"73": 45, "74": 40, "38": 15}
RESORT_MONTHS: Final = frozenset({10, 11, 12})
"""Mountain resorts recruit for the winter when farms do not."""

ACME: Final = 0.2
"""Requests of the demonstration's employer among those of the Rhône that employers file."""
MANDATARY: Final = 0.08
DURAND_AMONG_MANDATARIES: Final = 0.5

MISSING_ITEMS: Final = 0.35
"""Among the requests of procedures whose list of documents demands any: 28 % of all."""
UNUSABLE_ITEM: Final = 0.15
"""Among them, a document that came but cannot be used."""
NEVER_SUPPLIED: Final = 0.08
SUPPLIED_LATE: Final = 0.04
ABANDONED: Final = 0.022
TRANSFERRED: Final = 0.012
ASSIGNED: Final = 0.15
RELEASED: Final = 0.02
FORGOTTEN: Final = 0.025
"""Cases that nobody takes within two months: silence decides."""
FORGOTTEN_ASYLUM: Final = 0.09
OPINION_ASKED: Final = 0.10
NOTE: Final = 0.08
RETURNED: Final = 0.03
READ: Final = 0.78
"""Addressees who read within fifteen days; the others are deemed notified."""
BY_POST: Final = 0.06

APPEAL: Final = 0.20
APPEAL_HIERARCHICAL: Final = 0.2
APPEAL_OUTCOMES: Final = {"silent": 0.5, "rejected": 0.28, "upheld": 0.22}
CLOSURE_APPEAL: Final = 0.08
COURT: Final = 0.04
COURT_OUTCOMES: Final = {"rejected": 0.64, "annulled": 0.25, "inadmissible": 0.07, "withdrawn": 0.04}
SUSPENSION_ASKED: Final = 0.25
SUSPENSION_GRANTED: Final = 0.35
FORMAL_NOTICE: Final = 0.12
REASONS_ASKED: Final = 0.3

WITHDRAWN: Final = 0.005
REPEALED: Final = 0.003
NO_CERTIFICATE: Final = 0.002
MESSAGE_FAILED: Final = 0.01

T = TypeVar("T")


class Choice(Generic[T]):
    """A weighted choice prepared once: each draw is a bisection."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = tuple(weights)
        self._sums = list(accumulate(weights.values()))

    def draw(self, random: Random) -> T:
        """One of the values, as often as its weight says."""
        return self.at(random.random())

    def at(self, share: float) -> T:
        """The value at a place between 0 and 1, the weights laid side by side."""
        return self._values[bisect(self._sums, share * self._sums[-1], hi=len(self._sums) - 1)]


def even(start: float, rank: int, step: float) -> float:
    """A place between 0 and 1 for each rank: whatever their number, all are spread evenly, neighbours far apart.

    So a small demonstration keeps the mix too, which chance would not. With these steps it is the additive sequence
    of M. Roberts, « The unreasonable effectiveness of quasirandom sequences », 2018.
    """
    return (start + (rank + 1) * step) % 1.0


STEP_ALONE: Final = 0.6180339887498949
"""The inverse of the golden ratio, for one quantity that is spread alone."""
STEPS_TOGETHER: Final = (0.7548776662466927, 0.5698402909980532)
"""Powers of the inverse of the plastic number, for two that are spread together."""


PROCEDURE: Final = Choice(SHARES)
DEPARTMENT: Final = Choice(DEPARTMENTS)
FARMING_DEPARTMENT: Final = Choice(FARMING)
RESORT_DEPARTMENT: Final = Choice(RESORTS)
GROUND: Final = {procedure: Choice(weights) for procedure, weights in GROUNDS.items()}
APPEAL_OUTCOME: Final = Choice(APPEAL_OUTCOMES)
COURT_OUTCOME: Final = Choice(COURT_OUTCOMES)


def first_day(until: date) -> date:
    """The first day on which anything is filed."""
    return max(add_months(until, -PERIOD_MONTHS), LAW_SINCE)


def filing_days(until: date) -> dict[Procedure, Choice[date]]:
    """The days before a horizon on which requests of each procedure come, as often as season and weekday say."""
    first = first_day(until)
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    if not days:
        raise ValueError(f"the horizon must be later than {LAW_SINCE}")
    recent = until - timedelta(days=RECENT_DAYS)
    return {
        procedure: Choice(
            {
                day: MONTHS.get(procedure, EVEN)[day.month - 1]
                * WEEKDAYS[day.weekday()]
                * (RECENT_WEIGHT if day >= recent else 1.0)
                for day in days
            }
        )
        for procedure in SHARES
    }
