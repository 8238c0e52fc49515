"""What stands around the article of a web page: menus, where one is, what to share, who runs the site."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

_TAGS = frozenset(("nav", "footer", "aside", "dialog", "menu"))
_ROLES = frozenset(
    [
        "navigation",
        "banner",
        "contentinfo",
        "search",
        "complementary",
        "menu",
        "menubar",
        "dialog",
        "alert",
        "toolbar",
        "tablist",
    ]
)
#: Words of classes and ids, set apart by - _ or a capital letter, by which pages name such parts.
_WORDS = frozenset(
    [
        "nav",
        "navbar",
        "navi",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "crumb",
        "crumbs",
        "menu",
        "footer",
        "foot",
        "sidebar",
        "toolbar",
        "share",
        "bdshare",
        "sharebox",
        "pagination",
        "pager",
        "copyright",
        "friendlink",
        "friendlinks",
        "qrcode",
        "weixin",
        "location",
        "position",
        "topbar",
        "searchbox",
        "bshare",
        "jiathis",
        "related",
        "recommend",
        "hotnews",
    ]
)
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BREADCRUMB = re.compile(
    r"(?:您|你)?(?:的|现在的|当前的|目前的|所在的?|现在)?(?:当前|现在|目前|所在)?(?:位置|所在位置)(?:是)?\s*[:：]|首页\s*(?:>|＞|»|›|/|-&gt;)"
)
_TOOLS = re.compile(
    r"[\s【】\[\]（）()|｜·]*(?:(?:字体|字号|打印(?:本页|此页)?|关闭(?:本页|此页|窗口)?|收藏|分享(?:到|至)?|大|中|小|返回(?:顶部|首页|列表)?|"
    r"我要纠错|纠错|扫一扫在手机打开当前页|无障碍阅读|繁体|简体|朗读|下载|微信|微博|QQ空间)[\s:：【】\[\]（）()|｜·]*)+"
)
_NEIGHBOUR = re.compile(
    r"\s*(?:上一篇|下一篇|上一条|下一条|相关(?:链接|阅读|文章)|责任编辑|网站地图)\s*[:：]?.{0,120}", re.S
)
#: What stands over lists of other pages.
_OTHERS = re.compile(
    r"[\s【\[]*(?:相关|推荐|热门|热点|最新|更多|延伸|猜你)(?:新闻|链接|阅读|文章|信息|推荐|资讯|报道|内容|政策|公开|导读|喜欢)*[\s】\]:：>＞»]*"
)
#: Headings are of the article, tables too.
_OWN = "table, h1"
_SHORT, _LONG = 120, 400


def is_surrounding(node: LexborNode, tag: str) -> bool:
    """Whether a block is not of the article: by its element, role, class or id, or since it is all links.

    What holds a table of several rows or the page's heading is of the article, whatever it is called.
    """
    attributes = node.attributes
    named = tag in _TAGS or (attributes.get("role") or "").lower() in _ROLES or _is_named(attributes)
    if tag == "header":
        named = named or not _inside_article(node)
    if named:
        return not _holds_article(node)
    return tag in ("ul", "ol", "div", "dl", "section") and (_is_links(node) or _is_of_others(node))


def is_breadcrumb(text: str) -> bool:
    """Whether a paragraph only says where one is on the site, or offers to print, share or leave the page."""
    text = text.strip()
    if len(text) > _SHORT:
        return False
    tools = len(text) >= 4 and _TOOLS.fullmatch(text) is not None
    others = _NEIGHBOUR.fullmatch(text) or (text and _OTHERS.fullmatch(text))
    return bool(tools or _BREADCRUMB.match(text) or others)


def _is_named(attributes: dict[str, str | None]) -> bool:
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return any(part.lower() in _WORDS for part in _PARTS.findall(names))


def _inside_article(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and parent.tag not in ("body", "html"):
        if parent.tag in ("article", "main", "section"):
            return True
        parent = parent.parent
    return False


def _holds_article(node: LexborNode) -> bool:
    if any(len(table.css("tr")) > 1 for table in node.css("table")) or node.css_first("h1") is not None:
        return True
    text = (node.text(deep=True) or "").strip()
    return len(text) > _LONG and len(_linked(node)) * 2 < len(text)


def _is_links(node: LexborNode) -> bool:
    """Whether a block is a menu: five links or more, and hardly a character outside of them."""
    links = node.css("a")
    if len(links) < 5 or node.css_first(_OWN) is not None:
        return False
    if any(map(_is_file, links)):
        return False
    text = re.sub(r"\s+", "", node.text(deep=True) or "")
    return len(re.sub(r"\s+", "", _linked(node))) * 10 >= len(text) * 9


def _is_of_others(node: LexborNode) -> bool:
    """Whether a block is a list of other pages: it begins with words that say so, or stands below them."""
    links = node.css("a")
    if not links or node.css_first(_OWN) is not None or any(_is_file(link) for link in links):
        return False
    before = node.prev
    while before is not None and before.is_text_node and not (before.text_content or "").strip():
        before = before.prev
    heading = (before.text(deep=True) or "") if before is not None and before.is_element_node else ""
    first = next((text for child in node.iter() if (text := (child.text(deep=True) or "").strip())), "")
    if not any(0 < len(said) < _SHORT and _OTHERS.fullmatch(said) is not None for said in (heading, first)):
        return False
    own = _words(node.text(deep=True) or "") - _words(_linked(node)) - _words(first if first != heading else "")
    return own * 4 <= _words(_linked(node))  # dates stand between links, and hardly a word


def _words(text: str) -> int:
    """How many characters of words ``text`` has: no digits, no marks."""
    return sum(map(str.isalpha, text))


_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|rar|wps|et|ofd)(?:$|[?#])", re.I)


def _is_file(link: LexborNode) -> bool:
    return _FILE.search(link.attributes.get("href") or "") is not None


def _linked(node: LexborNode) -> str:
    return "".join(link.text(deep=True) or "" for link in node.css("a"))
