"""The manifest of a transfer in the French standard for exchanging archives, SEDA 2.1 (ArchiveTransfer)."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from documents.export.bag import Stored
from domain.french import in_french
from domain.retention import Retention

NAMESPACE: Final = "fr:gouv:culture:archivesdefrance:seda:v2.1"
ROOT: Final = "data/"
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


class Agencies(NamedTuple):
    """Who transfers to whom, by the identifiers of the archives' own system."""

    archival: str
    transferring: str
    agreement: str = ""

    @property
    def are_known(self) -> bool:
        """Whether a manifest may name them: none is invented."""
        return bool(self.archival and self.transferring)


class Kept(NamedTuple):
    """A file of the transfer, with what describes it."""

    group: str
    """The title of the folder it is listed in."""
    title: str
    media_type: str
    dated: date | None
    stored: Stored


class Subject(NamedTuple):
    """The case that is transferred."""

    identifier: str
    number: str
    title: str
    opened_on: date
    ended_on: date


def manifest(
    subject: Subject, files: Sequence[Kept], agencies: Agencies, kept_for: Retention | None, made_at: datetime
) -> bytes:
    """The bordereau, in the order of the schema: one unit for the case, one for each group, one for each file.

    The final action is « Keep » until the archives have decided (visa): what the table of retention says is in the
    description, with its mark, and starts the rule.
    """
    root = ET.Element("ArchiveTransfer", {"xmlns": NAMESPACE})
    _text(root, "Comment", f"Versement du dossier n° {subject.number}")
    _text(root, "Date", f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _text(root, "MessageIdentifier", f"smoe-{subject.identifier}")
    if agencies.agreement:
        _text(root, "ArchivalAgreement", agencies.agreement)
    versions = ET.SubElement(root, "CodeListVersions")
    _text(versions, "MessageDigestAlgorithmCodeListVersion", "FIPS PUB 180-4")
    _text(versions, "MimeTypeCodeListVersion", "IANA")
    package = ET.SubElement(root, "DataObjectPackage")
    for number, each in enumerate(files, 1):
        _object(package, number, each)
    described = ET.SubElement(package, "DescriptiveMetadata")
    _case(described, subject, files, kept_for)
    managed = ET.SubElement(package, "ManagementMetadata")
    _text(managed, "OriginatingAgencyIdentifier", agencies.transferring)
    _text(managed, "SubmissionAgencyIdentifier", agencies.transferring)
    for name, identifier in (("ArchivalAgency", agencies.archival), ("TransferringAgency", agencies.transferring)):
        _text(ET.SubElement(root, name), "Identifier", identifier)
    ET.indent(root)
    told: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return told + b"\n"


def _object(package: ET.Element, number: int, file: Kept) -> None:
    group = ET.SubElement(package, "DataObjectGroup", {"id": f"G{number}"})
    binary = ET.SubElement(group, "BinaryDataObject", {"id": f"B{number}"})
    _text(binary, "DataObjectVersion", "BinaryMaster_1")
    path = file.stored.path.removeprefix(ROOT)
    _text(binary, "Uri", path)
    _text(binary, "MessageDigest", file.stored.digests["sha512"]).set("algorithm", "SHA-512")
    _text(binary, "Size", str(file.stored.bytes))
    _text(ET.SubElement(binary, "FormatIdentification"), "MimeType", file.media_type)
    _text(ET.SubElement(binary, "FileInfo"), "Filename", path.rpartition("/")[2])


def _case(described: ET.Element, subject: Subject, files: Sequence[Kept], kept_for: Retention | None) -> None:
    case = ET.SubElement(described, "ArchiveUnit", {"id": "U0"})
    if kept_for is not None:
        rule = ET.SubElement(ET.SubElement(case, "Management"), "AppraisalRule")
        _text(rule, "Rule", kept_for.rule)
        _text(rule, "StartDate", kept_for.starts_on.isoformat())
        _text(rule, "FinalAction", "Keep")
    content = ET.SubElement(case, "Content")
    _text(content, "DescriptionLevel", "RecordGrp")
    _text(content, "Title", subject.title)
    _text(content, "OriginatingAgencyArchiveUnitIdentifier", subject.number)
    _text(content, "Description", described_retention(kept_for))
    _text(content, "StartDate", subject.opened_on.isoformat())
    _text(content, "EndDate", subject.ended_on.isoformat())
    groups = dict.fromkeys(each.group for each in files)
    for rank, group in enumerate(groups, 1):
        unit = ET.SubElement(case, "ArchiveUnit", {"id": f"U{rank}"})
        of_group = ET.SubElement(unit, "Content")
        _text(of_group, "DescriptionLevel", "RecordGrp")
        _text(of_group, "Title", group)
        for number, each in enumerate(files, 1):
            if each.group == group:
                _item(unit, f"U{rank}-{number}", f"G{number}", each)


def _item(parent: ET.Element, identifier: str, group: str, file: Kept) -> None:
    unit = ET.SubElement(parent, "ArchiveUnit", {"id": identifier})
    content = ET.SubElement(unit, "Content")
    _text(content, "DescriptionLevel", "Item")
    _text(content, "Title", file.title)
    if file.dated is not None:
        _text(content, "StartDate", file.dated.isoformat())
        _text(content, "EndDate", file.dated.isoformat())
    _text(ET.SubElement(unit, "DataObjectReference"), "DataObjectGroupReferenceId", group)


def described_retention(kept_for: Retention | None) -> str:
    """What is known of the period of administrative use, and how surely."""
    if kept_for is None:
        return "Durée d'utilité administrative inconnue : aucune ligne en vigueur ne la fixe."
    sure = "confirmée" if kept_for.is_confirmed else "à confirmer, le visa des archives étant exigé"
    return (
        f"Durée d'utilité administrative ({sure}) : {kept_for.explanation} Conservation jusqu'au"
        f" {in_french(kept_for.erasable_on)} au moins ; le sort final n'est pas fixé."
    )


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _ILLEGAL.sub("", text) or "-"
    return element
