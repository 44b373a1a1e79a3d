"""What of a web page a browser shows: elements that are hidden, skipped, or begin a line."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Never text of the page: code, controls, and what stands in for something that can be shown.
SKIPPED = frozenset(
    "script style template noscript head title svg iframe embed video audio canvas select "
    "datalist textarea input progress meter map area rp param source track link meta base "
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
