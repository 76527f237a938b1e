"""HTML to text that loses no words and no link, with quoted parts marked by "> " as in plain text."""

import re
from dataclasses import dataclass
from html import unescape

import nh3
from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailsla.core.mail import quotes
from mailsla.core.mail.links import shown_address

_CONFIG = ParserConfig(css=STRICT_CSS_PROFILE, display_images=False, display_links=False)
_TAGS = (
    "a abbr address article aside b blockquote body br caption center cite code col colgroup dd div dl dt em "
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr html i ins kbd li main ol p pre q s section small "
    "span strong sub sup table tbody td tfoot th thead tr u ul"
)
_ALLOWED = set(_TAGS.split())
_DROPPED = frozenset({"script", "style", "title", "head", "noscript", "template", "object"})
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_TAG_START = re.compile(r"<(/?)(?!(?:br|p|img|hr|meta|link|input|li|td|th|tr|col|dd|dt|option)\b)[a-z]", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>?")
_HIDDEN = re.compile(r"<(script|style|title)\b|<!--", re.IGNORECASE)
_DEEP = 200
_MANY_TAGS = 20_000
_LONG = 300_000

# Private-use characters that pass through the conversion as words, each on a line of its own.
_OPEN, _CLOSE, _REST = "\ue0f1", "\ue0f2", "\ue0f3"
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}{_REST}]")

_QUOTE = (
    # Gmail's own button for citing makes blockquote.gmail_quote; that of a reply stands in div.gmail_quote.
    "blockquote[type=cite], blockquote[class]:not(.gmail_quote), blockquote[cite], div.gmail_quote, "
    "div.gmail_quote blockquote.gmail_quote, div.yahoo_quoted, "
    "div.zmail_extra, div.tutanota_quote, div.moz-cite-prefix, div.gmail_attr, div.ms-outlook-mobile-reference-message"
)
_PLAIN_QUOTE = ":not(blockquote *) > blockquote:not([type], [class], [cite])"
_FROM_HERE = (
    "#divRplyFwdMsg, #appendonsend, #OLK_SRC_BODY_SECTION, #mail-editor-reference-message-container, "
    "div[name=messageReplySection], hr#stopSpelling, #reply-intro"
)
_GMAIL_QUOTE = "blockquote.gmail_quote"
_ATTRIBUTION = 300  # characters above a quote that are looked at
_INDENT = re.compile(r"border:\s*none", re.IGNORECASE)
_OUTLOOK_RULE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+(?:#[0-9a-f]{6}|windowtext)\s+1(?:\.0)?pt;\s*padding:\s*3(?:\.0)?pt|"
    # Windows Mail
    r"padding-top:\s*5px;\s*border-top-color:\s*rgb\(229, 229, 229\);\s*border-top-width:\s*1px;\s*border-top-style:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """`text` is everything; `marked` the same with the lines of quoted elements behind "> "."""

    text: str
    marked: str


def from_html(html: str) -> HtmlText:
    """The text of an HTML body. Never raises on any input; never fetches anything.

    inscriptis lays the text out; where it drops words (deep nesting does that) the bare text of the tree is
    taken, and for long ones, since it takes a millisecond for 2 KB. No tree is built of what is very deep or has
    very many tags: building it takes quadratic time.
    """
    html = _MARKS.sub("", html)
    if html.count("<") > _MANY_TAGS or html.count("&") > _MANY_TAGS or _depth(html) > _DEEP:
        stripped = _stripped(html)
        return HtmlText(stripped, stripped)
    tree = LexborHTMLParser(html)
    body = tree.body or tree.root
    if body is None:
        return HtmlText("", "")
    for link in body.css("a[href]"):
        if address := shown_address(link.attributes["href"] or "", link.text()):
            link.insert_child(f" ({address})")
    bare = _bare(body)
    if not bare.strip():
        return HtmlText("", "")
    if len(html) > _LONG:
        return HtmlText(bare, bare)
    has_marks = _mark(tree)
    laid = _laid_out(tree.html or "")
    if _as_many_words(_MARKS.sub("", laid), bare):
        return _unmarked(laid) if has_marks else HtmlText(laid, laid)
    return HtmlText(bare, bare)


def _depth(html: str) -> int:
    """How far opening tags outnumber closing ones at most; elements that are often left open don't count."""
    deepest = depth = 0
    for match in _TAG_START.finditer(html):
        depth += -1 if match[1] else 1
        deepest = max(deepest, depth)
    return deepest


def _stripped(html: str) -> str:
    """The text by a single pass over the tags, for what no tree should be built of."""
    text = unescape(_ANY_TAG.sub("\n", _without_hidden(html)))
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _without_hidden(html: str) -> str:
    """No scripts, styles and comments; one that is never closed stays, and is looked for once."""
    kept: list[str] = []
    unclosed: set[str] = set()
    at = 0
    for match in _HIDDEN.finditer(html):
        closing = "-->" if match[0] == "<!--" else f"</{match[1].lower()}"
        if match.start() < at or closing in unclosed:
            continue
        end = html.find(closing, match.end())
        if end == -1:
            unclosed.add(closing)
            continue
        kept.append(html[at : match.start()])
        at = end + len(closing)
    return " ".join((*kept, html[at:]))


def _bare(body: LexborNode) -> str:
    for node in body.css(", ".join(sorted(_DROPPED - {"head"}))):
        node.decompose()
    lines = (_SPACE.sub(" ", line).strip() for line in body.text(separator="\n").split("\n"))
    return "\n".join(line for line in lines if line)


def _laid_out(html: str) -> str:
    safe = nh3.clean(
        html, tags=_ALLOWED, clean_content_tags=set(_DROPPED), attributes={}, link_rel=None, strip_comments=True
    )
    try:
        text = get_text(safe, _CONFIG)
    except (LxmlError, ValueError, RecursionError, IndexError, AttributeError):
        # Found by fuzzing its input, not documented by it; the caller compares the words.
        return ""
    lines = [line.rstrip() for line in text.replace("\xa0", " ").split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _as_many_words(laid: str, bare: str) -> bool:
    return sum(map(len, _WORD.findall(laid))) >= sum(map(len, _WORD.findall(bare)))


def _mark(tree: LexborHTMLParser) -> bool:
    """Put marks around quoted elements; whether there are any."""
    found = False
    for node in tree.css(_QUOTE):
        # Gmail's indent button makes a blockquote too, and who answers inline writes between those in its div.
        if _is_indent(node) or (node.tag == "div" and _is_gmails(node) and node.css_first(_GMAIL_QUOTE)):
            continue
        found = True
        node.insert_before(_mark_node(_OPEN))
        node.insert_after(_mark_node(_CLOSE))
    # A blockquote that no mail program signed may be the writer's own citation: only the last one is old mail, and
    # not where the writer goes on below it, unless an attribution stands above it.
    plain = [node for node in tree.css(_PLAIN_QUOTE) if not _is_indent(node)]
    if plain and not found and (not _follows(plain[-1]) or _attributed(plain[-1])):
        found = True
        plain[-1].insert_before(_mark_node(_OPEN))
        plain[-1].insert_after(_mark_node(_CLOSE))
    for node in tree.css(_FROM_HERE):
        found = True
        node.insert_before(_mark_node(_REST))
    for node in tree.css("div[style*='border-top']"):
        if _OUTLOOK_RULE.search(node.attributes.get("style") or ""):
            found = True
            node.insert_before(_mark_node(_REST))
    return found


def _is_indent(node: LexborNode) -> bool:
    return node.tag == "blockquote" and _INDENT.search(node.attributes.get("style") or "") is not None


def _is_gmails(node: LexborNode) -> bool:
    return "gmail_quote" in (node.attributes.get("class") or "").split()


def _follows(node: LexborNode) -> bool:
    """Whether text stands behind the element, anywhere in the body."""
    at: LexborNode | None = node
    while at is not None and at.tag != "body":
        after = at.next
        while after is not None:
            if after.text(strip=True):
                return True
            after = after.next
        at = at.parent
    return False


def _attributed(node: LexborNode) -> bool:
    """Whether the text right above the element introduces an old mail ("On Monday, X wrote:")."""
    at: LexborNode | None = node
    while at is not None and at.tag != "body":
        before = at.prev
        while before is not None:
            if text := before.text(separator=" ", strip=True):
                return quotes.attribution([text[-_ATTRIBUTION:]], 0, before_quote=True) is not None
            before = before.prev
        at = at.parent
    return False


def _mark_node(mark: str) -> LexborNode:
    parsed = LexborHTMLParser(f"<div>{mark}</div>").css_first("div")
    if parsed is None:
        raise AssertionError("a constant div parses")
    return parsed


def _unmarked(laid: str) -> HtmlText:
    """The text without the marks, and the same with the lines between them quoted."""
    plain: list[str] = []
    marked: list[str] = []
    depth, rest = 0, False
    for line in laid.split("\n"):
        if found := _MARKS.findall(line):
            for mark in found:
                depth += {_OPEN: 1, _CLOSE: -1}.get(mark, 0)
                rest = rest or mark == _REST
            if not (line := _MARKS.sub("", line)).strip():
                continue
        plain.append(line)
        marked.append(f"> {line}" if depth > 0 or rest else line)
    return HtmlText("\n".join(plain).strip("\n"), "\n".join(marked).strip("\n"))
