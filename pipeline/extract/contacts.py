"""Personal contact data: found by its labels, withheld from everything that is published.

The first reader of a document. It looks for labels (项目负责人, 联系电话 …) and takes the names, phone
numbers and addresses that stand next to them, on the label's line or, where a row of labels stands over a
row of values, on the line below. Nothing here knows a name or a number; both are recognised by their form.
"""

from __future__ import annotations

import re

from pipeline.extract.context import Context

#: Stands for one withheld character, so that offsets hold in the masked text.
MARK = "▇"

_PERSON_LABELS = (
    r"(?:项目|单位|部门|财务|分管|科室|处室|主要|具体|业务|填报|实施单位)?\s*(?:主管\s*)?负\s*责\s*人(?:\s*姓\s*名)?",
    r"(?:项目|业务|信息|工作)?\s*联\s*[系络]\s*人(?:\s*姓\s*名)?",
    r"(?:项目)?\s*[经承主]\s*办\s*人",
    r"(?:编|填|制)\s*[报表制]\s*人(?:\s*员)?",
    r"(?:审|复|初)\s*核\s*人(?:\s*员)?",
    r"签\s*发\s*人|责\s*任\s*人|法\s*定\s*代\s*表\s*人|法\s*人\s*代\s*表",
)
_NUMBER_LABELS = (
    (
        r"(?:联\s*系|办\s*公|咨\s*询|监\s*督|举\s*报|服\s*务|单\s*位|固\s*定|移\s*动|负责人|联系人|经办人|填报人|信息公开)?"
        r"\s*电\s*话(?:\s*号\s*码)?"
    ),
    r"(?:联\s*系\s*)?手\s*机(?:\s*号\s*码?)?",
    r"联\s*系\s*方\s*式|传\s*真(?:\s*号\s*码)?|座\s*机(?:\s*号\s*码?)?|微\s*信(?:\s*号)?|身\s*份\s*证(?:\s*号\s*码?)?",
    r"(?:电\s*子\s*)?邮\s*箱(?:\s*地\s*址)?|电\s*子\s*邮\s*件|E-?mail",
)
# A label is a label only where what stands before and after sets it apart: 电话费 and 主要负责人履行 are words.
_BEFORE = r"(?:(?<=[\s，。；;、：:（(|/及和])|(?<![^\s]))"
_AFTER = r"(?=\s*[:：（(]|\s+|\s*$|\s*[0-9０-９])"
# Before a colon, any word that ends like a label is one: 值班电话：, 财务科负责人：
_ENDS_PERSON = r"(?:负\s*责\s*人|联\s*[系络]\s*人|[经承]\s*办\s*人|填\s*[报表]\s*人)"
# Words that stand before names and before much else: with a colon, and before what begins like a name.
_WEAK = r"(?:领\s*导|主\s*管|报\s*送|填\s*写|录\s*入|填\s*报|填\s*表|制\s*表|编\s*制|审\s*核|复\s*核|会\s*计|出\s*纳|局\s*长|主\s*任)(?:\s*[人者])?"
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹"
    "孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧司诸上皇尉端公令狐翁柯殷施冉麦涂游齐庄辛管祝左谷时舒耿牟卜詹关苗凌费纪靳盛"
)
_SPACE = r"[^\S\n]*"
_LABEL = re.compile(
    rf"{_BEFORE}(?:(?P<person>{'|'.join(_PERSON_LABELS)})|(?P<number>{'|'.join(_NUMBER_LABELS)}))"
    rf"(?P<more>(?:{_SPACE}[（(][^（）()\n]{{0,12}}[)）])?){_AFTER}{_SPACE}[:：]?"
    rf"|(?:(?P<a_person>{_ENDS_PERSON})|(?P<a_number>电\s*话|手\s*机|传\s*真)|(?P<weak>{_WEAK})){_SPACE}[:：]",
    re.IGNORECASE,
)
# What every label ends with: cheap to look for, so that documents without contacts cost next to nothing.
_HINT = re.compile(
    r"人|[导管送写入报表制核计纳长任者]\s*[:：]|电\s*话|手\s*机|方\s*式|传\s*真|座\s*机|邮|微\s*信|身\s*份\s*证|mail|代\s*表|@",
    re.IGNORECASE,
)

_DIGIT = "[0-9０-９]"
# A run of digits that goes on after a point or comma is an amount, whatever label stands before it.
_WHOLE = rf"(?![.．,，]?{_DIGIT})"
_PHONE = (
    rf"(?:[+＋]?86[-－ ]?)?[1１][3-9３-９]{_DIGIT}[-－ ]?{_DIGIT}{{4}}[-－ ]?{_DIGIT}{{4}}{_WHOLE}"
    rf"|(?:[（(]?[0０]{_DIGIT}{{2,3}}[)）]?{_SPACE}[-－—–]*{_SPACE})?{_DIGIT}{{3,4}}[-－ ]?{_DIGIT}{{4}}{_WHOLE}"
    rf"(?:{_SPACE}(?:转|[-－—]){_SPACE}{_DIGIT}{{1,6}})?"
    rf"|[48]00[-－ ]?{_DIGIT}{{3,4}}[-－ ]?{_DIGIT}{{3,4}}{_WHOLE}"
    rf"|{_DIGIT}{{5,18}}[Xx]?{_WHOLE}"
)
_MAIL = r"[A-Za-z0-9._%+-]+[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_HAN = "[一-鿿㐀-䶿]"
# Two to four characters, or two or three set apart by spaces to fill a cell, or a name with a middle dot.
_NAME = rf"{_HAN}{{1,6}}[·•]{_HAN}{{1,8}}|{_HAN}{{2,4}}|{_HAN}[ 　]{{1,4}}{_HAN}(?:[ 　]{{1,4}}{_HAN})?"
_NAME_END = rf"(?={_SPACE}(?:$|\n|[，。；;、,/（(）)|:：]|{_DIGIT})|[^\S\n])"
_BLANK = re.compile(_SPACE)
_SEPARATOR = re.compile(rf"{_SPACE}[、，,/；;和及]?{_SPACE}")
_VALUE = {
    "person": re.compile(rf"(?:{_NAME}){_NAME_END}", re.MULTILINE),
    "number": re.compile(rf"{_MAIL}|{_PHONE}", re.MULTILINE),
}
_ANY_VALUE = re.compile(rf"{_MAIL}|{_PHONE}|(?:{_NAME}){_NAME_END}", re.MULTILINE)
_ANYWHERE = re.compile(_MAIL)
_MOBILE = re.compile(rf"(?<![0-9０-９.．,，])[1１][3-9３-９]{_DIGIT}{{9}}(?![0-9０-９.．,，]|{_SPACE}[万亿千]?元)")
_LANDLINE = re.compile(rf"(?<![0-9０-９.．,，-])[0０]{_DIGIT}{{2,3}}[-－—–]{_DIGIT}{{7,8}}(?![0-9０-９.．,，])")
_NO_NAMES = frozenset(
    [
        "签字",
        "签章",
        "盖章",
        "签名",
        "姓名",
        "职务",
        "职称",
        "单位",
        "部门",
        "科室",
        "处室",
        "电话",
        "手机",
        "日期",
        "时间",
        "备注",
        "地址",
        "无",
        "项目",
        "名称",
        "传真",
        "邮箱",
        "金额",
        "属性",
        "类型",
        "内容",
        "负责",
        "意见",
        "审核",
        "年度",
        "资金",
        "总额",
        "情况",
    ]
)
_NO_NAME_ENDS = (
    "单位",
    "部门",
    "日期",
    "电话",
    "方式",
    "名称",
    "属性",
    "类型",
    "资金",
    "总额",
    "情况",
    "负责人",
    "联系人",
)


def withhold(context: Context, publish_contacts: bool = False) -> None:
    """Claim the tokens of contact data, record ``context.masks`` and set the masked text.

    With ``publish_contacts`` nothing is withheld: the masked text is the text itself.
    """
    text = context.document.text
    if not publish_contacts:
        context.masks.extend(_merged(_find(text)))
    context.extraction.masked_text = text
    if not context.masks:
        return
    owner = context.document.disclosure_id
    parts, last = [], 0
    for index, (start, end) in enumerate(context.masks):
        for token in context.ledger.within(start - 24, end + 24):
            if token.start < end and token.end > start:
                start, end = min(start, token.start), max(end, token.end)
                if token.cls == "unclaimed":
                    context.ledger.claim(token, "withheld", "contact", "disclosures", owner)
        context.masks[index] = (start, end)
        start = max(start, last)
        hidden = "".join(char if char.isspace() else MARK for char in text[start:end])
        parts += [text[last:start], hidden]
        last = max(last, end)
    context.extraction.masked_text = "".join([*parts, text[last:]])


def masked(context: Context, start: int, end: int) -> str:
    """``start:end`` of the document as it may be published."""
    return (context.extraction.masked_text or context.document.text)[start:end]


def _find(text: str) -> list[tuple[int, int]]:
    if not _HINT.search(text):
        return []
    found = [match.span() for match in _ANYWHERE.finditer(text)] if "@" in text or "＠" in text else []
    for match in _labels(text):
        if match["weak"]:
            value = _VALUE["person"].match(text, match.end() + len(_blank(text, match.end())))
            if value and value.group()[0] in _SURNAMES and len("".join(value.group().split())) <= 3:
                found.append(value.span())
            continue
        kind = "person" if match["person"] or match["a_person"] else "number"
        values = _beside(text, match.end(), kind)
        found += values or _below(text, match)
        found += _around(text, match.start(), match.end())
    return found


def _labels(text: str) -> list[re.Match[str]]:
    """The labels of ``text``; looked for only on lines that have what every label ends with."""
    labels: list[re.Match[str]] = []
    position = 0
    while hint := _HINT.search(text, position):
        start = text.rfind("\n", 0, hint.start()) + 1
        # A label may be broken over lines by its cell: begin a line early, never before the last one found.
        early = text.rfind("\n", 0, max(0, start - 1)) + 1
        end = text.find("\n", hint.end())
        end = len(text) if end < 0 else end
        seen = labels[-1].end() if labels else 0
        labels += _LABEL.finditer(text, max(early, seen), end)
        # A label may end on the next line; look at the end of this one again.
        position = max(hint.end(), end - 3)
    return labels


def _blank(text: str, position: int) -> str:
    match = _BLANK.match(text, position)
    return match.group() if match else ""


def _is_name(value: str) -> bool:
    bare = "".join(value.split())
    return bare not in _NO_NAMES and not bare.endswith(_NO_NAME_ENDS)


def _beside(text: str, position: int, kind: str) -> list[tuple[int, int]]:
    """The values that follow a label on its line, one after the other."""
    found: list[tuple[int, int]] = []
    while True:
        gap = _SEPARATOR.match(text, position)
        start = gap.end() if gap else position
        value = _ANY_VALUE.match(text, start) if not found else _VALUE[kind].match(text, start)
        if value is None or _LABEL.match(text, start) or not _plausible(value.group()):
            return found
        found.append(value.span())
        position = value.end()


def _plausible(value: str) -> bool:
    return value[0].isascii() or value[0].isdigit() or value[0] in "（＋" or _is_name(value)


def _below(text: str, label: re.Match[str]) -> list[tuple[int, int]]:
    """The values of the line below, where label and line hold nothing but labels over nothing but values."""
    end = text.find("\n", label.end())
    start = text.rfind("\n", 0, label.start()) + 1
    if end < 0 or _LABEL.sub("", text[start:end]).strip():
        return []
    below = end + 1
    while below < len(text) and (stop := text.find("\n", below)) >= 0 and not text[below:stop].strip():
        below = stop + 1
    stop = text.find("\n", below)
    stop = len(text) if stop < 0 else stop
    if _LABEL.search(text, below, stop):
        return []
    found, position = [], below
    while position < stop:
        gap = _SEPARATOR.match(text, position)
        position = gap.end() if gap else position
        value = _ANY_VALUE.match(text, position, stop)
        if position >= stop:
            break
        if value is None or not _plausible(value.group()):
            return []
        found.append(value.span())
        position = value.end()
    return found


def _around(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Phone numbers without a label of their own on the line of a label and on the two lines after it."""
    first = text.rfind("\n", 0, start) + 1
    last = end
    for _ in range(3):
        last = text.find("\n", last + 1)
        if last < 0:
            last = len(text)
            break
    return [match.span() for pattern in (_MOBILE, _LANDLINE) for match in pattern.finditer(text, first, last)]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
