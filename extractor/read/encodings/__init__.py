"""What an encoding's label means, as browsers take it: the labels of the WHATWG Encoding Standard.

Pages say "iso-8859-1" and are windows-1252, say "gb2312" and are GBK. The standard
(encoding.spec.whatwg.org) lays down what each label means; the table of labels is the package
`webencodings`, the codecs are Python's, where theirs is the same or reads more.
"""

import codecs
import re

_CODECS = {  # the standard's name -> Python's codec, where it is called otherwise or reads more
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-1252": "cp1252",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_NO_TEXT = frozenset({"replacement", "x-user-defined"})
# Characters that no article holds and windows-1252 has letters and marks for. A browser reads
# "&#147;" and a byte 0x93 of "iso-8859-1" as “.
_C1 = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_C1_IN_TEXT = re.compile("[\x80-\x9f]")


def codec_of(label: str) -> tuple[str, str] | None:
    """Return the standard's name for a label and Python's codec: "Latin1": windows-1252, cp1252.

    None for a label that the standard does not know.
    """
    import webencodings  # type: ignore[import-untyped]

    found = webencodings.lookup(label.strip())
    if found is None or found.name in _NO_TEXT:
        return None
    return found.name, _CODECS.get(found.name, found.name)


def decode_as(data: bytes, codec: str) -> tuple[str, int]:
    """Return `data` decoded, and how many places are not valid and became U+FFFD.

    Bytes that a single-byte codec leaves open become the control of their number, as in the
    standard.
    """
    try:
        return data.decode(codec), 0
    except UnicodeDecodeError:
        pass
    if re.match(r"cp12|cp874|iso|koi|mac", codec):
        text = data.decode(codec, "c1_controls")
    else:
        text = data.decode(codec, "replace")
    return text, text.count("\ufffd")


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """Decode a byte from 0x80 to 0x9F as the control of its number, another as U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    return (chr(byte) if 0x80 <= byte < 0xA0 else "\ufffd"), error.start + 1


codecs.register_error("c1_controls", _as_control)


def without_c1(text: str) -> tuple[str, int]:
    """Return text with C1 controls as what windows-1252 has there, and how many there were.

    One character for one: no offset moves. A text whose only line ends are U+0085 keeps them.
    """
    found = _C1_IN_TEXT.findall(text)
    if not found or (set(found) == {"\x85"} and "\n" not in text):
        return text, 0
    return text.translate(_C1), len(found)
