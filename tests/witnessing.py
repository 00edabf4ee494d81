"""A witness for tests, as C2SP writes one (https://c2sp.org/tlog-witness): it remembers, checks and cosigns."""

from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proofs.checkpoints import opened_checkpoint
from ledger.proofs.merkle import is_consistent
from ledger.proofs.notes import COSIGNATURE, MARK, NoteInvalid, Verifier
from tests.loopback import Answered, Sent


class WitnessPlayed:
    """What it has seen of one log, and how it answers."""

    def __init__(self, name: str, origin: str, log: Verifier, seed: int = 1) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.verifier = Verifier(name, self.key.public_key(), COSIGNATURE)
        self.origin = origin
        self.log = log
        self.size = 0
        self.root = b""
        self.now = 1_796_000_000
        self.fault = ""

    def line(self, text: str, told: int | None = None) -> str:
        """A cosignature, made here by hand; `told` is a time that it bears though it was made at another."""
        signature = self.key.sign(f"cosignature/v1\ntime {self.now}\n{text}".encode())
        at = self.now if told is None else told
        encoded = b64encode(self.verifier.id + at.to_bytes(8, "big") + signature).decode()
        return f"{MARK}{self.verifier.name} {encoded}\n"

    def answer(self, sent: Sent) -> Answered:
        """What a witness answers to `add-checkpoint`."""
        if sent.path != "/add-checkpoint":
            return Answered(404)
        head, _, note = sent.body.decode().partition("\n\n")
        told, *proof = head.split("\n")
        old = int(told.removeprefix("old "))
        try:
            found, _ = opened_checkpoint(note, self.origin, [self.log])
        except NoteInvalid:
            return Answered(403)
        if old > found.size:
            return Answered(400)
        if old != self.size:
            return Answered(409, f"{self.size}\n".encode(), "text/x.tlog.size")
        hashes = [b64decode(each) for each in proof]
        if old and not is_consistent(old, found.size, hashes, self.root, found.root):
            return Answered(422)
        if not old and proof:
            return Answered(422)
        self.size, self.root = found.size, found.root
        text = note.rpartition("\n\n")[0] + "\n"
        stranger = WitnessPlayed("stranger.example", self.origin, self.log, seed=9).line(text)
        lines = {
            "": stranger + self.line(text),
            "strangers only": stranger,
            "another text": self.line(text + "more\n"),
            "another time": self.line(text, self.now + 1),
            "no text": "\udcff",
            "nothing": "",
        }
        return Answered(200, lines[self.fault].encode(errors="surrogateescape"))
