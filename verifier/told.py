"""What a verification found, as a sentence in French and its details, and as JSON."""

import json
from typing import Any, Final

from verifier.checking import Findings
from verifier.french import in_french

FAULTS_TOLD_MAX: Final = 20


def sentence_of(found: Findings) -> str:
    """The one sentence that an auditor reads."""
    if found.faults or found.declaration is None or found.checkpoint is None:
        others = len(found.faults) - 1
        more = f" (et {_counted(others, 'autre divergence', 'autres divergences')})" if others else ""
        return f"NON PROUVÉ. Première divergence : {found.first}{more}."
    streams, point = found.declaration.streams, found.checkpoint
    whose = f"du dossier {streams[0].id}" if len(streams) == 1 else f"de {len(streams)} dossiers"
    count = _counted(len(found.facts), "le fait", f"les {len(found.facts)} faits", bare=True)
    are = "est entier et inchangé" if len(found.facts) == 1 else "sont entiers et inchangés"
    their = "son" if len(found.facts) == 1 else "leur"
    begins = "COHÉRENT, AVEC RÉSERVE" if found.reserves else "PROUVÉ"
    return (
        f"{begins} : {count} {whose} {are} depuis {their} inscription au journal « {point.origin} », selon le point de"
        f" contrôle de {_counted(point.size, 'fait', 'faits')} signé le {in_french(point.made_at)}{_before(found)}."
    )


def details_of(found: Findings) -> list[str]:
    """What stands below that sentence, one line each."""
    lines = [f"- {fault}" for fault in found.faults[:FAULTS_TOLD_MAX]] if len(found.faults) > 1 else []
    if len(found.faults) > FAULTS_TOLD_MAX:
        lines.append(f"- … et {len(found.faults) - FAULTS_TOLD_MAX} de plus")
    lines += [f"Réserve : {reserve}." for reserve in found.reserves]
    for key in found.signers:
        lines.append(f"Signé par la clé {key.id.hex()} : {key.text}")
    if found.declaration is not None:
        for stream in found.declaration.streams[:FAULTS_TOLD_MAX]:
            lines.append(
                f"Dossier {stream.id} : {_counted(stream.facts, 'fait', 'faits')}, selon la déclaration signée du"
                f" {in_french(found.declaration.made_at)}."
            )
    if found.first_at:
        lines.append(
            f"Faits enregistrés du {in_french(found.first_at)} au {in_french(found.last_at)} (horloge du service)."
        )
    lines += [*found.held, *_of_stamps(found), *_of_erasures(found)]
    for document in found.documents[:FAULTS_TOLD_MAX]:
        lines.append(
            f"Pièce {document.id} version {document.version} « {document.title} » : SHA-256 {document.sha256}"
            f" (fait de version {document.fact})"
        )
    if len(found.documents) > FAULTS_TOLD_MAX:
        lines.append(f"… et {len(found.documents) - FAULTS_TOLD_MAX} pièces de plus (voir --json)")
    return lines


def json_of(found: Findings) -> str:
    """Everything, for programs; members may be added, none changes its meaning."""
    told: dict[str, Any] = {
        "format": "smoe-verification-1",
        "status": found.status,
        "verdict": {0: "proven", 1: "altered", 3: "coherent"}[found.status],
        "sentence": sentence_of(found),
        "faults": [fault._asdict() for fault in found.faults],
        "first": found.first._asdict() if found.faults else None,
        "reserves": found.reserves,
        "held": found.held,
        "facts": len(found.facts),
        "first_recorded_at": found.first_at or None,
        "last_recorded_at": found.last_at or None,
        "signers": [key.text for key in found.signers],
        "time_stamps": [stamp._asdict() for stamp in found.stamps],
        "documents": [document._asdict() for document in found.documents],
        "erased": [erased._asdict() for erased in found.erased],
        "erasures": [erasure._asdict() for erasure in found.erasures],
    }
    if found.declaration is not None:
        told["declared_at"] = found.declaration.made_at
        told["streams"] = [stream._asdict() for stream in found.declaration.streams]
    if found.checkpoint is not None:
        point = found.checkpoint
        told["checkpoint"] = {
            "origin": point.origin,
            "size": point.size,
            "root": point.root.hex(),
            "position": point.position,
            "made_at": point.made_at,
        }
    return json.dumps(told, ensure_ascii=False)


def _before(found: Findings) -> str:
    """Since when they provably existed, by the earliest time-stamp that covers them all and whose authority is known.

    Anybody can make a certificate of any name: one that goes up to no given root says nothing in this sentence.
    """
    whole = [stamp for stamp in found.stamps if stamp.is_anchored and stamp.facts == len(found.facts)]
    if not whole:
        return ""
    first = min(whole, key=lambda stamp: stamp.at)
    existed = "il existait" if len(found.facts) == 1 else "ils existaient"
    return f" ; {existed} avant le {in_french(first.at)}, selon l'horodatage de « {first.authority} »"


def _of_stamps(found: Findings) -> list[str]:
    return [
        f"Horodatage n° {stamp.number} : {_counted(stamp.facts, 'fait existait', 'faits existaient')} avant le"
        f" {in_french(stamp.at)}, selon « {stamp.authority} »"
        + ("." if stamp.is_anchored else ", dont rien ne garantit le certificat : donnez sa racine (--racine).")
        for stamp in found.stamps
    ]


def _of_erasures(found: Findings) -> list[str]:
    lines = [
        f"Personne {erasure.person} : effacement acté le {in_french(erasure.on)} (fait de version {erasure.fact})."
        for erasure in found.erasures
    ]
    for erased in found.erased:
        fields = ", ".join(erased.fields)
        lines.append(
            f"Fait de version {erased.fact} : {erased.path} ({fields}) effacé, clé détruite le"
            f" {in_french(erased.destroyed_at)} selon la déclaration signée ; son chiffré reste prouvé."
        )
    return lines


def _counted(count: int, one: str, several: str, *, bare: bool = False) -> str:
    word = one if count < 2 else several
    return word if bare else f"{count} {word}"
