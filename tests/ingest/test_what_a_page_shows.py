"""Only what a reader sees of a page is its text, once, line by line along baselines; what cannot be read is said."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from reportlab.lib.colors import Color
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.limits import Limits
from pipeline.ingest.pdf import read

SONG = "STSong-Light"
#: What cannot be read as text is to be said here, not recognised.
UNRECOGNISED = Limits(max_recognised=0)


def drawn(draw: Callable[[Canvas], None], size: tuple[float, float] = (300, 200), **more: Any) -> Content:
    """What is read of a page that ``draw`` draws."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1, **more)
    canvas.setFont(SONG, 10)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return read(buffer.getvalue(), UNRECOGNISED)


def text_of(draw: Callable[[Canvas], None], **more: Any) -> list[str]:
    return drawn(draw, **more).text.rstrip("\f\n").split("\n")


def visible(canvas: Canvas) -> None:
    canvas.drawString(20, 150, "合计 1,234.50")


def test_a_line_is_what_stands_on_one_baseline_in_any_font():
    def draw(canvas: Canvas) -> None:
        canvas.drawString(20, 150, "财政局")
        canvas.setFont("Helvetica", 14)
        canvas.drawString(60, 150, "2024")
        canvas.setFont(SONG, 8)
        canvas.drawString(100, 150, "年度决算")
        canvas.setFont(SONG, 10)
        canvas.drawString(20, 134, "第二行")

    assert text_of(draw) == ["财政局 2024 年度决算", "第二行"]


def test_bold_made_by_printing_twice_is_there_once():
    def draw(canvas: Canvas) -> None:
        for shift in (0.0, 0.3):
            canvas.drawString(20 + shift, 150, "合计 5,984,800.00 11.11")
        for shift in (0.0, 0.4):
            for at, char in enumerate("年1122"):
                canvas.drawString(20 + 10 * at + shift, 130 - shift / 2, char)

    assert text_of(draw)[0] == "合计 5,984,800.00 11.11"
    assert text_of(draw)[1].replace(" ", "") == "年1122"


def invisible(canvas: Canvas) -> None:
    text = canvas.beginText(120, 150)
    text.setTextRenderMode(3)
    text.textOut("8,888.00")
    canvas.drawText(text)


def white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(120, 150, "8,888.00")


def transparent(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(120, 150, "8,888.00")


def covered(canvas: Canvas) -> None:
    canvas.drawString(120, 150, "8,888.00")
    canvas.setFillColorRGB(0.9, 0.95, 1)
    canvas.rect(110, 140, 80, 30, stroke=0, fill=1)


def leaning(canvas: Canvas) -> None:
    canvas.translate(100, 60)
    canvas.rotate(40)
    canvas.drawString(0, 0, "内部资料 888")


def faint(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.82, 0.82, 0.82)
    canvas.setFont(SONG, 40)
    canvas.drawString(30, 130, "样本888")


def faint_upwards(canvas: Canvas) -> None:
    canvas.translate(200, 20)
    canvas.rotate(90)
    faint(canvas)


def outside(canvas: Canvas) -> None:
    canvas.drawString(120, 230, "8,888.00")
    canvas.drawString(120, -20, "8,888.00")
    canvas.drawString(310, 100, "8,888.00")


def clipped(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(10, 120, 60, 60)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.drawString(120, 150, "8,888.00")


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.2)
    canvas.drawString(120, 150, "8,888.00")


def under_a_picture(canvas: Canvas) -> None:
    canvas.drawString(120, 150, "8,888.00")
    canvas.drawImage(picture(60, 40), 110, 140, 80, 30)


@pytest.mark.parametrize(
    ("hidden", "why"),
    [
        (invisible, "invisible"),
        (white, "in the colour of what is behind it"),
        (transparent, "invisible"),
        (covered, "under something painted over it"),
        (under_a_picture, "under something painted over it"),
        (clipped, "clipped away"),
        (tiny, "too small to be seen"),
        (leaning, "a watermark"),
        (faint, "a watermark"),
        (faint_upwards, "a watermark"),
        (outside, "outside the page"),
    ],
)
def test_what_nobody_sees_is_left_out_and_said(hidden, why):
    def draw(canvas: Canvas) -> None:
        visible(canvas)
        hidden(canvas)

    page = drawn(draw)
    assert page.text == "合计 1,234.50\n\f"
    (remark,) = page.remarks
    assert why in remark
    assert page.notes == ()


def test_text_under_a_picture_that_lets_it_through_is_seen():
    def draw(canvas: Canvas) -> None:
        from PIL import Image

        visible(canvas)
        stamp = Image.new("RGBA", (60, 40), (200, 30, 30, 60))
        canvas.drawImage(ImageReader(stamp), 10, 140, 100, 30, mask="auto")

    assert text_of(draw) == ["合计 1,234.50"]


def test_a_word_that_a_clip_path_cuts_stays_whole():
    def draw(canvas: Canvas) -> None:
        path = canvas.beginPath()
        path.rect(10, 120, 40, 60)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.drawString(20, 150, "教育支出")

    assert text_of(draw) == ["教育支出"]


@pytest.mark.parametrize(("state", "text"), [("OFF", "Total 1.00\n\f"), ("ON", "Total 1.00\nLayer 8,888.00\n\f")])
def test_a_layer_that_is_off_is_left_out_and_said(state, text):
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(300, 200), invariant=1, pageCompression=0)
    canvas.setFont("Vera", 10)
    canvas.drawString(20, 150, "Total 1.00")
    canvas._code.append("/OC /L BDC")
    canvas.drawString(20, 120, "Layer 8,888.00")
    canvas._code.append("EMC")
    canvas.save()
    data = buffer.getvalue()
    data = data.replace(b"/ProcSet", b"/Properties << /L 900 0 R >> /ProcSet", 1)
    properties = b"/Type /Catalog /OCProperties << /OCGs [900 0 R] /D << /%s [900 0 R] >> >>" % state.encode()
    data = data.replace(b"/Type /Catalog", properties, 1)
    data = data.replace(b"xref\n", b"900 0 obj\n<< /Type /OCG /Name (notes) >>\nendobj\nxref\n", 1)
    page = read(data, UNRECOGNISED)
    assert page.text == text
    assert any("of a layer that is off" in remark for remark in page.remarks) == (state == "OFF")


def test_a_character_that_replaces_another_stands_where_its_scaled_form_does():
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))

    def draw(canvas: Canvas) -> None:
        canvas.beginForm("scaled")
        canvas.setFont("Vera", 20)
        for at, char in enumerate("5984"):
            canvas._code.append(f"/Span <</ActualText <FEFF{ord(char):04X}>>> BDC")
            canvas.drawString(20 + 13 * at, 50, char)
            canvas._code.append("EMC")
        canvas.endForm()
        for top in (160, 100):
            canvas.saveState()
            canvas.transform(0.5, 0, 0, 0.5, 10, top)
            canvas.doForm("scaled")
            canvas.restoreState()

    page = drawn(draw)
    assert page.text == "5984\n5984\n\f"
    assert not page.remarks
    assert [(round(word.x0), round(word.x1)) for word in page.pages[0].words] == [(21, 45), (21, 45)]


@pytest.mark.parametrize("shade", [{"alpha": 0}, {"red": 1, "green": 1, "blue": 1}])
def test_text_above_its_shadow_is_seen(shade):
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(Color(**{"red": 0.5, "green": 0.5, "blue": 0.5} | shade))
        canvas.drawString(20.7, 149.3, "合计 1,234.50")
        canvas.setFillColorRGB(0, 0, 0, 1)
        visible(canvas)

    page = drawn(draw)
    assert page.text == "合计 1,234.50\n\f"
    assert not page.remarks


def test_the_edges_of_a_shadow_are_no_rules():
    def draw(canvas: Canvas) -> None:
        visible(canvas)
        canvas.setFillColorRGB(0.5, 0.5, 0.5)
        canvas._extgstate.set(canvas, "BM", "Multiply")
        for left, bottom in ((18, 142), (60, 142), (18, 122), (60, 122)):
            canvas.rect(left, bottom, 42, 20, stroke=0, fill=1)

    assert not drawn(draw).tables


def test_text_outside_the_crop_box_is_left_out():
    page = drawn(lambda canvas: (visible(canvas), canvas.drawString(20, 30, "8,888.00")), cropBox=(0, 100, 300, 200))
    assert page.text == "合计 1,234.50\n\f"
    assert (page.pages[0].width, page.pages[0].height) == (300, 100)


def test_white_text_on_a_dark_ground_and_text_under_a_highlight_are_seen():
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0, 0.2, 0.5)
        canvas.rect(10, 140, 200, 30, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        visible(canvas)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(20, 100, "支出 7.00")
        canvas.setFillColorRGB(1, 1, 0)
        canvas.setFillAlpha(0.4)
        canvas.rect(10, 90, 200, 30, stroke=0, fill=1)

    assert text_of(draw) == ["合计 1,234.50", "支出 7.00"]


def test_a_word_that_the_edge_of_the_page_cuts_stays_whole():
    assert text_of(lambda canvas: canvas.drawString(-12, 150, "2025年预算 1,234.50")) == ["2025年预算 1,234.50"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_whose_text_stands_sideways_or_upside_down_is_turned(turn):
    def draw(canvas: Canvas) -> None:
        canvas.translate(150, 150)
        canvas.rotate(turn)
        for at, line in enumerate(("收入 12.50", "支出 7.00")):
            canvas.drawString(-100, 60 - 20 * at, line)

    page = drawn(draw, size=(300, 300))
    assert page.text == "收入 12.50\n支出 7.00\n\f"
    assert [round(word.x0) for word in page.pages[0].words if word.x0 < 60] == [50, 50]


def test_a_label_written_upwards_beside_upright_text_is_read():
    def draw(canvas: Canvas) -> None:
        visible(canvas)
        canvas.drawString(20, 100, "支出 7.00")
        canvas.translate(250, 80)
        canvas.rotate(90)
        canvas.drawString(0, 0, "年度预算数")

    assert sorted(text_of(draw)) == ["合计 1,234.50", "年度预算数", "支出 7.00"]


def table(canvas: Canvas, *cells: str) -> None:
    """A row of cells 48 points wide, their amounts 2 points from the right, over another row."""
    xs = [20 + 48 * at for at in range(len(cells) + 1)]
    canvas.setFont("Helvetica", 10)
    canvas.grid(xs, [120, 140, 160])
    for right, cell in zip(xs[1:], cells, strict=True):
        canvas.drawRightString(right - 2, 146, cell)


def cells_of(page: Content) -> list[str]:
    cells = [cell for each in page.tables for cell in each.cells if cell.row == 0]
    return ["".join(page.text[start:end] for start, end in cell.pieces) for cell in cells]


def test_amounts_wider_than_their_cells_are_whole_and_in_the_cell_that_they_are_aligned_in():
    amounts = ["", "5,984,800.00", "5,639,200.00", "345,600.00"]
    assert cells_of(drawn(lambda canvas: table(canvas, *amounts))) == amounts


def test_an_amount_that_leaves_its_cell_leaves_the_name_beside_it_its_characters():
    def draw(canvas: Canvas) -> None:
        canvas.setFont(SONG, 10)
        canvas.drawString(22, 146, "教育支出")
        table(canvas, "", "5,984,800.00")

    assert cells_of(drawn(draw)) == ["教育支出", "5,984,800.00"]


def lettered(change: Callable[[bytes], bytes], text: str = "Total 5,984.00", song: str = "") -> Content:
    """What is read of a page in an embedded font, after ``change`` of the file."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(300, 200), invariant=1, pageCompression=0)
    canvas.setFont("Vera", 10)
    canvas.drawString(20, 150, text)
    canvas.setFont(SONG, 10)
    canvas.drawString(20, 130, song)
    canvas.showPage()
    canvas.save()
    return read(change(buffer.getvalue()), UNRECOGNISED)


def test_text_in_an_embedded_font_is_read():
    assert lettered(lambda data: data).text == "Total 5,984.00\n\f"


def test_digits_that_a_font_names_by_codes_of_its_own_are_said():
    page = lettered(lambda data: re.sub(rb"<00(3[0-9])>", rb"<E0\1>", data))
    assert page.text == "Total \ue035,\ue039\ue038\ue034.\ue030\ue030\n\f"
    assert "page 1 has 6 characters that the PDF shows and does not name" in page.notes[0]


def nameless(data: bytes) -> bytes:
    return data.replace(b"/ToUnicode", b"/ToUnicodX")


def test_characters_without_a_name_are_said_and_never_guessed():
    page = lettered(nameless, "Расход 5,984.00", song="支出说明支出说明支出说明 1.00")
    (note,) = page.notes
    assert note.startswith("page 1 has 14 characters that the PDF shows and does not name; what they say")
    assert page.text == "\ufffd" * 6 + " " + "\ufffd" * 8 + "\n支出说明支出说明支出说明 1.00\n\f"


def test_a_pdf_that_names_none_of_its_characters_is_refused_with_the_reason():
    with pytest.raises(NotReadable, match="does not name them"):
        lettered(nameless, "Расход 5,984.00")


def test_a_number_that_is_wider_than_its_cell_is_said():
    assert "1 cells with ########" in drawn(lambda canvas: table(canvas, "208", "########")).notes[0]


def picture(width: int, height: int) -> ImageReader:
    from PIL import Image

    return ImageReader(Image.new("RGB", (width, height), (200, 30, 30)))


def test_a_picture_in_place_of_an_amount_is_said():
    def draw(canvas: Canvas) -> None:
        table(canvas, "208", "1,234.50", "")
        canvas.drawImage(picture(40, 10), 120, 144, 40, 10)

    (note,) = drawn(draw).notes
    assert note.startswith("page 1 has 1 cells with a picture in place of text; what it shows could not be read")


def test_a_picture_beside_a_table_is_no_reason():
    def draw(canvas: Canvas) -> None:
        table(canvas, "208", "1,234.50")
        canvas.drawImage(picture(40, 40), 200, 20, 40, 40)

    assert drawn(draw).notes == ()


def test_a_page_of_a_picture_and_its_number_is_said():
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture(60, 40), 0, 20, 300, 180)
        canvas.drawString(140, 8, "- 3 -")

    page = drawn(lambda canvas: (visible(canvas), canvas.showPage(), canvas.setFont(SONG, 10), draw(canvas)))
    (note,) = page.notes
    assert note.startswith("page 2 is a picture without text (scanned); nothing of it could be read")


def test_a_pdf_of_pictures_is_refused_with_the_reason():
    with pytest.raises(NotReadable, match="only pictures of it"):
        drawn(lambda canvas: canvas.drawImage(picture(60, 40), 0, 0, 300, 200))
