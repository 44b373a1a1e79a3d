"""What of a web page a browser shows: elements that are hidden, skipped, or begin a line."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Never text of the page: code, controls, what stands in for something that can be shown, and the
# small letters over a word that tell how it is read (ruby).
SKIPPED = frozenset(
    "script style template noscript head title svg iframe embed video audio canvas select "
    "datalist textarea input progress meter map area rp rt rtc param source track link meta base "
    "frameset noframes applet".split()
)
# Elements that begin and end a line; all others, known or not, stand within one.
BLOCKS = frozenset(
    "address article aside blockquote body caption center colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main "
    "menu nav ol optgroup option p pre search section summary table tbody tfoot thead tr ul".split()
)
_HIDDEN_CLASSES = frozenset(
    "hidden hide is-hidden d-none visually-hidden visuallyhidden sr-only sronly screen-reader-text "
    "screen-reader-only screenreader-only screen-reader screenreader a11y-hidden assistive-text "
    "element-invisible element-hidden u-hidden u-visually-hidden offscreen off-screen "
    "accessibly-hidden hidden-visually ui-helper-hidden ui-helper-hidden-accessible invisible "
    "noscreen print-only only-print d-print-block".split()
)
_HIDING_STYLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0+)?(?:;|!|$)"
    r"|font-size:0(?:px|em)?(?:;|!|$)|(?:left|top|right|text-indent|margin-left):-\d{4,}"
    r"|clip:rect\([01]|clip-path:inset\((?:50|100)%"
)
_SHOWN_ON_WIDE_SCREENS = re.compile(
    r"(?:^|[\s-])(?:xs|sm|md|lg|xl|xxl|2xl|tablet|desktop)[:-]"
    r"(?:block|flex|grid|inline|table|contents|visible|show)"
)
_BREAKS = frozenset({"br", "break", "linebreak", "line-break", "newline", "clearfix"})


_FOOTNOTE_MARK = re.compile(r"\[?(?:\d{1,3}|[a-z]|[*†‡§¶]{1,3})\]?")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_HIDES = re.compile("none|hidden", re.I)
_SIMPLE = re.compile(r"[a-z]*\d?([.#][\w-]+)", re.I)
_DISPLAY = re.compile(r"(?<![\w-])(?:display|visibility)\s*:\s*([a-z-]+)", re.I)
_LONGEST_SHEET = 1_000_000  # characters


def hidden_by_sheets(root: "HtmlElement") -> frozenset[str]:
    """Return the classes (".promo") and ids ("#box") that the style sheets in a page hide.

    By a rule for one class or id by itself, where none shows it again, on wide screens perhaps. A
    script may show it; what is said to collapse a click shows.
    """
    hidden, shown = set[str](), set[str]()
    for element in root.iter("style"):
        sheet = element.text or ""
        media = (element.get("media") or "all").lower()
        if (
            len(sheet) > _LONGEST_SHEET
            or not _HIDES.search(sheet)
            or not ("all" in media or "screen" in media)
            or element.getparent().tag == "noscript"
        ):
            continue
        for selectors, declarations, is_outer in _rules(_COMMENT.sub("", sheet)):
            said = _DISPLAY.findall(declarations)
            if not said:
                continue
            is_shown = said[-1].lower() not in ("none", "hidden")
            for selector in selectors.split(","):
                found = _SIMPLE.fullmatch(selector.strip())
                if found and is_shown:
                    shown.add(found[1])
                elif found and is_outer and "collaps" not in found[1]:
                    hidden.add(found[1])
    return frozenset(hidden - shown)


def _rules(sheet: str) -> Iterator[tuple[str, str, bool]]:
    """Yield rules on what is displayed: selectors, declarations, whether outside of "@media"."""
    depth = 0  # of the braces that are open
    for part in sheet.split("}")[:-1]:
        depth += part.count("{")
        if "display" in part or "visibility" in part:
            before, _, declarations = part.rpartition("{")
            selectors = before.rpartition("{")[2].rpartition(";")[2]
            yield selectors, declarations, depth == 1
        depth = max(0, depth - 1)


def is_in(element: "HtmlElement", hidden: frozenset[str]) -> bool:
    """Return whether an element has one of the classes or the ids (`hidden_by_sheets`)."""
    classes, name = element.get("class"), element.get("id")
    return (name is not None and f"#{name}" in hidden) or (
        classes is not None and any(f".{each}" in hidden for each in classes.split())
    )


def is_footnote_mark(element: "HtmlElement") -> bool:
    """Return whether an element is the number of a note: no word of the text that it stands in.

    A link to a place of the page, in `<sup>` or not; or `<sup>[2]</sup>`. "m<sup>2</sup>" is none.
    """
    mark = (element.text_content() if len(element) < 4 else "").strip()
    if len(mark) > 5 or not _FOOTNOTE_MARK.fullmatch(mark):
        return False
    if element.tag == "a":
        return str(element.get("href", "")).startswith("#")
    link = element.find(".//a")
    return mark[0] == "[" or (link is not None and "#" in link.get("href", ""))


def is_break(element: "HtmlElement") -> bool:
    """Return whether an empty element is a line break by its class, e.g. `<span class="br">`."""
    classes = element.get("class")
    return (
        classes is not None
        and len(element) == 0
        and not (element.text or "").strip()
        and not _BREAKS.isdisjoint(classes.lower().split())
    )


def is_hidden(element: "HtmlElement") -> bool:
    """Return whether an element says of itself that a browser does not show it.

    By the attribute `hidden`, its own style, or a class by which pages hide what only a screen
    reader reads. `aria-hidden` hides from a screen reader alone: a block of it is decoration, but
    words within a line are seen.
    """
    attributes = element.attrib
    if not attributes:
        return False
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    style = attributes.get("style")
    if style and _HIDING_STYLE.search("".join(style.lower().split())):
        return True
    classes = attributes.get("class")
    if classes and not _HIDDEN_CLASSES.isdisjoint(classes.lower().split()):
        return _SHOWN_ON_WIDE_SCREENS.search(classes) is None
    if attributes.get("aria-hidden") == "true" and (element.tag in BLOCKS or element.tag == "i"):
        return True
    return element.tag == "dialog" and "open" not in attributes
