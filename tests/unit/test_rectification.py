"""A person is corrected by a later fact; what was decided, and what was said before, stays."""

from datetime import date
from uuid import UUID

import msgspec
import pytest

from domain.commands.rectify_person import RectifyPerson, rectify_person
from domain.envelope import ERASED, Role
from domain.events import PersonErased, PersonRectified
from tests.unit.given import a_context, a_host_family, case_after, filed
from tests.unit.given_decided import refused
from tests.unit.given_disputed import refusal_of

CONTEXT = a_context(Role.LEGAL)
REASON = "Nom mal transcrit."
FAMILY = UUID(int=5)


def of_the_worker(case, **changes):
    return RectifyPerson(person=case.request.worker.person, reason=REASON, **changes)


def at_home():
    case = filed()
    family = msgspec.structs.replace(a_host_family(), person=FAMILY)
    return msgspec.structs.replace(case, request=msgspec.structs.replace(case.request, employer=family))


def test_what_is_given_is_corrected_and_nothing_else():
    case = refused()
    before = case.request.worker
    body = of_the_worker(case, family_name=" Ben Ali ", birth_date=date(1998, 3, 15), given_names=before.given_names)
    (event,) = rectify_person(case, body, CONTEXT)
    assert event.changed == ("family_name", "birth_date")
    after = case_after((event,), case)
    corrected = msgspec.structs.replace(before, family_name="Ben Ali", birth_date=date(1998, 3, 15))
    assert after.request.worker == corrected
    assert after.request.job == case.request.job
    assert after.decisions == case.decisions
    assert after.status == case.status


def test_a_private_employer_is_corrected_too():
    case = at_home()
    (event,) = rectify_person(case, RectifyPerson(person=FAMILY, street="1 rue Neuve", reason=REASON), CONTEXT)
    after = case_after((event,), case)
    assert after.request.employer == msgspec.structs.replace(case.request.employer, street="1 rue Neuve")
    assert after.request.worker == case.request.worker


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"birth_date": date(2090, 1, 1)}, "/birth_date"),
        ({"family_name": "  "}, "/family_name"),
        ({"street": "1 rue Neuve"}, "/street"),
    ],
)
def test_what_cannot_be_is_refused(changes, pointer):
    case = filed()
    refusal = refusal_of(rectify_person, case, of_the_worker(case, **changes), CONTEXT)
    assert [fault.pointer for fault in refusal.faults] == [pointer]


def test_nobody_else_nothing_and_nobody_erased_is_corrected():
    case = filed()
    same = of_the_worker(case, family_name=case.request.worker.family_name)
    assert refusal_of(rectify_person, case, same, CONTEXT).code == "nothing_changed"
    assert refusal_of(rectify_person, case, of_the_worker(case), CONTEXT).code == "nothing_changed"
    stranger = RectifyPerson(person=FAMILY, family_name="X", reason=REASON)
    assert refusal_of(rectify_person, case, stranger, CONTEXT).code == "person_unknown"
    gone = PersonErased(person=case.request.worker.person, reason="Fin.", erased_on=date(2032, 1, 1))
    erased = case_after((gone,), case)
    assert refusal_of(rectify_person, erased, same, CONTEXT).code == "person_already_erased"


def test_an_erased_correction_reads_as_erased():
    """As the ledger reads it once the key is destroyed: optional texts and dates are None."""
    case = filed()
    event = PersonRectified(
        person=case.request.worker.person,
        changed=("family_name", "birth_date", "person", "no such thing"),
        reason=ERASED,
        rectified_on=date(2027, 1, 1),
    )
    worker = case_after((event,), case).request.worker
    assert (worker.family_name, worker.birth_date, worker.person) == (ERASED, None, case.request.worker.person)


def test_somebody_the_case_no_longer_names_changes_nothing():
    case = filed()
    event = PersonRectified(
        person=FAMILY, changed=("family_name",), family_name="X", reason=REASON, rectified_on=date(2027, 1, 1)
    )
    assert case_after((event,), case).request == case.request
