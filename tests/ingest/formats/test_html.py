"""Web pages: what a reader sees, cell by cell, in any encoding; nothing of what stands around it."""

from __future__ import annotations

import pytest

from pipeline.ingest.document import Arrangement, NotReadable
from pipeline.ingest.limits import Limits
from tests.ingest.formats.reading import content, grid, spans

TABLE = "<table><tr><td>项目</td><td>金额</td></tr><tr><td>办公费</td><td>1.50</td></tr></table>"


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def text(body: str, head: str = "") -> str:
    return content(page(body, head)).text


def test_paragraphs_headings_and_rows_are_lines_and_cells_are_set_apart_by_tabs():
    read = content(page(f"<h1>某局2025年部门预算</h1><p>单位：<b>万元</b></p>{TABLE}<p>注：无</p>"))
    assert read.text == "某局2025年部门预算\n单位：万元\n项目\t金额\n办公费\t1.50\n注：无\n"
    assert read.arrangement is Arrangement.STRUCTURE
    assert [(line.number, read.text[line.start : line.end]) for line in read.lines][2] == (3, "项目\t金额")
    assert grid(read) == [["项目", "金额"], ["办公费", "1.50"]]
    assert read.text[read.tables[0].start : read.tables[0].end] == "项目\t金额\n办公费\t1.50"


def test_white_space_entities_and_what_prints_nothing():
    assert text("<p>  收&#20837;\n  支出&nbsp;&nbsp;1\u200b,234&ensp;A&amp;B </p>") == "收入 支出  1,234\u2002A&B\n"
    assert text("<p>一<br>二<br/><br/>三</p>") == "一\n二\n三\n"
    assert text("<pre>甲   乙\n丙   丁</pre>") == "甲   乙\n丙   丁\n"
    assert text("<div>前<div>中</div>后</div>") == "前\n中\n后\n"
    assert text("<p>5,<span>984</span><font>.80</font></p>") == "5,984.80\n"
    assert text("<p>⼀、⽀出</p>") == "一、支出\n"


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="color:red; display : none">x9</p>',
        '<p style="visibility:hidden">x9</p>',
        '<span style="font-size:0">x9</span>',
        "<p hidden>x9</p>",
        "<script>x9</script><style>x9</style><template>x9</template><noscript>x9</noscript>",
        "<!-- x9 --><select><option>x9</option></select><textarea>x9</textarea><input value=x9>",
        '<p class="a gone">x9</p><p id="lost">x9</p>',
    ],
)
def test_what_is_hidden_is_not_read(hidden):
    style = (
        "<style>/* .kept{display:none} */ p.gone, #lost { display:none } @media print { .kept {display:none} }</style>"
    )
    assert text(f'<p>甲</p>{hidden}<p class="kept">乙</p>', style) == "甲\n乙\n"


def test_spans_place_cells_and_print_them_once():
    read = content(
        page(
            "<table><thead><tr><th rowspan=2>科目</th><th colspan=2>支出</th></tr><tr><th>基本</th><th>项目</th></tr></thead>"
            "<tr><td>行政运行</td><td>1</td><td>2</td></tr></table>"
        )
    )
    assert read.text == "科目\t支出\n基本\t项目\n行政运行\t1\t2\n"
    assert grid(read) == [["科目", "支出", "^"], ["^", "基本", "项目"], ["行政运行", "1", "2"]]
    assert spans(read) == {"科目": (2, 1), "支出": (1, 2)}


def test_spans_that_overlap_leave_the_table_or_are_absurd_keep_every_cell_in_a_place_of_its_own():
    read = content(
        page(
            "<table><tr><td>a</td><td rowspan=2>b</td><td rowspan=99999>c</td></tr>"
            "<tr><td colspan=5>d</td></tr><tr><td colspan=-3>e</td><td colspan=99999>f</td></tr></table>"
        )
    )
    assert grid(read) == [["a", "b", "c"], ["d", "^", "^"], ["e", "f", "^"]]
    whole = content(page("<table><tr><td rowspan=0>a</td><td>b</td></tr><tr><td>c</td></tr></table>"))
    assert grid(whole) == [["a", "b"], ["^", "c"]]


def test_columns_in_which_no_cell_begins_and_hidden_rows_take_no_place():
    read = content(
        page(
            "<table><tr><td colspan=3>甲</td><td>乙</td></tr><tr style='display:none'><td>x</td><td>y</td></tr>"
            "<tr><td colspan=3>1</td><td>2</td></tr></table>"
        )
    )
    assert grid(read) == [["甲", "乙"], ["1", "2"]]


def test_lines_of_a_cell_are_pieces_of_it_and_blank_cells_are_kept():
    read = content(
        page(
            "<table><tr><td>因公出国<br>（境）费</td><td>&nbsp;</td></tr><tr><td><p>a</p><p>b</p></td><td>2</td></tr></table>"
        )
    )
    assert read.text == "因公出国 （境）费\t\na b\t2\n"
    assert grid(read) == [["因公出国/（境）费", ""], ["a/b", "2"]]


def test_the_foot_of_a_table_stands_below_it_and_the_caption_above():
    read = content(
        page(
            "<table><caption>收支总表</caption><tfoot><tr><td>合计</td><td>3</td></tr></tfoot>"
            "<tbody><tr><td>甲</td><td>3</td></tr></tbody></table>"
        )
    )
    assert read.text == "收支总表\n甲\t3\n合计\t3\n"


@pytest.mark.parametrize(
    "layout",
    [
        "<table><tr><td>菜单</td><td><p>某局2025年部门预算</p>{}</td></tr></table>",
        "<table><tr><td>某局2025年部门预算</td></tr><tr><td>{}</td></tr></table>",
        "<table><tr><td><table><tr><td>某局2025年部门预算{}</td></tr></table></td></tr></table>",
    ],
)
def test_a_table_that_places_text_is_paragraphs_and_the_one_inside_it_a_table(layout):
    read = content(page(layout.format(TABLE)))
    assert len(read.tables) == 1
    assert grid(read) == [["项目", "金额"], ["办公费", "1.50"]]
    assert "某局2025年部门预算\n项目\t金额\n" in read.text


def test_a_small_table_inside_a_cell_of_a_table_is_text_of_that_cell():
    inner = "<table><tr><td>数量</td><td>≥3</td></tr></table>"
    read = content(
        page(
            f"<table><tr><td>指标说明与内容</td><td>值</td></tr><tr><td>年度目标的完成情况</td><td>{inner}</td></tr></table>"
        )
    )
    assert grid(read) == [["指标说明与内容", "值"], ["年度目标的完成情况", "数量/≥3"]]


def test_several_tables_under_one_title_stay_several():
    read = content(page(f"<p>收支总表</p>{TABLE}{TABLE}"))
    assert read.text.count("项目\t金额\n") == 2
    assert len(read.tables) == 2


@pytest.mark.parametrize(
    "around",
    [
        "<nav>首页 12</nav>",
        "<header><p>某市人民政府 12</p></header>",
        "<footer>备案号 12</footer>",
        '<div class="nav">当前位置：首页 &gt; 政务公开 12</div>',
        "<div><span>您的位置：</span><a href=/>首页</a> &gt; <a href=/x>财政信息 12</a></div>",
        '<div role="navigation">12</div>',
        '<div class="bread-crumb">12</div><div id="pageFooter">12</div><div class="shareBox">12</div>',
        "<ul>" + "".join(f"<li><a href=/{n}>栏目 12</a></li>" for n in range(6)) + "</ul>",
        "<p>【字体：大 中 小】 【打印】【关闭】</p>",
        "<p>上一篇：某局2012年部门预算</p>",
        '<h4>相关新闻</h4><ul><li><a href="/1">某局2012年预算12万元</a> 2012-12-12</li></ul>',
        '<div><p>【相关阅读】</p><p><a href="/1">某局2012年预算收入12万元</a></p></div>',
    ],
)
def test_what_stands_around_the_article_is_not_read(around):
    assert text(f"{around}<h1>某局预算</h1><p>本年收入5万元。</p>") == "某局预算\n本年收入5万元。\n"


def test_what_holds_the_tables_or_the_heading_is_read_whatever_it_is_called():
    body = f'<div class="footer nav"><h1>某局预算</h1>{TABLE}</div><article><header><h2>总表</h2></header>{TABLE}</article>'
    read = content(page(body))
    assert read.text.startswith("某局预算\n")
    assert "总表\n" in read.text
    assert len(read.tables) == 2


def test_tables_that_the_page_says_are_in_attachments_are_noted():
    link = '<p><a href="/P0202.xls?x=1">某局2025年部门预算公开表</a> <a href="a.pdf">附件2：收支总表.pdf</a></p>'
    (note,) = content(page(f"<p>某局2025年部门预算说明</p>{link}")).notes
    assert "某局2025年部门预算公开表.xls、附件2：收支总表.pdf" in note
    assert "fetch them" in note
    assert content(page(f"<p>总表如下</p>{TABLE}{link}")).notes == ()
    assert content(page(f"<p>其余报表详见附件。</p>{TABLE}{link}")).notes != ()
    assert content(page('<p>某局2025年部门预算</p><p><a href="help.pdf">使用帮助</a></p>')).notes == ()


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("gb18030", '<meta charset="gb2312">'),
        ("gb18030", '<meta http-equiv="Content-Type" content="text/html; charset=GBK">'),
        ("gb18030", ""),
        ("gb18030", '<meta charset="utf-8">'),
        ("utf-8", '<meta charset="gb2312">'),
        ("utf-8", ""),
        ("utf-8-sig", '<meta charset="gbk">'),
        ("utf-16", ""),
    ],
)
def test_encodings_are_read_as_declared_or_as_found(encoding, declared):
    body = "<p>某局2025年部门预算情况说明，本年收入合计１２．５０万元，支出总计㐂万元。</p>"
    data = f"<html><head>{declared}</head><body>{body}</body></html>".encode(encoding)
    assert content(data).text == "某局2025年部门预算情况说明，本年收入合计１２．５０万元，支出总计㐂万元。\n"


def test_broken_characters_are_said_and_the_rest_is_read():
    data = page("<p>某局部门预算合计</p><p>\x01</p><p>收入12.50万元</p>", '<meta charset="utf-8">').replace(
        b"\x01", b"\xe4\xb8"
    )
    read = content(data)
    assert "收入12.50万元" in read.text
    assert "1 characters of the page are broken" in read.notes[0]


def test_a_page_without_text_says_so():
    with pytest.raises(NotReadable, match="shows no text"):
        content(page("<script>load()</script>"))


def test_nesting_beyond_any_page_and_more_cells_than_allowed_are_refused():
    with pytest.raises(NotReadable, match="nested more than"):
        content(page("<div>" * 20_000 + "x"))
    with pytest.raises(NotReadable, match="more than the 100 cells"):
        content(page("<table>" + "<tr><td>1</td><td>2</td></tr>" * 60 + "</table>"), Limits(max_cells=100))
    with pytest.raises(NotReadable, match="columns that a source may have"):
        content(page("<table>" + "<tr>" + "<td colspan=1000>1</td>" * 50 + "</tr></table>"), Limits(max_cells=10_000))


MHT = """From: <Saved by Blink>
Snapshot-Content-Location: http://www.example.gov.cn/a.html
Subject: x
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----X"

------X
Content-Type: text/html
Content-ID: <frame@mhtml.blink>
Content-Transfer-Encoding: quoted-printable

{}
------X
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
------X--
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "From: <Saved by Blink>\n"])
def test_a_page_that_a_browser_saved_whole_is_read(ends, before):
    import quopri

    inner = quopri.encodestring(page(f"<p>某局预算</p>{TABLE}", '<meta charset="utf-8">')).decode()
    message = MHT.replace("From: <Saved by Blink>\n", before).format(inner).replace("\n", ends)
    read = content(message.encode())
    assert read.media_type.startswith("multipart/related")
    assert read.text == "某局预算\n项目\t金额\n办公费\t1.50\n"


def saved_with_frames(*pages: tuple[str, str, str]) -> bytes:
    """A page that a browser saved whole: each part's id, address and markup."""
    parts = "".join(
        f"--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-ID: <{name}>\r\nContent-Location: {place}\r\n\r\n{html}\r\n"
        for name, place, html in pages
    )
    return f"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n{parts}--x--\r\n".encode()


@pytest.mark.parametrize("source", ["cid:f1", "http://a.gov.cn/b/c.html", "c.html"])
def test_a_saved_page_shows_what_stands_in_its_frames(source):
    data = saved_with_frames(
        ("f0", "http://a.gov.cn/b/a.html", f"<p>前<iframe src='{source}'></iframe>后"),
        ("f1", "http://a.gov.cn/b/c.html", f"<style>.x{{display:none}}</style><p class=x>藏</p>{TABLE}"),
        ("f2", "http://a.gov.cn/b/d.html", "<p>别页</p>"),
    )
    read = content(data)
    assert read.text.startswith("前\n")
    assert read.text.endswith("后\n")
    assert len(read.tables) == 1
    assert "藏" not in read.text
    assert "别页" not in read.text


def test_frames_that_show_each_other_are_read_once():
    frames = "<iframe src='cid:f0'></iframe><iframe src='cid:f1'></iframe><iframe src='cid:f1'></iframe>"
    data = saved_with_frames(("f0", "", f"<p>甲{frames}"), ("f1", "", f"<p>乙{frames}"))
    assert content(data).text == "甲\n乙\n"


def test_a_frame_that_is_not_shown_or_not_in_the_file_is_left_out():
    page_ = "<p>甲<iframe style='display:none' src='cid:f1'></iframe><iframe src='http://b.cn/'></iframe>乙"
    assert content(saved_with_frames(("f0", "", page_), ("f1", "", "<p>藏"))).text == "甲乙\n"


def test_a_raised_number_is_set_apart_from_the_digits_before_it():
    assert text("<p>189.20<sup>1</sup></p>") == "189.20 1\n"
    assert text("<p>面积（m<sup>2</sup>）</p>") == "面积（m2）\n"
