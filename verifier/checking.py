"""The whole verification of a proof: archive, signatures, tree, facts, earlier checkpoints, time-stamps."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from verifier.archive import read_archive
from verifier.chain import faults_of_facts
from verifier.contents import Document, Erased, Erasure, documents_of, erased_in, erasures_in, recorded_at
from verifier.declaration import Declaration, declaration_of
from verifier.facts import Fact, Unread, read_facts
from verifier.faults import Fault, Invalid
from verifier.french import in_french
from verifier.notes import Checkpoint, Key, checkpoint_of, key_of
from verifier.time_stamps import TimeStampInvalid, verify_time_stamp
from verifier.tree import Nodes, faults_of_tree, peaks, read_nodes, root_of

NAMES: Final = ("preuve.txt", "faits.txt", "arbre.txt", "cles.txt")
NO_TOKEN: Final = bytes(32)


class Asked(NamedTuple):
    """What whoever verifies brings along."""

    keys: tuple[Key, ...] = ()
    """Of the log, as they were given by another way than the archive."""
    kept: tuple[tuple[str, bytes], ...] = ()
    """Checkpoints kept since earlier, by the names of their files."""
    witnesses: tuple[Key, ...] = ()
    roots: tuple[bytes, ...] = ()
    """Certificates, in DER, that chains of time-stamps may end in."""


class Stamped(NamedTuple):
    """A time-stamp that holds: what it covers existed before."""

    number: int
    point: str
    facts: int
    """How many facts of the archive it covers."""
    at: str
    authority: str
    is_anchored: bool


class Findings:
    """What a verification found."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.reserves: list[str] = []
        """What could not be proven, and what it would take."""
        self.held: list[str] = []
        """What holds besides, in French sentences."""
        self.declaration: Declaration | None = None
        self.checkpoint: Checkpoint | None = None
        self.facts: list[Fact] = []
        self.nodes: Nodes | None = None
        self.signers: list[Key] = []
        self.stamps: list[Stamped] = []
        self.documents: list[Document] = []
        self.erased: list[Erased] = []
        self.erasures: list[Erasure] = []
        self.first_at = ""
        self.last_at = ""

    @property
    def first(self) -> Fault:
        """The first fault: of a fact rather than of what surrounds it."""
        return min(self.faults, key=lambda fault: (fault.rank is None, fault.rank or 0))

    @property
    def status(self) -> int:
        """0 proven, 1 altered, 3 coherent with a reserve."""
        return 1 if self.faults else 3 if self.reserves else 0


def verify(data: bytes, asked: Asked) -> Findings:
    """Verify an archive; nothing in it can make this raise."""
    found = Findings()
    files, found.faults = read_archive(data)
    if not files:
        found.faults = [Fault("archive", "ce n'est pas une preuve (.zip), ou son début est altéré", "octet 0")]
        return found
    missing = [name for name in NAMES if name not in files]
    if missing:
        found.faults.append(Fault("archive", f"il y manque {', '.join(missing)}", "fichiers"))
    keys = _keys_in(files.get("cles.txt", b""), found) if "cles.txt" in files else []
    declaration = _declared(files, keys, asked, found)
    if declaration is None:
        return found
    points = _points(files, declaration, keys, asked, found)
    final = points.get(declaration.point)
    if final is None:
        found.faults.append(Fault("preuve.txt", f"le point de contrôle {declaration.point} manque", "point"))
    _check_facts(files, declaration, points, final, found)
    if final is not None:
        _check_kept(asked, keys, final, found)
        _check_stamps(files, points, asked, found)
    return found


def _keys_in(raw: bytes, found: Findings) -> list[Key]:
    try:
        return [key_of(line) for line in raw.decode().splitlines()]
    except (Invalid, UnicodeDecodeError) as error:
        found.faults.append(Fault("cles.txt", str(error), "clé"))
        return []


def _declared(files: dict[str, bytes], keys: Sequence[Key], asked: Asked, found: Findings) -> Declaration | None:
    if "preuve.txt" not in files:
        return None
    try:
        declaration = declaration_of(files["preuve.txt"])
        found.signers = declaration.note.by(asked.keys or keys)
    except Invalid as error:
        found.faults.append(Fault("preuve.txt", str(error), "signature"))
        try:
            declaration = declaration_of(files["preuve.txt"])
        except Invalid:
            return None
    else:
        own = [key for key in found.signers if key.name == declaration.origin]
        if not own:
            who = "une clé que vous avez donnée" if asked.keys else "une clé de l'archive"
            found.faults.append(Fault("preuve.txt", f"la déclaration n'est pas signée par {who}", "signature"))
        if not asked.keys:
            found.reserves.append(
                "vous n'avez pas donné la clé publique du journal : rien ne dit encore que le signataire est le service"
            )
    found.declaration = declaration
    listed = [name for name in files if name != "preuve.txt"]
    if listed != list(declaration.files):
        found.faults.append(Fault("archive", "elle ne contient pas les fichiers déclarés, dans leur ordre", "fichiers"))
    for name, digest in declaration.files.items():
        if name in files and hashlib.sha256(files[name]).hexdigest() != digest:
            found.faults.append(
                Fault(f"fichier « {name} »", "ce n'est pas celui que le service a déclaré", "empreinte")
            )
    return declaration


def _points(
    files: dict[str, bytes], declaration: Declaration, keys: Sequence[Key], asked: Asked, found: Findings
) -> dict[str, Checkpoint]:
    """The checkpoints of the archive by file, each signed by the log."""
    points = {}
    for name, raw in files.items():
        if not name.startswith("points/"):
            continue
        try:
            point = checkpoint_of(name, raw)
            signers = point.note.by((*asked.keys, *keys))
        except Invalid as error:
            found.faults.append(Fault(f"point de contrôle {name}", str(error), "signature"))
            continue
        points[name] = point
        own = {key.text for key in signers if key.name == declaration.origin}
        if point.origin != declaration.origin or not own:
            reason = f"il n'est pas signé par le journal {declaration.origin}"
            found.faults.append(Fault(f"point de contrôle {name}", reason, "signature"))
        elif asked.keys and not own & {key.text for key in asked.keys}:
            told = f"le point de contrôle {name} est signé par une clé qui ne vous a pas été remise"
            if name == declaration.point:
                found.faults.append(Fault(f"point de contrôle {name}", told, "signature"))
            else:
                found.held.append(f"{told} : sa date est celle que déclare le service.")
    _witnessed(points.values(), asked, found)
    return points


def _witnessed(points: Iterable[Checkpoint], asked: Asked, found: Findings) -> None:
    """What each witness that is asked for has signed: one that has signed nothing is told of too."""
    heard = {key for point in points for key in _witnesses(point, asked, found)}
    for key in asked.witnesses:
        if key not in heard:
            found.reserves.append(f"le témoin « {key.name} » n'a contresigné aucun point de contrôle de cette preuve")


def _witnesses(point: Checkpoint, asked: Asked, found: Findings) -> list[Key]:
    try:
        signers = point.note.by(asked.witnesses)
        for key in signers:
            found.held.append(f"Le témoin « {key.name} » a contresigné le point de {point.size} faits.")
    except Invalid as error:
        found.faults.append(Fault(f"point de contrôle {point.name}", str(error), "témoin"))
        return []
    return signers


def _check_facts(
    files: dict[str, bytes],
    declaration: Declaration,
    points: dict[str, Checkpoint],
    final: Checkpoint | None,
    found: Findings,
) -> None:
    read: list[Fact | Unread] = list(read_facts(files.get("faits.txt", b"")))
    facts = [fact for fact in read if isinstance(fact, Fact)]
    nodes: Nodes | None = None
    of_tree: list[Fault] = []
    if final is not None:
        try:
            nodes = read_nodes(files.get("arbre.txt", b""))
            of_tree = list(faults_of_tree(final, nodes))
        except Invalid as error:
            of_tree = [Fault("arbre.txt", str(error), "nœud", leaves=(0, final.size - 1))]
    shaken = [fault.leaves for fault in of_tree if fault.leaves is not None]
    # Those of the whole tree say nothing of a fact in particular.
    near = [each for each in shaken if final is None or each != (0, final.size - 1)]
    of_facts = list(faults_of_facts(read, declaration.streams, nodes, near))
    found.faults += [*of_facts, *of_tree]
    found.facts, found.nodes = facts, nodes
    if final is not None and nodes is not None and not of_tree and not of_facts:
        found.faults += _faults_of_points(nodes, points, final, facts)
    found.checkpoint = final
    if not found.faults:
        _read_contents(facts, declaration, found)


def _read_contents(facts: Sequence[Fact], declaration: Declaration, found: Findings) -> None:
    """What proven facts say: whoever signs with a key of his own may have proven anything."""
    try:
        found.documents, found.erasures = documents_of(facts), erasures_in(facts)
        found.erased = erased_in(facts, declaration.erased)
    except (ValueError, TypeError, LookupError, RecursionError):
        found.faults.append(Fault("faits.txt", "un fait n'est pas écrit comme le service écrit les siens", "contenu"))
    moments = sorted(filter(None, map(recorded_at, facts)))
    if len(moments) < len(facts):
        found.faults.append(Fault("faits.txt", "un fait ne dit pas quand il fut enregistré", "contenu"))
    else:
        found.first_at, found.last_at = moments[0], moments[-1]


def _faults_of_points(
    nodes: Nodes, points: dict[str, Checkpoint], final: Checkpoint, facts: Sequence[Fact]
) -> Iterator[Fault]:
    """Earlier checkpoints that the tree does not go on from, places that positions contradict."""
    for point in points.values():
        if point.size > final.size:
            yield Fault(f"point de contrôle {point.name}", "il va plus loin que le dernier", "taille")
        elif not all(peak in nodes for peak in peaks(point.size)):
            yield Fault("arbre.txt", f"il y manque les nœuds du point de contrôle {point.name}", "nœud")
        elif root_of(point.size, nodes) != point.root:
            reason = f"le journal de {final.size} faits ne continue pas celui de {point.size} faits"
            yield Fault(f"point de contrôle {point.name}", reason, "racine", leaves=(0, point.size - 1))
        size, position = point.size, point.position
        for fact in facts:
            if (fact.place < size) != (fact.position <= position):
                yield fact.fault("position", f"sa position et son rang se contredisent au point {point.name}")
    ordered = sorted(facts, key=lambda fact: fact.place)
    for before, after in pairwise(ordered):
        if before.place == after.place or before.position >= after.position:
            yield after.fault("position", "les positions ne montent pas dans l'ordre du journal")


def _check_kept(asked: Asked, keys: Sequence[Key], final: Checkpoint, found: Findings) -> None:
    """Whether the log goes on from the checkpoints that whoever verifies has kept."""
    for name, raw in asked.kept:
        where = f"point de contrôle gardé « {name} »"
        try:
            point = checkpoint_of(name, raw)
            # A key that signs no more may have signed it.
            signers = point.note.by((*asked.keys, *keys))
        except Invalid as error:
            found.faults.append(Fault(where, str(error), "signature"))
            continue
        if point.origin != final.origin or all(key.name != final.origin for key in signers):
            found.faults.append(Fault(where, f"il n'est pas de ce journal, {final.origin}", "signature"))
            continue
        found.faults += _faults_of_kept(where, point, final, found)


def _faults_of_kept(where: str, point: Checkpoint, final: Checkpoint, found: Findings) -> Iterator[Fault]:
    told = f"{point.size} faits le {in_french(point.made_at)}"
    if point.size > final.size and found.declaration is not None and point.made_at > found.declaration.made_at:
        # Nothing was taken back: the proof is of an earlier day.
        made_at = in_french(found.declaration.made_at)
        found.reserves.append(f"le {where} ({told}) est plus récent que cette preuve, faite le {made_at}")
        return
    if point.size > final.size:
        reason = (
            f"le journal comptait {told}, et n'en compte plus que {final.size} : les faits de rang {final.size + 1} à"
            f" {point.size}, de positions {final.position + 1} à {point.position}, manquent"
        )
        yield Fault(where, reason, "taille", leaves=(final.size, point.size - 1))
        return
    nodes = found.nodes
    if nodes is None or any(peak not in nodes for peak in peaks(point.size)):
        found.reserves.append(
            f"rien dans l'archive ne relie le {where} ({point.size} faits) au journal d'aujourd'hui : demandez une"
            f" preuve avec « ?since={point.size} »"
        )
    elif root_of(point.size, nodes) != point.root:
        reason = f"le journal d'aujourd'hui ne continue pas celui de {point.size} faits : il a été réécrit"
        yield Fault(where, reason, "racine", leaves=(0, point.size - 1))
    else:
        found.held.append(f"Le journal continue celui du {where} : {told}.")


def _check_stamps(files: dict[str, bytes], points: dict[str, Checkpoint], asked: Asked, found: Findings) -> None:
    listed = files.get("horodatages/chaine.txt", b"").decode("ascii", "replace").splitlines()
    tokens = [name for name in files if name.startswith("horodatages/") and name.endswith(".tsr")]
    if [f"horodatages/{line.split(' ')[0]}.tsr" for line in listed] != tokens:
        found.faults.append(Fault("horodatages", "les jetons ne sont pas ceux de la chaîne", "fichiers"))
        return
    for line, name in zip(listed, tokens, strict=True):
        try:
            found.stamps.append(_stamped(line, files[name], points, asked, found))
        except (Invalid, TimeStampInvalid) as error:
            found.faults.append(Fault(f"horodatage « {name} »", str(error), "jeton"))


def _stamped(line: str, token: bytes, points: dict[str, Checkpoint], asked: Asked, found: Findings) -> Stamped:
    try:
        told, checkpoint, *chained = line.split(" ")
        number = int(told)
        before = b"".join(NO_TOKEN if each == "-" else bytes.fromhex(each) for each in chained)
        point = points[f"points/{checkpoint}.txt"]
    except (ValueError, KeyError):
        raise Invalid("la ligne de la chaîne est illisible, ou son point de contrôle manque") from None
    if len(before) != 96 or len(chained) != 3:
        raise Invalid("la ligne de la chaîne ne cite pas trois jetons")
    note = hashlib.sha256(point.note.without_witnesses()).digest()
    imprint = hashlib.sha256(b"smoe-stamp-1" + note + before).digest()
    try:
        stamp = verify_time_stamp(token, imprint, list(asked.roots))
    except TimeStampInvalid as error:
        # A token of another authority than the roots given are of is as good as without any.
        stamp = verify_time_stamp(token, imprint, [])
        found.reserves.append(f"l'horodatage n° {number} n'est rattaché à aucune des racines données ({error})")
    return Stamped(
        number,
        point.name,
        sum(fact.place < point.size for fact in found.facts),
        f"{stamp.gen_time:%Y-%m-%dT%H:%M:%SZ}",
        stamp.authority,
        stamp.is_anchored,
    )
