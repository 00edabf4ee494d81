"""What a file sent to a case may be, and what each of its faults means for whoever sent it."""

from collections.abc import Collection
from typing import Final

import msgspec

from domain.papers import FileFault, ScanVerdict

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
TIFF: Final = "image/tiff"
TEXT: Final = "text/plain"
RTF: Final = "application/rtf"
DOC: Final = "application/msword"
XLS: Final = "application/vnd.ms-excel"
PPT: Final = "application/vnd.ms-powerpoint"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT: Final = "application/vnd.oasis.opendocument.text"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
ODP: Final = "application/vnd.oasis.opendocument.presentation"
ZIP: Final = "application/zip"
OLE: Final = "application/x-ole-storage"
HEIC: Final = "image/heic"
GIF: Final = "image/gif"
WEBP: Final = "image/webp"
BMP: Final = "image/bmp"
EML: Final = "message/rfc822"
MSG: Final = "application/vnd.ms-outlook"
HTML: Final = "text/html"
PROGRAM: Final = "application/x-executable"
UNKNOWN: Final = "application/octet-stream"

PAGES_MAX: Final = 500
"""Beyond, a file is told to be long; no text bounds it, and nothing is refused for it."""


class FileType(msgspec.Struct, frozen=True, kw_only=True):
    """A type of files, by its content."""

    label: str
    extensions: tuple[str, ...]
    """The usual one first, without their dot."""
    also: tuple[str, ...] = ()
    """Other names that programs declare for it, those of a wider family included."""
    is_accepted: bool = False
    advice: str = ""
    """What to do with one that is not accepted."""


_ANY_TEXT: Final = ("text/csv", "text/markdown", "text/tab-separated-values", "application/csv")
_MACROS: Final = "application/vnd.ms-{}.macroenabled.12"
_ZIPPED: Final = (ZIP, "application/x-zip-compressed", "application/x-zip")
_AS_ONE_PDF: Final = "Enregistrez-le au format PDF, puis envoyez le PDF."
_AS_PHOTO: Final = "Enregistrez l'image au format JPEG ou PNG, puis envoyez-la de nouveau."

TYPES: Final[dict[str, FileType]] = {
    PDF: FileType(label="un PDF", extensions=("pdf",), also=("application/x-pdf",), is_accepted=True),
    JPEG: FileType(
        label="une image JPEG",
        extensions=("jpg", "jpeg", "jpe", "jfif"),
        also=("image/jpg", "image/pjpeg"),
        is_accepted=True,
    ),
    PNG: FileType(label="une image PNG", extensions=("png",), also=("image/x-png",), is_accepted=True),
    TIFF: FileType(label="une image TIFF", extensions=("tif", "tiff"), is_accepted=True),
    TEXT: FileType(label="un texte", extensions=("txt", "csv", "md", "text"), also=_ANY_TEXT, is_accepted=True),
    RTF: FileType(label="un texte RTF", extensions=("rtf",), also=("text/rtf", "text/richtext"), is_accepted=True),
    DOCX: FileType(
        label="un document Word",
        extensions=("docx", "dotx", "docm", "dotm"),
        also=(*_ZIPPED, _MACROS.format("word.document")),
        is_accepted=True,
    ),
    XLSX: FileType(
        label="un classeur Excel",
        extensions=("xlsx", "xltx", "xlsm", "xltm", "xlsb"),
        also=(*_ZIPPED, _MACROS.format("excel.sheet")),
        is_accepted=True,
    ),
    PPTX: FileType(
        label="une présentation PowerPoint",
        extensions=("pptx", "ppsx", "pptm", "ppsm"),
        also=(*_ZIPPED, _MACROS.format("powerpoint.presentation")),
        is_accepted=True,
    ),
    ODT: FileType(label="un document OpenDocument", extensions=("odt",), also=_ZIPPED, is_accepted=True),
    ODS: FileType(label="un classeur OpenDocument", extensions=("ods",), also=_ZIPPED, is_accepted=True),
    ODP: FileType(label="une présentation OpenDocument", extensions=("odp",), also=_ZIPPED, is_accepted=True),
    DOC: FileType(label="un document Word ancien", extensions=("doc",), also=(OLE,), is_accepted=True),
    XLS: FileType(label="un classeur Excel ancien", extensions=("xls",), also=(OLE,), is_accepted=True),
    PPT: FileType(
        label="une présentation PowerPoint ancienne", extensions=("ppt", "pps"), also=(OLE,), is_accepted=True
    ),
    ZIP: FileType(
        label="une archive ZIP",
        extensions=("zip",),
        also=_ZIPPED,
        advice="Envoyez séparément chacun des fichiers qu'elle contient : chaque pièce est un fichier.",
    ),
    OLE: FileType(label="un fichier d'une ancienne version d'Office", extensions=(), advice=_AS_ONE_PDF),
    HEIC: FileType(label="une photo HEIC", extensions=("heic", "heif"), also=("image/heif",), advice=_AS_PHOTO),
    GIF: FileType(label="une image GIF", extensions=("gif",), advice=_AS_PHOTO),
    WEBP: FileType(label="une image WebP", extensions=("webp",), advice=_AS_PHOTO),
    BMP: FileType(label="une image BMP", extensions=("bmp",), also=("image/x-ms-bmp",), advice=_AS_PHOTO),
    EML: FileType(
        label="un courriel",
        extensions=("eml",),
        advice="Imprimez le courriel en PDF, et envoyez séparément ses pièces jointes.",
    ),
    MSG: FileType(
        label="un courriel Outlook",
        extensions=("msg",),
        advice="Depuis Outlook, imprimez le message en PDF et envoyez ses pièces jointes une à une.",
    ),
    HTML: FileType(label="une page web", extensions=("html", "htm"), advice="Imprimez la page en PDF."),
    PROGRAM: FileType(
        label="un programme", extensions=("exe", "dll", "com", "scr"), advice="Un programme n'est jamais une pièce."
    ),
    UNKNOWN: FileType(label="d'un type inconnu", extensions=(), advice=_AS_ONE_PDF),
}
"""Every type that is told apart. Accepted is what the tools of filers and services write and what smoe can show as
pages or search: PDF, the images of scanners and phones that every browser shows, plain text, office documents."""


class FaultFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a fault of a file means."""

    told: str
    """What is wrong, and what whoever sent it can do."""
    stops: bool
    """Whether the file is turned away when it is sent; else it is kept, and the fault is told."""
    why: str
    """Why it is turned away, or kept all the same."""


FAULTS: Final[dict[FileFault, FaultFacts]] = {
    FileFault.EMPTY: FaultFacts(
        told="Le fichier est vide. Vérifiez-le sur votre poste, puis envoyez-le de nouveau.",
        stops=True,
        why="Il n'y a rien à verser au dossier.",
    ),
    FileFault.TRUNCATED: FaultFacts(
        told="Le fichier s'arrête avant sa fin : une partie manque, souvent parce que l'envoi ou la copie s'est"
        " interrompu. Ouvrez l'original pour vérifier qu'il est entier, puis envoyez-le de nouveau.",
        stops=True,
        why="Qui vient de l'envoyer a encore l'original et peut le renvoyer ; plus tard, il l'aura peut-être perdu.",
    ),
    FileFault.DAMAGED: FaultFacts(
        told="Le fichier est abîmé : il s'ouvre après réparation, mais une partie peut manquer."
        " Vérifiez-le, et envoyez si possible une nouvelle copie.",
        stops=False,
        why="Ce qui se lit peut suffire ; l'agent en juge et peut demander une autre copie.",
    ),
    FileFault.UNREADABLE: FaultFacts(
        told="Le fichier ne peut pas être lu : son contenu est abîmé. Envoyez une autre copie, ou un PDF.",
        stops=True,
        why="Personne ne pourrait l'ouvrir, ni l'agent, ni le juge.",
    ),
    FileFault.ENCRYPTED: FaultFacts(
        told="Le fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe et renvoyez-le.",
        stops=True,
        why="Personne ne pourrait l'ouvrir, et un mot de passe envoyé à part n'est pas versé au dossier.",
    ),
    FileFault.RESTRICTED: FaultFacts(
        told="Le fichier s'ouvre, mais son auteur en interdit l'impression, la copie ou la modification :"
        " il ne pourra peut-être pas être joint à un dossier contentieux. Envoyez si possible une copie libre.",
        stops=False,
        why="Il se lit, et beaucoup de documents officiels sont ainsi protégés sans que leur titulaire y puisse rien.",
    ),
    FileFault.EXPANDS_TOO_MUCH: FaultFacts(
        told="Le fichier devient démesuré quand on l'ouvre. Envoyez une copie plus simple, par exemple un PDF numérisé"
        " à 300 points par pouce.",
        stops=True,
        why="Il mettrait hors d'usage le poste de quiconque l'ouvrirait.",
    ),
    FileFault.NO_PAGE: FaultFacts(
        told="Le PDF ne contient aucune page. Recréez-le depuis l'original, puis envoyez-le de nouveau.",
        stops=True,
        why="Un PDF sans page ne montre rien.",
    ),
    FileFault.MISLABELLED: FaultFacts(
        told="Le contenu du fichier n'est pas du type annoncé par son nom ou par votre navigateur."
        " Il est traité selon son contenu ; vérifiez que c'est bien le fichier voulu.",
        stops=False,
        why="Le contenu compte, pas le nom : un JPEG nommé « .png » se lit aussi bien.",
    ),
    FileFault.TYPE_NOT_ACCEPTED: FaultFacts(
        told="Ce type de fichier n'est pas accepté. Sont acceptés les PDF, les images JPEG, PNG et TIFF, les textes,"
        " et les documents Word, Excel, PowerPoint et OpenDocument sans macro.",
        stops=True,
        why="Il ne pourrait être ni montré, ni joint à un dossier contentieux.",
    ),
    FileFault.MACROS: FaultFacts(
        told="Le fichier contient des macros, c'est-à-dire un programme. Enregistrez-le sans macro ou en PDF,"
        " puis envoyez-le de nouveau.",
        stops=True,
        why="Une macro s'exécute chez qui ouvre le fichier ; aucune pièce n'en a besoin.",
    ),
    FileFault.ACTIVE_CONTENT: FaultFacts(
        told="Le fichier contient un script, un objet ou un fichier joint à l'intérieur : ces éléments ne seront pas"
        " montrés. Si l'un d'eux compte, envoyez-le séparément.",
        stops=False,
        why="Des formulaires Cerfa et des factures électroniques en contiennent ; rien n'en est exécuté ici.",
    ),
    FileFault.TOO_MANY_PAGES: FaultFacts(
        told=f"Le fichier compte plus de {PAGES_MAX} pages. S'il réunit plusieurs pièces, envoyez-les séparément.",
        stops=False,
        why="Aucun texte ne borne la longueur d'une pièce.",
    ),
    FileFault.IMAGE_ONLY: FaultFacts(
        told="Le PDF ne contient que des images : rien ne peut y être cherché. C'est normal pour un document numérisé.",
        stops=False,
        why="Une numérisation est une pièce comme une autre.",
    ),
    FileFault.EXAMINATION_FAILED: FaultFacts(
        told="L'examen du fichier n'a pas abouti : son contenu n'est pas connu. Un agent le vérifiera ;"
        " vous pouvez aussi envoyer une copie plus simple, par exemple un PDF.",
        stops=False,
        why="Une défaillance de l'examen ne ferme pas la porte à qui dépose dans un délai ; le fichier est signalé.",
    ),
}
"""What each fault means; the table says for each whether it stops a file at intake, and why."""


SCANS: Final[dict[ScanVerdict | None, str]] = {
    None: "non analysé",
    ScanVerdict.CLEAN: "aucun virus trouvé",
    ScanVerdict.INFECTED: "infecté : le fichier n'est plus délivré",
    ScanVerdict.FAILED: "analyse impossible",
}
"""What a list of documents says of the scan of each file; None where no scanner has judged it, or there is none."""

READABLE_IN_SPITE_OF: Final = frozenset(
    {
        FileFault.TRUNCATED,
        FileFault.DAMAGED,
        FileFault.RESTRICTED,
        FileFault.MISLABELLED,
        FileFault.TYPE_NOT_ACCEPTED,
        FileFault.MACROS,
        FileFault.ACTIVE_CONTENT,
        FileFault.TOO_MANY_PAGES,
        FileFault.IMAGE_ONLY,
    }
)
"""Faults with which pages and text of a file can still be tried; with any other there is nothing to open."""


def told(fault: FileFault, media_type: str = "") -> str:
    """What whoever sent a file reads of a fault, with the advice proper to its type where there is one."""
    kind = TYPES.get(media_type)
    if fault is not FileFault.TYPE_NOT_ACCEPTED or kind is None or kind.is_accepted:
        return FAULTS[fault].told
    begin = (
        FAULTS[fault].told
        if media_type == UNKNOWN
        else f"Ce fichier est {kind.label} : ce type de fichier n'est pas accepté."
    )
    return f"{begin} {kind.advice}"


def stopping(faults: Collection[FileFault]) -> tuple[FileFault, ...]:
    """Those for which a file is turned away when it is sent, in the order of the table."""
    return tuple(fault for fault, facts in FAULTS.items() if facts.stops and fault in faults)


def is_mislabelled(media_type: str, declared: str, name: str) -> bool:
    """Whether a file of this type was declared, or is named, as one of another type.

    What is declared as any bytes, and a name without an extension that says a type, say nothing.
    """
    kind = TYPES.get(media_type)
    if kind is None or media_type == UNKNOWN:
        return False
    declared = declared.partition(";")[0].strip().lower()
    if declared not in ("", UNKNOWN, "binary/octet-stream", media_type, *kind.also):
        return True
    _, dot, extension = name.strip().rpartition(".")
    extension = extension.lower()
    return bool(dot) and extension in _EXTENSIONS and extension not in kind.extensions


_EXTENSIONS: Final = frozenset(extension for kind in TYPES.values() for extension in kind.extensions)
"""Those that say a type."""
