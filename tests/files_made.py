"""Files made for tests: sound ones of every type, and each of them broken, hidden, or dangerous in one way."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Final

import pikepdf
from PIL import Image, ImageDraw

Made = Callable[[], bytes]

CONTENT_TYPES: Final = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
OFFICE_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


# PDF


def a_pdf(pages: int = 1, text: str = "Contrat de travail", **saving: object) -> bytes:
    """A PDF with a line of text on each page; none with an empty text."""
    document = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    held = document.make_indirect(font)
    for number in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=held))
        if text:
            said = f"BT /F1 12 Tf 72 720 Td ({text} {number + 1}) Tj ET".encode("latin-1")
            page.Contents = document.make_stream(said)
    return saved(document, **saving)


def saved(document: pikepdf.Pdf, **saving: object) -> bytes:
    """A document as bytes, always the same ones."""
    out = io.BytesIO()
    document.save(out, **{"static_id": True, **saving})
    return out.getvalue()


def a_scanned_pdf(pages: int = 2) -> bytes:
    """Pages that are images."""
    shown = [a_picture((320, 450)).convert("RGB") for _ in range(pages)]
    out = io.BytesIO()
    shown[0].save(out, "PDF", save_all=True, append_images=shown[1:])
    return out.getvalue()


def an_encrypted_pdf() -> bytes:
    return a_pdf(encryption=pikepdf.Encryption(user="secret", owner="owner", R=6), static_id=False)


def a_restricted_pdf() -> bytes:
    """It opens for everybody, and forbids to print and to copy."""
    allowed = pikepdf.Permissions(extract=False, print_lowres=False, print_highres=False)
    return a_pdf(encryption=pikepdf.Encryption(user="", owner="owner", R=6, allow=allowed), static_id=False)


def a_pdf_with(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A PDF with something added to it."""
    with pikepdf.open(io.BytesIO(a_pdf())) as document:
        change(document)
        return saved(document)


def a_pdf_with_script() -> bytes:
    def add(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")

    return a_pdf_with(add)


def a_pdf_that_launches() -> bytes:
    def add(document: pikepdf.Pdf) -> None:
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=pikepdf.Array([0, 0, 9, 9]), A=launch
        )
        document.pages[0].Annots = pikepdf.Array([link])

    return a_pdf_with(add)


def a_pdf_with_attachment() -> bytes:
    def add(document: pikepdf.Pdf) -> None:
        document.attachments["facture.xml"] = b"<facture/>"

    return a_pdf_with(add)


def a_pdf_with_broken_index() -> bytes:
    """Whole, but for the table that says where its objects are."""
    made = a_pdf(3, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    place = made.rindex(b"startxref") + len(b"startxref\n")
    return made[:place] + b"999999" + made[made.index(b"\n", place) :]


def a_large_pdf(size: int) -> bytes:
    """A PDF as long as that, most of it in one object that no page shows."""

    def add(document: pikepdf.Pdf) -> None:
        document.Root.PieceInfo = document.make_stream(bytes(size))

    with pikepdf.open(io.BytesIO(a_pdf())) as document:
        add(document)
        return saved(document, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


# Images


def a_picture(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Something that does not compress to nothing."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    drawn = ImageDraw.Draw(image)
    for step in range(0, size[0], 7):
        drawn.line([(step, 0), (size[0] - step, size[1])], fill=(step % 256, 90, 200 - step % 200))
    return image


def an_image(form: str, size: tuple[int, int] = (320, 240), **saving: object) -> bytes:
    out = io.BytesIO()
    a_picture(size).save(out, form, **saving)
    return out.getvalue()


def a_tiff(pages: int = 3) -> bytes:
    shown = [a_picture() for _ in range(pages)]
    out = io.BytesIO()
    shown[0].save(out, "TIFF", save_all=True, append_images=shown[1:], compression="tiff_deflate")
    return out.getvalue()


def a_png_bomb(side: int = 60_000) -> bytes:
    """A few kilobytes that say they are an image of thousands of millions of points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


# Office


def zipped(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A container of these parts, the type of an OpenDocument first and not packed, as its format asks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else method
            archive.writestr(entry, data)
    return out.getvalue()


def a_docx(more: Mapping[str, str | bytes] | None = None, text: str = "Promesse d'embauche") -> bytes:
    body = (
        f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>Deuxième</w:t><w:tab/><w:t>ligne</w:t></w:r></w:p></w:body></w:document>"
    )
    return zipped({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": body, **(more or {})})


def an_xlsx(more: Mapping[str, str | bytes] | None = None) -> bytes:
    shared = f'<sst xmlns="{SHEET}"><si><t>Salaire</t></si></sst>'
    sheet = (
        f'<worksheet xmlns="{SHEET}"><sheetData><row><c t="s"><v>0</v></c><c><v>2400</v></c>'
        '<c t="inlineStr"><is><t>brut</t></is></c></row></sheetData></worksheet>'
    )
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}"/>',
        "xl/sharedStrings.xml": shared,
        "xl/worksheets/sheet1.xml": sheet,
    }
    return zipped({**parts, **(more or {})})


def a_pptx(more: Mapping[str, str | bytes] | None = None) -> bytes:
    slide = f'<p:sld xmlns:p="urn:p" xmlns:a="{DRAWING}"><a:p><a:r><a:t>Projet {{}}</a:t></a:r></a:p></p:sld>'
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "ppt/presentation.xml": '<p:presentation xmlns:p="urn:p"/>',
        **{f"ppt/slides/slide{number}.xml": slide.format(number) for number in (10, 9, 1)},
    }
    return zipped({**parts, **(more or {})})


def an_odf(kind: str = "text", more: Mapping[str, str | bytes] | None = None) -> bytes:
    body = (
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="{OFFICE_TEXT}"><office:body>'
        "<text:p>Attestation <text:span>d'hébergement</text:span></text:p></office:body></office:document-content>"
    )
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": body,
        "META-INF/manifest.xml": "<manifest/>",
    }
    return zipped({**parts, **(more or {})})


def a_zip_bomb(size: int = 100 << 20) -> bytes:
    """A document that grows a thousandfold."""
    return a_docx({"word/media/image1.bmp": bytes(size)})


def an_overlapping_bomb() -> bytes:
    """One packed part that the directory names many times."""
    made = bytearray(a_docx({"word/a.bin": bytes(1 << 20)}))
    end = made.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HII", made, end + 10)
    directory = bytes(made[start : start + size])
    last = directory[directory.rindex(b"PK\x01\x02") :]
    times = 40
    tail = bytearray(made[end:])
    struct.pack_into("<HHII", tail, 8, count + times, count + times, size + times * len(last), start)
    return bytes(made[:end]) + last * times + bytes(tail)


def an_encrypted_zip_document() -> bytes:
    """A document whose parts the container says to be encrypted."""
    made = bytearray(a_docx())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(mark)
        while place >= 0:
            made[place + flags] |= 1
            place = made.find(mark, place + 4)
    return bytes(made)


# Older Office


def an_ole(streams: Mapping[str, bytes], storages: tuple[str, ...] = ()) -> bytes:
    """A compound file of these streams, all in sectors of 512 bytes, written from its specification (MS-CFB)."""
    free, end_of_chain, table_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    names = ["Root Entry", *storages, *padded]
    directory_sectors = -(-len(names) // 4)
    table = [table_sector]
    sectors: list[bytes] = []
    starts: dict[str, int] = {}
    for number in range(directory_sectors):
        table.append(number + 2 if number + 1 < directory_sectors else end_of_chain)
    for name, data in padded.items():
        starts[name] = len(table)
        pieces = [data[place : place + 512] for place in range(0, len(data), 512)]
        for number, piece in enumerate(pieces):
            sectors.append(piece.ljust(512, b"\0"))
            table.append(len(table) + 1 if number + 1 < len(pieces) else end_of_chain)
    assert len(table) <= 128, "one sector of the table is enough for tests"
    entries = b""
    for number, name in enumerate(names):
        kind = 5 if number == 0 else 1 if name in storages else 2
        coded = name.encode("utf-16-le")
        child = 1 if number == 0 and len(names) > 1 else free
        right = number + 1 if 0 < number < len(names) - 1 else free
        entries += (
            coded.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(coded) + 2, kind, 1, free, right, child)
            + bytes(36)
            + struct.pack("<IQ", starts.get(name, end_of_chain if number == 0 else 0), len(padded.get(name, b"")))
        )
    blank = struct.pack("<HBBIII", 0, 0, 0, free, free, free).rjust(64 + 16, b"\0") + bytes(48)
    entries += blank * (directory_sectors * 4 - len(names))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1)
        + struct.pack("<III", 1, 0, 4096)
        + struct.pack("<IIII", end_of_chain, 0, end_of_chain, 0)
        + struct.pack("<109I", 0, *([free] * 108))
    )
    assert len(header) == 512
    return header + struct.pack("<128I", *table, *([free] * (128 - len(table)))) + entries + b"".join(sectors)


def a_doc(*, encrypted: bool = False, storages: tuple[str, ...] = ()) -> bytes:
    head = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100 if encrypted else 0)
    return an_ole({"WordDocument": head.ljust(5000, b"x"), "1Table": b"t"}, storages)


def an_xls(*records: tuple[int, bytes]) -> bytes:
    begin = struct.pack("<HH", 0x809, 16) + bytes(16)
    more = b"".join(struct.pack("<HH", number, len(data)) + data for number, data in records)
    return an_ole({"Workbook": (begin + more + struct.pack("<HH", 0x0A, 0)).ljust(5000, b"\0")})


RTF: Final = (
    rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator Essai;}\f0 Attestation \'e9crite\par le \u8217?jour\tab dit}"
)
MAIL: Final = (
    b"From: a@example.org\r\nTo: b@example.org\r\nMIME-Version: 1.0\r\nMessage-ID: <1@example.org>\r\n"
    b"Received: from c by d\r\n\r\nBonjour.\r\n"
)

SOUND: Final[Mapping[str, tuple[str, Made]]] = {
    "pdf": ("application/pdf", lambda: a_pdf(3)),
    "scan.pdf": ("application/pdf", a_scanned_pdf),
    "jpg": ("image/jpeg", lambda: an_image("JPEG")),
    "progressive.jpg": ("image/jpeg", lambda: an_image("JPEG", progressive=True)),
    "png": ("image/png", lambda: an_image("PNG")),
    "tiff": ("image/tiff", a_tiff),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", a_docx),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", an_xlsx),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", a_pptx),
    "odt": ("application/vnd.oasis.opendocument.text", an_odf),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", lambda: an_odf("spreadsheet")),
    "odp": ("application/vnd.oasis.opendocument.presentation", lambda: an_odf("presentation")),
    "doc": ("application/msword", a_doc),
    "xls": ("application/vnd.ms-excel", an_xls),
    "ppt": ("application/vnd.ms-powerpoint", lambda: an_ole({"PowerPoint Document": b"p", "Current User": bytes(20)})),
    "rtf": ("application/rtf", lambda: RTF),
    "txt": ("text/plain", lambda: "Attestation sur l'honneur, écrite à Lyon.\n".encode()),
}
"""A sound file of each accepted type, by the end of its name, with the type that its bytes are of."""
