"""Random populations: cases of every territory, callers whose rights come and go, and who may know of what.

The oracle is written from what was drawn, in plain Python; nothing of how the application filters is used.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.acts import AccessQuality, Addressee, AppealKind, CourtAction, DecisionKind, Stage
from domain.demonstration import IDENTITIES
from domain.envelope import Role
from domain.events import (
    AppealLodged,
    BundlePrepared,
    CaseAccessEnded,
    CaseAccessGiven,
    CaseClaimed,
    DecisionMadeAvailable,
    DecisionProposed,
    DocumentReceived,
    ImplicitDecisionArisen,
    LitigationOpened,
    NoteAdded,
    OfiiNotified,
    PersonErased,
    RequestAbandoned,
    RequestTransferred,
    RoutingLeftToHand,
)
from domain.procedures import Procedure
from domain.request import DocumentRef
from tests.histories import SYSTEM, Step, a_filing, a_grant, a_refusal, a_routing, persons_of
from tests.unit.given import a_company, a_job, a_worker

TODAY: Final = date(2026, 11, 2)
CASES: Final = 26
CALLERS: Final = tuple(IDENTITIES)
ROLES: Final = {who: known.actor.role for who, known in IDENTITIES.items()}
FILERS: Final = frozenset({Role.EMPLOYER, Role.MANDATARY, Role.WORKER})
BY_PLATFORM: Final = frozenset({Role.AGENT, Role.SIGNATORY, Role.MANAGER})
BY_DEPARTMENT: Final = frozenset({Role.PREFECTURE, Role.LEGAL})
EVERYWHERE: Final = frozenset({Role.AUDITOR, Role.ADMIN})

Place = tuple[str, str, str, str, str]
PLACES: Final[tuple[Place, ...]] = (
    ("69", "préfet du Rhône", "63", "préfet du Puy-de-Dôme", "Clermont-Ferrand"),
    ("63", "préfet du Puy-de-Dôme", "63", "préfet du Puy-de-Dôme", "Clermont-Ferrand"),
    ("38", "préfet de l'Isère", "63", "préfet du Puy-de-Dôme", "Clermont-Ferrand"),
    ("84", "préfet de Vaucluse", "84", "préfet de Vaucluse", "Avignon"),
    ("62", "préfet du Pas-de-Calais", "62", "préfet du Pas-de-Calais", "Béthune"),
    ("69", "préfet du Rhône", "84", "préfet de Vaucluse", "Avignon"),
)
GUESTS: Final = {"worker-diallo": AccessQuality.WORKER, "counsel-roux": AccessQuality.WORKER_COUNSEL}
"""Callers who file nothing, and are given access to cases."""
PLATFORMS: Final = ("Clermont-Ferrand", "Avignon", "Béthune")
DEPARTMENTS: Final = ("69", "63", "38", "84", "62")
PROCEDURES: Final = (
    Procedure.INTRODUCTION_PERMANENT,
    Procedure.INTRODUCTION_FIXED_TERM,
    Procedure.SEASONAL,
    Procedure.EXCEPTIONAL_ADMISSION,
)


class Drawn(NamedTuple):
    """A case as it was drawn: who filed it, where it is today, and what betrays it wherever it is read."""

    stream: UUID
    number: str
    filer: str
    """Among the callers."""
    place: Place | None
    """Where it is today; None while nobody has routed it."""
    listed_at: Place | None
    """Where rows of it say that it is: for a case set aside, where it was then."""
    assignee: str | None
    worker: str
    company: str
    siret: str
    permit: str | None
    traces: frozenset[str]
    """Texts that stand in this case and nowhere else."""
    steps: list[Step]
    later: list[Step]
    """What happens once the read models have set it aside; nothing of a case that they have not."""
    is_parked: bool
    is_erased: bool
    open_to: frozenset[str]
    """Callers who did not file and were given access."""
    recipients: frozenset[str]
    """Bodies that a message of the case is addressed to."""


class Held(NamedTuple):
    """A right as it was drawn."""

    platforms: tuple[str, ...]
    departments: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    recipient: str = ""


class Population(NamedTuple):
    """Cases, and what the administration decided of rights, in order."""

    cases: tuple[Drawn, ...]
    decided: tuple[tuple[str, dict[str, Any]], ...]
    """Path under /api/admin and body of each decision."""
    rights: dict[str, list[Held]]
    """Of each caller, once all was decided."""

    def may_know(self, who: str, case: Drawn) -> bool:
        """Whether a caller may know of a case today."""
        role = ROLES[who]
        if role in FILERS:
            return case.filer == who or who in case.open_to
        held = [right for right in self.rights[who] if is_in_force(right, TODAY)]
        if not held:
            return False
        if role in EVERYWHERE:
            return True
        if role is Role.PARTNER:
            return any(right.recipient in case.recipients for right in held)
        if role in BY_PLATFORM:
            if case.place is None:
                return role is Role.MANAGER
            return any(case.place[4] in right.platforms for right in held)
        if case.filer == who:
            return True
        return case.place is not None and any({case.place[0], case.place[2]} & set(right.departments) for right in held)

    def has_a_right(self, who: str) -> bool:
        """Whether a caller may ask at all."""
        return ROLES[who] in FILERS or any(is_in_force(right, TODAY) for right in self.rights[who])


def is_in_force(right: Held, on: date) -> bool:
    """Whether a right holds that day."""
    return right.starts_on <= on and (right.ends_on is None or on < right.ends_on)


def population(seed: int) -> Population:
    """The population of this seed, always the same."""
    chance = Random(seed)
    cases = tuple(_case(chance, number) for number in range(CASES))
    decided, rights = _rights(chance)
    return Population(cases, tuple(decided), rights)


# Cases


def _word(chance: Random) -> str:
    """A name that nobody bears."""
    return "Zq" + "".join(chance.choice("abdefgilmnoprtuvw") for _ in range(9))


def _case(chance: Random, index: int) -> Drawn:
    stream = UUID(int=chance.getrandbits(128), version=4)
    digits = f"{chance.getrandbits(48):012X}"
    number = f"AT-2026-{digits[:4]}-{digits[4:8]}-{digits[8:]}"
    permit = f"AT-2026-{digits[8:]}-{digits[:4]}-{digits[4:8]}"
    words = {each: _word(chance) for each in ("worker", "company", "job", "note", "document", "court", "why")}
    siret = f"9{chance.randrange(10**13):013}"
    day = TODAY - timedelta(days=chance.randrange(30, 300))
    # The first ones are given, so that no population lacks them.
    procedure = PROCEDURES[index] if index < len(PROCEDURES) else chance.choice(PROCEDURES)
    if procedure is Procedure.EXCEPTIONAL_ADMISSION:
        filer, place = "prefecture-69", chance.choice((PLACES[0], PLACES[5], PLACES[3]))
    else:
        filer, place = chance.choice(("employer-acme", "mandatary-durand")), chance.choice(PLACES)
        if procedure is Procedure.SEASONAL:
            place = PLACES[3]
    worker = a_worker(
        person=persons_of(stream)[0], family_name=words["worker"], passport_number=f"P{chance.randrange(10**9):09}"
    )
    request: dict[str, Any] = {
        "worker": worker,
        "employer": a_company(name=words["company"], siret=siret),
        "job": a_job(title=words["job"]),
    }
    actor = IDENTITIES[filer].actor
    steps = [a_filing(stream, number, day, procedure, actor, **request)]
    routed: Place | None = place
    assignee = None
    if chance.random() < 0.12 or index == 4:
        why = RoutingLeftToHand(
            rule="CT R5221-15",
            table_version="1",
            facts={},
            competent_department=None,
            why=words["why"],
            first_received_on=day,
        )
        steps.append((SYSTEM, why, day))
        routed = None
    else:
        steps.append(a_routing(day, place))
        assignee = chance.choice(("agent-63", "agent-63-bis", "agent-84", None))
        steps += _life(chance, stream, permit, words, day, actor, assignee)
    if any(type(event).__name__ == "RequestRefused" for _, event, _ in steps):
        prepared = BundlePrepared(
            bundle="B1", decision="D1", litigation=None, recipe="excess_of_power/1", exhibits=(), prepared_on=TODAY
        )
        steps.append((SYSTEM, prepared, TODAY))
    is_parked = 5 <= index < 9
    is_erased = index in {9, 10} and routed is not None
    later: list[Step] = []
    if routed is not None and (chance.random() < 0.3 or index in {5, 6}):
        elsewhere = chance.choice([each for each in PLACES if each[4] != place[4]])
        transferred_on = TODAY - timedelta(days=9)
        moved: list[Step] = [(SYSTEM, _transfer(place, elsewhere, transferred_on), transferred_on)]
        if is_parked:
            later = list(moved)
        else:
            steps += moved
        routed = elsewhere
    if is_erased:
        steps.append((SYSTEM, PersonErased(person=persons_of(stream)[0], reason="Demande.", erased_on=TODAY), TODAY))
    open_to = set()
    for number_of_guest, (guest, quality) in enumerate(GUESTS.items(), 1):
        if chance.random() < 0.3 or index in {number_of_guest, 10 + number_of_guest}:
            access = CaseAccessGiven(identity=f"local:{guest}", quality=quality, basis="Titre.", given_on=day)
            steps.append((SYSTEM, access, day))
            open_to.add(guest)
            if chance.random() < 0.3 and index != number_of_guest:
                ended = CaseAccessEnded(identity=f"local:{guest}", reason="Demande.", ended_on=TODAY)
                steps.append((SYSTEM, ended, TODAY))
                open_to.discard(guest)
    traces = {str(stream), stream.hex, number, siret, permit, *words.values(), str(worker.passport_number)}
    return Drawn(
        stream=stream,
        number=number,
        filer=filer,
        place=routed,
        listed_at=place if later else routed,
        assignee=assignee,
        worker=words["worker"],
        company=words["company"],
        siret=siret,
        permit=permit if any(type(event).__name__ == "RequestGranted" for _, event, _ in steps) else None,
        traces=frozenset(traces),
        steps=steps,
        later=later,
        is_parked=is_parked,
        is_erased=is_erased,
        open_to=frozenset(open_to),
        recipients=frozenset({"OFII"} if any(type(event) is OfiiNotified for _, event, _ in steps) else ()),
    )


def _transfer(place: Place, elsewhere: Place, day: date) -> RequestTransferred:
    return RequestTransferred(
        reason="Compétence.",
        from_platform=place[4],
        competent_department=elsewhere[0],
        competent_prefect=elsewhere[1],
        deciding_department=elsewhere[2],
        deciding_prefect=elsewhere[3],
        platform=elsewhere[4],
        transferred_on=day,
    )


def _life(
    chance: Random, stream: UUID, permit: str, words: dict[str, str], day: date, filer: Any, assignee: str | None
) -> Iterator[Step]:
    agent = IDENTITIES[assignee or "agent-63"].actor
    if assignee is not None:
        yield agent, CaseClaimed(agent=agent.identity, agent_name=agent.name), day
    yield agent, NoteAdded(person=persons_of(stream)[0], text=f"Vu avec {words['note']}."), day
    reference = DocumentRef(
        id="P1",
        version=1,
        sha256=f"{chance.getrandbits(256):064x}",
        item="passport",
        title=words["document"],
    )
    yield filer, DocumentReceived(document=reference, received_on=day), day
    later = min(day + timedelta(days=chance.randrange(3, 70)), TODAY - timedelta(days=20))
    how = chance.random()
    if how < 0.2:
        return
    if how < 0.3:
        yield filer, RequestAbandoned(reason="Le poste est pourvu", abandoned_on=later), later
        return
    if how < 0.4:
        silence = ImplicitDecisionArisen(
            decision="D1",
            kind=DecisionKind.IMPLICIT_REFUSAL,
            rule="AT_ORDINARY",
            articles="CRPA L231-5",
            explanation="Deux mois de silence.",
            arisen_on=later,
        )
        yield SYSTEM, silence, later
        yield from _contested(chance, filer, words, later)
        return
    kind = DecisionKind.GRANT if how < 0.75 else DecisionKind.REFUSAL
    yield agent, DecisionProposed(kind=kind, stage=Stage(), proposed_by=agent.identity, proposed_on=later), later
    if how > 0.93:
        return
    yield a_grant(later, permit) if kind is DecisionKind.GRANT else a_refusal(later)
    if chance.random() < 0.2:
        return
    for addressee in Addressee:
        yield (
            SYSTEM,
            DecisionMadeAvailable(decision="D1", addressee=addressee, available_on=later, channel="teleservice"),
            later,
        )
    if kind is DecisionKind.GRANT:
        yield (
            SYSTEM,
            OfiiNotified(
                message="N1",
                decision="D1",
                ground="contrat de plus de trois mois",
                sent_on=later,
                siret="90200029800015",
                rome="G1602",
                contract="permanent",
                start=later,
                end=None,
                duration_months=None,
                pay_monthly_gross="2400.00",
                seasonal=False,
            ),
            later,
        )
    else:
        yield from _contested(chance, filer, words, later)


def _contested(chance: Random, filer: Any, words: dict[str, str], day: date) -> Iterator[Step]:
    how = chance.random()
    if how < 0.4:
        opened = LitigationOpened(
            litigation="L1",
            action=CourtAction.ANNULMENT,
            court="tribunal administratif de Lyon",
            court_number=words["court"],
            against="D1",
            lodged_by=Addressee.EMPLOYER,
            lodged_on=day,
            competent_court=None,
            represented_by="le préfet du Rhône",
        )
        yield IDENTITIES["legal-69"].actor, opened, day
    elif how < 0.8:
        lodged = AppealLodged(
            appeal="A1",
            kind=AppealKind.GRACIOUS,
            against="D1",
            lodged_by=Addressee.EMPLOYER,
            received_on=day,
            in_time=True,
            person=filer.person,
            arguments=f"Le salaire a été relevé, dit {words['court']}.",
            implicit_rejection_on=day + timedelta(days=61),
        )
        yield filer, lodged, day


# Rights


def _rights(chance: Random) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, list[Held]]]:
    """What is decided of the rights of callers, beginning with those of the demonstration, and what comes of it."""
    decided: list[tuple[str, dict[str, Any]]] = []
    rights: dict[str, list[Held]] = {}
    for who, known in IDENTITIES.items():
        held = [Held(known.platforms, known.departments, date(2021, 4, 1), None, known.recipient)]
        if ROLES[who] not in FILERS | {Role.ADMIN, Role.PARTNER} and who != "auditor":
            for _ in range(chance.choice((0, 1, 1, 2, 3))):
                held = _changed(chance, who, held, decided)
        rights[who] = held
    return decided, rights


def _changed(chance: Random, who: str, held: list[Held], decided: list[tuple[str, dict[str, Any]]]) -> list[Held]:
    role = ROLES[who]
    day = TODAY + timedelta(days=chance.choice((-40, -1, 0, 0, 1, 30)))
    subject = {"identity": f"local:{who}", "role": role.value}
    if chance.random() < 0.45:
        if not any(is_in_force(right, day) for right in held):
            return held
        decided.append(("rights/revoke", {**subject, "reason": "Mutation.", "ends_on": day.isoformat()}))
        return list(_without(held, day))
    platforms = tuple(chance.sample(PLATFORMS, chance.choice((1, 1, 2)))) if role in BY_PLATFORM else ()
    departments = tuple(chance.sample(DEPARTMENTS, chance.choice((1, 1, 2)))) if role in BY_DEPARTMENT else ()
    given = {"platforms": platforms, "departments": departments, "starts_on": day.isoformat()}
    decided.append(("rights", {**subject, **given}))
    return [*held, Held(platforms, departments, day, None)]


def _without(held: Iterable[Held], day: date) -> Iterator[Held]:
    """Rights after one that ends those of a day: what begins that very day stays, unless all of them do."""
    held = list(held)
    older = [right for right in held if is_in_force(right, day) and right.starts_on < day]
    ended = older or [right for right in held if is_in_force(right, day)]
    for right in held:
        yield right._replace(ends_on=day) if any(right is each for each in ended) else right
