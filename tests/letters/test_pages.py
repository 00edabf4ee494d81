"""Letters as they are read: everything said is on the page, in French, tagged and bookmarked, whatever names are."""

import unicodedata
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec
import pypdfium2
import pytest
import segno

from documents.letters import TEMPLATES, rendered
from documents.typesetting import TEMPLATES as FOLDER
from documents.typesetting import legible
from domain.french import in_french
from domain.letters.content import DATA, LetterData, written
from domain.refusals import Refused
from tests.letters.given_letters import CHECK, PAST, SAMPLES, sample
from tests.letters.reading import catalogue_of, flat, outline_of, pages_of, pdf_of, text_of
from tests.verapdf import faults

replace = msgspec.structs.replace

UNSAID: Final = {
    "template": "names the template",
    "mark": "is a drawing",
    "silence": "chooses the words",
    "refuses": "chooses the words",
    "kind": "chooses the words",
    "intended": "chooses the words",
    "outcome": "chooses the words",
    "pay_monthly_gross": "is for whoever reads the data: a permit is shown to many",
    "nationality": "is told by its French name",
    "competent_prefect": "is told by the permit's decision",
}
"""Fields whose value is on no page, or not on all, and why."""


@cache
def page(name: str) -> bytes:
    """The PDF of a sample, set once."""
    return pdf_of(sample(name).data)


def said(value: Any, field: str = "") -> list[tuple[str, str]]:
    """Every text and day of the data that a reader must find, by its field."""
    match value:
        case dict():
            return [pair for name, each in value.items() if name not in UNSAID for pair in said(each, name)]
        case list() | tuple():
            return [pair for each in value for pair in said(each, field)]
        case str() if value:
            return [(field, value)]
        case _:
            return []


def as_read(field: str, value: str) -> str:
    """A value as the page shows it: days in words, the rest without case or full stop."""
    try:
        return in_french(date.fromisoformat(value))
    except ValueError:
        return flat(legible(value)).rstrip(".").casefold()


@pytest.mark.parametrize("name", SAMPLES)
def test_everything_that_the_data_say_is_on_the_page(name: str) -> None:
    text = text_of(page(name)).casefold()
    told = msgspec.to_builtins(sample(name).data)
    if name.startswith("permit"):
        # A permit tells neither the day of the request nor its procedure: its own terms stand there.
        told["about"] = {each: told["about"][each] for each in ("worker", "employer", "employer_siret", "job")}
    lacking = [pair for pair in said(told) if as_read(*pair) not in text]
    assert lacking == []


MENTIONS: Final[dict[str, tuple[str, ...]]] = {
    "receipt": ("R. 112-11-2", "enregistré le 2 novembre 2026", "dix jours ouvrés"),
    "acknowledgement": (
        "a été reçue le 2 novembre 2026",
        "Téléphone : 04 65 71 00 63",
        "décision implicite de rejet si l'administration garde le silence pendant deux mois",
        "sous réserve que la demande soit complète",
        "réputée intervenue le 2 janvier 2027",
        "L. 232-4",
        "Voies et délais de recours",
        "tribunal administratif de Lyon",
        "R. 112-11-4",
    ),
    "acknowledgement-grant": ("décision implicite d'acceptation", "L. 232-3", "L. 554-3"),
    "acknowledgement-none": ("Aucune décision implicite ne naît du silence",),
    "missing_items": ("L. 114-5 du code", "au plus tard le 2 décembre 2026", "suspendu", "L. 114-6", "L. 114-8"),
    "grant": ("R. 5221-18", "L. 436-10", "L. 5221-5", "à compter du 1er mars 2027", "L. 221-8"),
    "grant-student": ("1200 heures par an, en lien avec le cursus : Master informatique",),
    "grant-renewal": ("n'accompagne pas une première admission",),
    "refusal": (
        "Le préfet du Puy-de-Dôme, agissant par délégation du préfet du Rhône",
        "En droit.",
        "En fait.",
        "il résulte la règle suivante",
        "dans sa rédaction applicable depuis le 1er septembre 2024",
        "Pièce : « Contrat de travail signé » (pièce P3)",
        "publiée au recueil des actes administratifs le 1er avril 2021",
        "L. 212-2, 1°",
        "L311-3-1, R311-3-1-1",
        "Article 1er L'autorisation de travail demandée par Acme Robotique pour Youssef BENALI est refusée.",
    ),
    "stamp": ("est visée sous le n° CV-2026-", "R. 426-22"),
    "stamp-refusal": ("portant refus de visa de la convention", "Le visa de la convention est refusé."),
    "opinion": ("Avis favorable", "n'est pas susceptible de recours par lui-même"),
    "opinion-against": ("Avis défavorable", "En droit. Des articles L. 421-5 et R. 421-9"),
    "closure": ("L. 114-5", "a expiré le 2 décembre 2026", "est close comme incomplète"),
    "withdrawal": ("L. 241-2", "Les parties ont été invitées le 16 novembre 2026", "est retirée"),
    "repeal": ("L. 242-2, 1°", "est abrogée à compter du 1er janvier 2027"),
    "permit": ("Code de vérification K7QX-9M2D-TR4H-W8PA", "sans limitation de durée", "Nationalité (État) : Maroc"),
    "permit-seasonal": ("Du 1er avril 2027 au 31 août 2027 inclus",),
    "permit-silence": ("décision implicite d'acceptation D1, née le 3 octobre 2026",),
    "prior_hearing": ("L. 121-1 et L. 122-1", "J'envisage de la retirer", "assister par un conseil", "L122-2"),
    "appeal_acknowledgement": ("implicitement rejeté le 20 janvier 2027", "L. 411-7", "tribunal administratif de Lyon"),
    "appeal-upheld": ("Le recours est accueilli. La décision D1", "remplacée par la décision D2"),
    "appeal-partly": ("accueilli en tant qu'il conteste la décision D1 ; il est rejeté pour le surplus",),
    "appeal-rejected": ("Le recours est rejeté.", "L. 411-4"),
    "reasons": (
        "L. 232-4",
        "née le 3 octobre 2026",
        "deux mois suivant le jour où ses motifs vous ont été communiqués",
    ),
}
"""What the law wants each letter to say, beyond what its data hold."""


@pytest.mark.parametrize(("name", "mention"), [(n, each) for n, told in MENTIONS.items() for each in told])
def test_the_law_s_mentions_are_there(name: str, mention: str) -> None:
    assert mention in text_of(page(name))


def test_each_template_has_mentions_of_its_own() -> None:
    assert {sample(name).data.__struct_config__.tag for name in MENTIONS} == set(DATA) - PAST


FORM: Final = {
    "F1 reasons in law and in fact": ("En droit.", "En fait."),
    "F3 delegation and its publication": ("Délégation de signature n° 2021-063-001, publiée au recueil",),
    "F4 first name, name, quality, service": ("Hélène Vasseur Cheffe de la plateforme Plateforme de main-d'œuvre",),
    "F5 signature, or what dispenses with it": ("il est dispensé de la signature de celui-ci",),
    "F6 remedies, limits, court": ("Dans les deux mois de sa notification", "tribunal administratif de Lyon"),
    "F7 both addressees": ("notifiée à l'auteur de la demande et à l'étranger qu'elle concerne",),
    "F8 from the notification": ("opposable à compter de sa notification",),
    "F10 algorithm": ("préparée à l'aide d'un traitement algorithmique",),
    "F12 texts on the situation": ("Vu le code de l'entrée et du séjour des étrangers",),
}
"""Formal validity as far as a page shows it; F2 and F9 are facts, F11 is a withdrawal's."""


@pytest.mark.parametrize("requirement", FORM)
@pytest.mark.parametrize("name", ["refusal", "refusal-worker"])
def test_a_refusal_is_formally_valid(name: str, requirement: str) -> None:
    text = text_of(page(name))
    assert [mention for mention in FORM[requirement] if mention not in text] == []


def test_a_withdrawal_tells_its_hearing() -> None:
    assert "Procédure contradictoire Les parties ont été invitées le 16 novembre 2026" in text_of(page("withdrawal"))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_letter_is_bookmarked_numbered_and_in_french(name: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(page(name))
    language, title, tagged = catalogue_of(file)
    assert (language, tagged) == ("fr-FR", True)
    assert title.endswith("– dossier 2026-0000-0000-0001")
    outline = outline_of(page(name))
    assert outline[0][0] == 0
    assert [depth for depth, _ in outline].count(0) == 1
    # A bookmark never skips a level.
    assert all(after <= before + 1 for (before, _), (after, _) in pairwise(outline))
    pages = pages_of(page(name))
    assert all(text.endswith(f"page {at}/{len(pages)}") for at, text in enumerate(pages, 1))


def test_articles_of_a_decision_are_bookmarked() -> None:
    titles = [title for _, title in outline_of(page("grant"))]
    assert titles[0] == "Décision accordant une autorisation de travail"
    assert [title for title in titles if title.startswith("Article")] == [f"Article {n}" for n in ("1er", 2, 3, 4)]


def test_a_draft_says_so_on_every_page() -> None:
    draft = pdf_of(sample("refusal").data, draft=True)
    assert all("PROJET" in text for text in pages_of(draft))
    assert not any("PROJET" in text for text in pages_of(page("refusal")))


def test_the_code_of_a_permit_leads_to_its_check() -> None:
    """Module by module, as a scanner sees the page: only the code is quite black on it."""
    sheet = pypdfium2.PdfDocument(page("permit"))[0].render(scale=6).to_pil().convert("L")
    black = sheet.point(lambda value: 255 if value < 10 else 0)
    left, top, right, bottom = black.getbbox()
    matrix = segno.make(CHECK.address, error="m", micro=False, boost_error=False).matrix
    step = (right - left) / len(matrix)
    assert step == pytest.approx((bottom - top) / len(matrix), rel=0.02)
    seen = [
        [black.getpixel((left + (x + 0.5) * step, top + (y + 0.5) * step)) == 255 for x in range(len(matrix))]
        for y in range(len(matrix))
    ]
    assert seen == [[bool(module) for module in row] for row in matrix]


@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", f"https://{'autorisations-de-travail.' * 3}example"])
def test_the_address_of_the_check_can_be_copied(host: str) -> None:
    """A long word may break anywhere, by marks that nobody sees; an address bears none, or it would lead nowhere."""
    address = f"{host}/api/permits/check?number=AT-2026-0006-F7F9-1BDF&code=K7QX-9M2D-TR4H-W8PA"
    data: Any = sample("permit").data
    sheet = pypdfium2.PdfDocument(pdf_of(replace(data, check=replace(data.check, address=address))))[0]
    text = sheet.get_textpage()
    assert address in text.get_text_bounded().replace("\r\n", "")
    assert max(text.get_charbox(index)[2] for index in range(text.count_chars())) <= sheet.get_width() - 36


def test_a_deployment_may_bear_its_mark() -> None:
    mark = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9h-9z" fill="#000091"/></svg>'
    marked = pdf_of(replace(sample("refusal").data, mark=mark))
    assert marked != page("refusal")
    assert "PRÉFET DU PUY-DE-DÔME" in text_of(marked)


def test_a_certificate_is_said_to_sign() -> None:
    data: Any = sample("refusal").data
    text = text_of(pdf_of(replace(data, signature=replace(data.signature, certified=True))))
    assert "signature électronique" in text
    assert "L. 212-3" in text
    assert "dispensé de la signature" not in text


HOSTILE: Final = (
    '#panic("x") $x^2$ *gras* _souligné_ `code` <label> @ref [bloc] // /* */ \\u{41} = titre',
    "Robert'); DROP TABLE cases;-- \" “ ” « » ` ~ ^ # @ $ * _ [ ] { } \\",
    "= Titre\n- liste\n+ liste\n/ terme: x",
    "Đặng Thị Nguyễn Öztürk Łukasz Šárka Ívarsdóttir Ħal-Għarb Çelik",
    "Ναυσικά Παπαδοπούλου Владимир Щербаков",
    "محمد بن سلمان العربي אַבְרָהָם नरेन्द्र मोदी 王小明 김철수 ありがとう สมชาย ሀይሌ ჯორჯი Հայկ",
    "👩‍👩‍👧 \U00012000 \u202eevil\u202c \u200b\u0000\u0085 \ufeff\u0301",
    "W" * 200,
    "Anne-Marie-" * 18,
    "a\u0301" * 100,
    "-" * 200,
    "ﬁ ﬂ ½ № ‰ € ™ → ≤ ≥ ≠",
)
"""Names that people have, or that somebody types to see what happens."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each hostile name everywhere a refusal bears a text, set on pages."""
    folder = tmp_path_factory.mktemp("hostile")
    files = {}
    for number, name in enumerate(HOSTILE):
        files[name] = folder / f"{number}.pdf"
        files[name].write_bytes(pdf_of(everywhere(name)))
    return files


def everywhere(text: str) -> LetterData:
    """The refusal with a text in the place of every name, title, fact and address."""
    data: Any = sample("refusal").data
    ground = replace(
        data.grounds[1], title=text, fact=text, exhibits=(replace(data.grounds[1].exhibits[0], title=text),)
    )
    return replace(  # type: ignore[no-any-return]
        data,
        to=(text, text),
        place=text[:60],
        about=replace(data.about, worker=text, employer=text, job=text, workplace=text),
        service=replace(data.service, name=text, address=text),
        signature=replace(data.signature, name=text, quality=text),
        grounds=(ground,) * 3,
        explanation=text,
        legal_bases=(text,),
        remedies=text,
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_only_ever_a_text(name: str, hostile: dict[str, Path]) -> None:
    text = text_of(hostile[name].read_bytes()).replace(" ", "")
    wanted = flat(legible(name)).replace(" ", "")
    # A page writes what is written alike with one sign: NFC, and « fi » without its ligature.
    assert _plain(wanted) in _plain(text)
    assert "DÉCIDE" in text


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_runs_out_of_the_page(name: str, hostile: dict[str, Path]) -> None:
    document = pypdfium2.PdfDocument(hostile[name])
    for sheet in document:
        text = sheet.get_textpage()
        boxes = [text.get_charbox(index) for index in range(text.count_chars())]
        assert max(right for _, _, right, _ in boxes) <= sheet.get_width() - 36
        assert min(left for left, _, _, _ in boxes) >= 36
        assert min(bottom for _, bottom, _, _ in boxes) >= 24
    document.close()


def test_long_reasons_run_over_as_many_pages_as_they_take() -> None:
    data: Any = sample("refusal").data
    facts = [
        f"Début du motif {n}. " + f"Fait constaté le {n + 1} du mois. " * 140 + f"Fin du motif {n}." for n in range(20)
    ]
    long = replace(data, grounds=tuple(replace(data.grounds[1], fact=fact) for fact in facts))
    pdf = pdf_of(long)
    assert len(pages_of(pdf)) > 15
    text = text_of(pdf)
    assert all(f"Début du motif {n}." in text and f"Fin du motif {n}." in text for n in range(20))
    assert len([title for _, title in outline_of(pdf) if title.endswith("Rémunération")]) == 20


def test_empty_parts_leave_no_trace() -> None:
    data: Any = sample("refusal").data
    bare = replace(
        data,
        service=replace(data.service, address="", phone="", email=""),
        place="",
        about=replace(
            data.about, employer="", employer_siret="", job="", contract="", workplace="", worker_born_on=None
        ),
        grounds=tuple(replace(each, exhibits=()) for each in data.grounds),
        explanation="",
        legal_bases=(),
        algorithmic_notice="",
    )
    text = text_of(pdf_of(bare))
    for absent in (
        "Tél.",
        "Courriel",
        "Employeur :",
        "Emploi :",
        "Pièce",
        "Appréciation",
        "algorithmique",
        "SIRET",
        "()",
    ):
        assert absent not in text
    assert "Le 2 novembre 2026" in text


@pytest.mark.parametrize("flavour", ["2a", "ua1"])
def test_letters_conform_to_pdf_a_and_pdf_ua(flavour: str, hostile: dict[str, Path], tmp_path: Path) -> None:
    files = [hostile[name] for name in HOSTILE[:1] + HOSTILE[4:7]]
    one_each = {type(sample(name).data): name for name in SAMPLES}
    for name in one_each.values():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(page(name))
    files.append(tmp_path / "draft.pdf")
    files[-1].write_bytes(pdf_of(sample("permit").data, draft=True))
    assert {file.name: found for file, found in faults(flavour, *files).items() if found} == {}


def test_every_template_has_a_file_and_every_file_a_template() -> None:
    files = {path.name for path in (FOLDER / "letters").glob("*.typ")}
    assert files == {Path(name).name for name in TEMPLATES.values()} | {"layout.1.typ"}


def test_data_without_facts_are_never_set() -> None:
    data = written(sample("refusal").data).replace(b'"fact":"La r', b'"fact":"","was":"La r')
    with pytest.raises(Refused):
        rendered("refusal/1", data)
