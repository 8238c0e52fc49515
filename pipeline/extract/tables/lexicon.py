"""What the words and numbers of tables look like: the patterns that finding, layout and meaning share.

Unless said otherwise they are for folded text (``patterns.fold``), and match at its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MONEY = r"[百千万萬亿億]*元"
_UNIT = rf"(?:金[额額])?[单單]位[:：]?\s*(?:人民[币幣])?{_MONEY}"
#: The unit of money beside its word (单位：万元), and that or the unit in brackets, in text as printed.
NAMED_UNIT = re.compile(_UNIT)
UNIT = re.compile(rf"{_UNIT}|[（(]{_MONEY}[）)]")
#: The same where blanks may stand in it; the groups are the unit.
SPACED_UNIT = re.compile(
    rf"[单單]\s*位\s*[:：]?\s*(?:人民[币幣])?\s*({_MONEY})|[（(]\s*[单單]?位?[:：]?\s*({_MONEY})\s*[）)]"
)
#: The unit in the header of a column (合计（万元）).
UNIT_OF_COLUMN = re.compile(rf"[（(](?:[单單]位[:：])?({_MONEY})[）)]")
#: A number that is printed like an amount, anywhere in a line.
AMOUNT = re.compile(r"(?<![\d.])\d[\d,]{0,40}\.\d+(?![\d%％])|(?<!\d)\d{1,3}(?:,\d{3})+(?![\d%％])")
#: The heading of a part of the document or of a section of prose, and a note below a table.
PART = re.compile(r"^第[一二三四五六七八九十]部分")
SECTION = re.compile(r"\S{0,30}(?:(?:名词|术语|用语)(?:解释|说明)|(?:情况|执行|变化|安排)的?说明)")
NOTE = re.compile(r"^(?:注|备注|说明|附注)[:：\d]|^(?:本部门|本单位|我部门|我单位|本表|此表)|空表|故本表|表格为空")
#: What marks sentences, as opposed to cells.
SENTENCE = re.compile(r"[，。；]")
FULL_STOP = re.compile(r"[。；]")
#: A table that goes on (续表).
CONTINUED = re.compile(r"[（]?续表?[一二三四五六七八九十\d]*[）]?")
#: What labels of rows begin with: 一、, （一）, 1., （1） or 其中.
ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.]|[（][一二三四五六七八九十]+[）]|\d{1,2}[、.](?!\d)|[（]\d{1,2}[）]|其中)"
)
#: A code before its name (2010301-行政运行).
CODED = re.compile(r"^(\d{3,7})-")
#: A whole code of a class, section or item.
CODE = re.compile(r"\d{3}(?:\d\d){0,2}")
#: An amount before or after the letters of a label, and an ordinal that does not begin one.
GLUED = re.compile(
    r"\d\.\d{2,}(?=[^\W\d_])(?![万亿千百元平])"
    r"|(?<=[^\W\d_])\d{1,3}(?:,\d{3})*\.\d{2,}"
    r"|(?<=[^\W\d_第一二三四五六七八九十])[一二三四五六七八九十]{1,3}、"
    r"|(?<=[^\W\d_])（[一二三四五六七八九十]{1,2}）(?=[^\W\d_])"
    r"|(?<=[^\s\d（:、.])\d{1,2}、(?=[^\W\d_])"
)

#: What may stand before a label and says nothing of it: bullets, stars of blank codes, quotation in mail.
MARKS = "*＊>＞•·★☆◆◇●○▶►※"

#: What an amount's own unit ends with; 5.20万 is of 万元.
_OWN_MONEY = rf"(?:{_MONEY}整?|[万萬亿億])"
_AMOUNT_ALONE = re.compile(
    rf"(?:人民币|RMB|CNY)?[¥￥]?[-△▲负]?[¥￥]?(?P<amount>(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?){_OWN_MONEY}?"
    rf"|（[¥￥]?-?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)\.\d+{_OWN_MONEY}?）"
    r"|(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+-"
)
#: Boxes, private-use characters, pictures and marks of doubt in place of what could not be written; points and commas may be left.
_WITHOUT_NAME = re.compile("[.,\\-]*[\ue000-\uf8ff\ufffc\ufffd□■?？…][\ue000-\uf8ff\ufffc\ufffd□■?？….,\\-]*")
_NO_AMOUNT = re.compile(r"[-－−—–―─_/／\\＼]*|[（(]?[无無空][）)]?")
_UNREADABLE = re.compile(r"#{2,}|#(?:REF|VALUE|DIV/0|NULL|NUM)!|#N/A|#NAME[?]")
_YEAR_ALONE = re.compile(r"((?:19|20)\d\d)年度?")
_BLANK_MARK = re.compile(r"栏次|行次|[*＊]+|[甲乙丙丁戊]|[A-Z]|-+")
_COLUMN_NUMBER = re.compile(r"[（]?(\d{1,2})[）]?(?:=[\d+\-()（）…]+)?")


def is_amount(folded: str) -> bool:
    """Whether a folded text is one amount and nothing else: 1,250.00, -1,250.00, 1,250.00-, △1,250.00, （1,250.00）, ¥1,250.00, 1,250.00元."""
    return _AMOUNT_ALONE.fullmatch(folded) is not None


def is_no_amount(folded: str) -> bool:
    """Whether a folded text says in place of an amount that there is none, or is empty: -, /, 无."""
    return _NO_AMOUNT.fullmatch(folded) is not None


def is_unreadable(folded: str) -> bool:
    """Whether a text is what programs print where an amount has no room or cannot be reckoned: ########, #REF!."""
    return _UNREADABLE.fullmatch(folded) is not None


def is_dash(folded: str) -> bool:
    """Whether a text is a dash, as cells print that have no amount."""
    return bool(folded) and not folded.strip("-─―")


def is_without_name(folded: str) -> bool:
    """Whether a text has no character that can be read, where one stands: □□□, private-use characters, a picture."""
    return _WITHOUT_NAME.fullmatch(folded) is not None


def year_alone(folded: str) -> int | None:
    """The year of a cell that names the one of its row, whatever its header says (年度: 2023年, 2024年)."""
    match = _YEAR_ALONE.fullmatch(folded)
    return int(match.group(1)) if match else None


def is_mark(folded: str) -> bool:
    """Whether a cell has a mark where other columns have numbers (栏次, **, 甲)."""
    return _BLANK_MARK.fullmatch(folded) is not None


def numbers_columns(words: Sequence[str]) -> bool:
    """Whether a row numbers the columns: 栏次 1 2 3, ** ** 1 2, 甲 乙 1 2=3+4. Its numbers rise by one from 1 on."""
    marks = [word for word in words if is_mark(word)]
    numbers = [int(match.group(1)) for word in words if (match := _COLUMN_NUMBER.fullmatch(word))]
    if len(marks) + len(numbers) != len(words) or not words:
        return False
    rising = all(b == a + 1 for a, b in zip(numbers, numbers[1:], strict=False))
    return any(word in ("栏次", "行次") for word in words) or (rising and len(numbers) >= 2 and numbers[0] == 1)
