"""A misspelt member is refused where it stands, however deep: nothing that its author meant is silently dropped."""

import copy

import pytest

from features.bodies import filing
from tests.api.service import Service


@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        (("request", "job"), "/request/job/salary"),
        (("request", "worker"), "/request/worker/salary"),
        (("request", "particulars"), "/request/particulars/salary"),
        (("request", "employer", "seat"), "/request/employer/seat/salary"),
        (("documents", 0), "/documents/0/salary"),
    ],
)
def test_a_misspelt_member_is_refused_where_it_stands(
    service: Service, place: tuple[str | int, ...], pointer: str
) -> None:
    body = copy.deepcopy(filing("introduction_permanent"))
    part = body
    for name in place:
        part = part[name]
    part["salary"] = "2400.00"
    answer = service.post("employer-acme", "/api/cases", body)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["faults"]] == [pointer]
