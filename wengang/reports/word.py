"""The document as a Word file that an office can edit: the same content as the PDF, laid out after GB/T 9704."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Faces by name: an office's own computer has them; where one is missing the reader of the file puts a like one in its place.
TITLE_FACE, BODY_FACE, HEADING_FACE, LEVEL_FACE = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
RED = "D00000"
TEMPLATE_VARIABLE = "WENGANG_TEMPLATES"
TEMPLATE = "document.docx"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def write_word(data: dict[str, Any], target: Path, made: dt.datetime) -> Path:
    """Write what a document says as `.docx`; `data` as the PDF's template takes it. The same data give the same bytes.

    Begins with `document.docx` of the folder named by WENGANG_TEMPLATES where there is one, so that an office keeps its own styles.
    """
    import docx

    own = Path(os.environ.get(TEMPLATE_VARIABLE, "")) / TEMPLATE
    document = docx.Document(str(own) if os.environ.get(TEMPLATE_VARIABLE) and own.exists() else None)
    prepare(document, data, made)
    write_head(document, data)
    for part in data["parts"]:
        write_part(document, part)
    write_end(document, data)
    buffer = io.BytesIO()
    document.save(buffer)
    target.write_bytes(same_bytes(buffer.getvalue()))
    return target


def prepare(document: Any, data: dict[str, Any], made: dt.datetime) -> None:
    """Set the page, the body's face, what the head of each page says, the page numbers and the properties of the file."""
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        page_number(footer.paragraphs[0], side)
    if data["draft_mark"]:
        for header in (section.header, section.even_page_header):
            add_run(header.paragraphs[0], data["draft_mark"], HEADING_FACE, 10.5, colour="C00000")
    style = document.styles["Normal"]
    style.font.size = Pt(16)
    set_face(style.element.get_or_add_rPr(), BODY_FACE)
    properties = document.core_properties
    properties.title, properties.author = data["title"], data["issuer"]
    properties.created = properties.modified = made
    properties.comments = ""
    properties.last_modified_by = data["issuer"]


def write_head(document: Any, data: dict[str, Any]) -> None:
    """Write who issues, the number and the signer above the red rule, the title, and to whom it goes."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    if data["head"]:
        paragraph(document, data["head"], TITLE_FACE, 30, align="CENTER", colour=RED, after=14)
        line = paragraph(document, "", BODY_FACE, 16, after=18)
        if data["signer"]:
            line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
            add_run(line, f"　{data['number']}\t{data['signer']}　", BODY_FACE, 16)
        else:
            line.alignment = alignment("CENTER")
            add_run(line, data["number"], BODY_FACE, 16)
        rule(line, "bottom", RED, 12)
    paragraph(document, data["title"], TITLE_FACE, 22, align="CENTER", after=14)
    if data["addressee"]:
        paragraph(document, f"{data['addressee']}：", BODY_FACE, 16)


def write_part(document: Any, part: dict[str, Any]) -> None:
    """Write a section: its heading, its paragraphs, its chart and its table."""
    from docx.shared import Mm

    if part["heading"]:
        paragraph(
            document, part["heading"], HEADING_FACE, 16, indent=True
        ).paragraph_format.keep_with_next = True
    for words in part["paragraphs"]:
        paragraph(document, words, BODY_FACE, 16, indent=True)
    if part.get("chart"):
        document.add_picture(io.BytesIO(picture(part["chart"])), width=Mm(150))
        paragraph(document, part["caption"], BODY_FACE, 12, align="CENTER")
    if part.get("rows"):
        write_table(document, part["heads"], part["rows"], part["aligns"])


def write_table(
    document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], aligns: Sequence[str]
) -> None:
    """Write a ruled table whose headings repeat on every page."""
    from docx.oxml import OxmlElement

    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        fill_cell(cell, head, HEADING_FACE, "CENTER")
    for row in rows:
        for cell, text, side in zip(table.add_row().cells, row, aligns, strict=True):
            fill_cell(cell, text, BODY_FACE, "RIGHT" if side == "right" else "LEFT")


def write_end(document: Any, data: dict[str, Any]) -> None:
    """Write the attachments, who signs and when, the note, and the imprint."""
    for index, name in enumerate(data["attachments"], start=1):
        before = "附件：" if index == 1 else "　　　"
        paragraph(document, f"{before}{index}．{name}", BODY_FACE, 16, indent=True)
    for words in ("", data["issuer"], data["dated"]):
        paragraph(document, f"{words}　　" if words else "", BODY_FACE, 16, align="RIGHT")
    if data["footnote"]:
        paragraph(document, data["footnote"], BODY_FACE, 16, indent=True)
    for words in data["imprint"]:
        rule(paragraph(document, f"　{words}", BODY_FACE, 14), "top", "000000", 6)
    if data["imprint"]:
        rule(document.paragraphs[-1], "bottom", "000000", 8)


def paragraph(
    document: Any, text: str, face: str, size: float, *, align: str = "", colour: str = "", indent: bool = False, after: float = 0
) -> Any:  # fmt: skip
    """Add a paragraph in one face; lines of 28 points (22 a page), two characters of indent where asked."""
    from docx.shared import Pt

    added = document.add_paragraph()
    form = added.paragraph_format
    form.space_after, form.space_before = Pt(after), Pt(0)
    if size <= 16:
        form.line_spacing = Pt(28)
    if indent:
        form.first_line_indent = Pt(2 * size)
    if align:
        added.alignment = alignment(align)
    add_run(added, text, face, size, colour=colour)
    return added


def alignment(side: str) -> Any:
    """Return the value of an alignment by its name."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    return getattr(WD_ALIGN_PARAGRAPH, side)


def add_run(added: Any, text: str, face: str, size: float, *, colour: str = "") -> None:
    """Add text to a paragraph in a face, also for the Chinese characters in it."""
    from docx.shared import Pt, RGBColor

    run = added.add_run(text)
    run.font.size = Pt(size)
    set_face(run._r.get_or_add_rPr(), face)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def set_face(properties: Any, face: str) -> None:
    """Name a face for all scripts."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), face)


def fill_cell(cell: Any, text: str, face: str, align: str) -> None:
    """Write the one paragraph of a cell."""
    from docx.shared import Pt

    added = cell.paragraphs[0]
    added.alignment = alignment(align)
    added.paragraph_format.space_after = Pt(0)
    add_run(added, text, face, 11)


def rule(added: Any, side: str, colour: str, eighths: int) -> None:
    """Draw a rule above or below a paragraph, so many eighths of a point thick."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = added._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr", "w:pPrChange"
        )
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "1"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def page_number(added: Any, side: str) -> None:
    """Write the page's number between rules, on the outer side."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    added.alignment = alignment(side)
    add_run(added, "— ", BODY_FACE, 14)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    added._p.append(field)
    add_run(added, " —", BODY_FACE, 14)


def picture(svg: str) -> bytes:
    """Draw a chart as PNG with the fonts that ship with the system: Word takes no SVG without one."""
    import typst

    from wengang.reports.document import font_folder

    source = (
        '#set page(width: 16cm, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.at("svg")), width: 100%)'
    )
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )
    drawn = typst.compile(
        source.encode(),
        format="png",
        ppi=200.0,
        font_paths=fonts,
        sys_inputs={"svg": svg},
    )
    if isinstance(drawn, list):
        return bytes(drawn[0])
    return bytes(drawn or b"")


def same_bytes(content: bytes) -> bytes:
    """Return an archive with its members' days fixed, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in made.namelist():
            fixed.writestr(zipfile.ZipInfo(name, FIRST_DAY), made.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
