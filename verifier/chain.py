"""The facts of an archive judged one by one: their hashes, their chain, their leaves; the place of what diverges."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from verifier.declaration import Stream
from verifier.facts import Fact, Unread, fact_hash, leaf_hash
from verifier.faults import Fault
from verifier.tree import Nodes

PREVIOUS: Final = re.compile(rb'"previous":"([0-9a-f]{64})","salt":"[0-9a-f]{32}","payload":')
FIRST_HASH: Final = "0" * 64


def faults_of_facts(
    read: Sequence[Fact | Unread], streams: Sequence[Stream], nodes: Nodes | None, shaken: Sequence[tuple[int, int]]
) -> Iterator[Fault]:
    """Everything that diverges, in the order of the file.

    `nodes` is None where the tree cannot be read; `shaken` are the ranges of leaves where it does not hold.
    """
    declared = {stream.id: stream for stream in streams}
    seen: dict[str, tuple[int, str]] = {}
    leaves = nodes if nodes is not None else {}
    stream, search = "", PREVIOUS.search
    for number, fact in enumerate(read):
        if isinstance(fact, Unread):
            # Which one it should have been: the next of the case before it, or the first of the next case.
            yield _unread(fact, read[number - 1] if number else None, streams)
            return
        if fact.stream != stream:
            if fact.stream not in declared:
                yield fact.fault("dossier", "ce dossier n'est pas de ceux que le service déclare")
            elif number:
                yield from _out_of_order(fact, read[number - 1], declared)
            stream = fact.stream
        version, before = seen.get(stream, (0, FIRST_HASH))
        digest = fact_hash(fact)
        previous = search(fact.state)
        if fact.version != version + 1:
            yield _misplaced(fact, version)
        if previous is None or previous[1].decode() != before:
            yield fact.fault("previous", "il ne continue pas le fait qui le précède dans l'archive")
        if digest.hex() != fact.hash:
            yield _altered(fact, digest, nodes)
        elif leaves.get((0, fact.place)) != leaf_hash(fact.position, digest) and nodes is not None:
            follows = read[number + 1] if number + 1 < len(read) else None
            yield _not_the_leaf(fact, nodes, shaken, follows)
        seen[stream] = (fact.version, fact.hash)
    yield from _incomplete(seen, streams)


def _out_of_order(fact: Fact, before: Fact | Unread, declared: Mapping[str, Stream]) -> Iterator[Fault]:
    """A case that begins before the one in front of it has ended, or that should have stood before it."""
    if not isinstance(before, Fact) or before.stream == fact.stream:
        return
    if fact.stream < before.stream:
        yield fact.fault("ordre", "les dossiers ne sont pas dans leur ordre")
    ends = declared.get(before.stream)
    if ends is not None and before.version < ends.facts:
        told = f"la version {before.version + 1} du dossier {before.stream} était attendue à cette place"
        yield fact.fault("ordre", told)


def _unread(unread: Unread, before: Fact | Unread | None, streams: Sequence[Stream]) -> Fault:
    stream, version = streams[0].id, 1
    if isinstance(before, Fact):
        stream, version = before.stream, before.version + 1
        ends = {each.id: each.facts for each in streams}
        if version > ends.get(stream, version):
            stream, version = next(((each.id, 1) for each in streams if each.id > stream), (stream, version))
    where = f"fait n° {unread.rank} de faits.txt, qui devait être la version {version} du dossier {stream}"
    return Fault(where, unread.reason, "contenu", unread.rank, stream, version)


def _misplaced(fact: Fact, version: int) -> Fault:
    if fact.version > version + 1:
        missing = f"la version {version + 1} manque" if fact.version == version + 2 else "des versions manquent"
        told = f"{missing} avant lui (de {version + 1} à {fact.version - 1})"
    else:
        told = f"il est ajouté, répété ou déplacé : la version {version + 1} était attendue"
    return fact.fault("version", told)


def _altered(fact: Fact, digest: bytes, nodes: Nodes | None) -> Fault:
    """Its bytes are not those of its hash: the tree tells which of the two was changed."""
    leaf = nodes.get((0, fact.place)) if nodes is not None else None
    if leaf is not None and leaf == leaf_hash(fact.position, digest):
        return fact.fault("empreinte", "l'empreinte notée n'est pas la sienne ; son contenu est bien celui du journal")
    try:
        json.loads(fact.state)
    except (ValueError, RecursionError) as error:
        at = f", vers le caractère {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        return fact.fault("contenu", f"son contenu n'est plus celui qui fut enregistré : illisible{at}")
    return fact.fault("contenu", "son contenu, son type ou sa version n'est plus ce qui fut enregistré")


def _not_the_leaf(fact: Fact, nodes: Nodes, shaken: Sequence[tuple[int, int]], follows: Fact | Unread | None) -> Fault:
    if (0, fact.place) not in nodes:
        return fact.fault("rang", f"le rang {fact.place + 1} du journal n'est pas dans l'arbre de l'archive")
    if any(first <= fact.place <= last for first, last in shaken):
        return fact.fault("arbre", "l'arbre de l'archive est altéré autour de lui : il n'est pas prouvé")
    chained = PREVIOUS.search(follows.state) if isinstance(follows, Fact) else None
    if chained is not None and chained[1].decode() == fact.hash:
        return fact.fault("position", "la position ou le rang noté n'est pas le sien dans le journal")
    return fact.fault("contenu", "ni son contenu ni sa position ne sont ceux du journal : il a été réécrit")


def _incomplete(seen: Mapping[str, tuple[int, str]], streams: Sequence[Stream]) -> Iterator[Fault]:
    for stream in streams:
        version, head = seen.get(stream.id, (0, FIRST_HASH))
        where = f"dossier {stream.id}, version {min(version, stream.facts) + 1}"
        if version < stream.facts:
            reason = f"les versions {version + 1} à {stream.facts}, que le service déclare, manquent"
            yield Fault(where, reason, "version", stream=stream.id, version=version + 1)
        elif version > stream.facts:
            reason = f"le service n'en déclare que {stream.facts}"
            yield Fault(where, reason, "version", stream=stream.id, version=stream.facts + 1)
        elif head != stream.head:
            where = f"dossier {stream.id}, version {version}"
            yield Fault(
                where, "ce n'est pas le dernier fait que le service déclare", "empreinte", None, stream.id, version
            )
