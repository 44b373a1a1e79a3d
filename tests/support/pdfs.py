"""PDFs put together by hand: objects in, a file out."""

import zlib
from collections.abc import Sequence

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
RESOURCES = "/Font << /F1 3 0 R >>"


def stream(content: bytes, entries: str = "", *, packed: bool = False) -> bytes:
    """Return a stream object, with further entries of its dictionary; deflated if `packed`."""
    if packed:
        content = zlib.compress(content, 9)
        entries += " /Filter /FlateDecode"
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(content), content)


def form(content: bytes, resources: str = RESOURCES) -> bytes:
    """Return a form: content that pages draw by its name."""
    return stream(
        content,
        f"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << {resources} >>",
    )


def page(contents: int, resources: str = RESOURCES) -> bytes:
    """Return a page whose content is the object of that number."""
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {contents} 0 R "
        f"/Resources << {resources} >> >>"
    ).encode()


def document(others: Sequence[bytes], pages: Sequence[bytes]) -> bytes:
    """Return a PDF: its font is object 3, `others` begin with object 4, then come the pages."""
    first = 4 + len(others)
    kids = " ".join(f"{first + number} 0 R" for number in range(len(pages)))
    tree = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    return assembled([CATALOG, tree, FONT, *others, *pages])


def assembled(objects: Sequence[bytes]) -> bytes:
    """Return a PDF of objects, numbered from 1; the first is the catalog."""
    out, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n"
        b"%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(out))
    )


def with_object_stream(inside: dict[int, bytes], others: dict[int, bytes]) -> bytes:
    """Return a PDF whose objects `inside` stand in one packed stream, the `others` by themselves.

    Objects are by number, from 1, without gaps; the numbers after them are the two streams'.
    """
    heads, bodies = b"", b""
    for number, content in inside.items():
        heads += b"%d %d " % (number, len(bodies))
        bodies += content + b"\n"
    count = len(inside) + len(others)
    packed = stream(
        heads + bodies,
        f"/Type /ObjStm /N {len(inside)} /First {len(heads)}",
        packed=True,
    )
    out, places = b"%PDF-1.5\n", {}
    for number, content in {**others, count + 1: packed}.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = [b"\0\0\0\0\0\xff"]
    order = list(inside)
    for number in range(1, count + 2):
        if number in places:
            rows.append(b"\1" + places[number].to_bytes(4, "big") + b"\0")
        else:
            rows.append(b"\2" + (count + 1).to_bytes(4, "big") + bytes([order.index(number)]))
    rows.append(b"\1" + len(out).to_bytes(4, "big") + b"\0")
    table = stream(b"".join(rows), f"/Type /XRef /Size {count + 3} /W [1 4 1] /Root 1 0 R")
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (count + 2, table, len(out))
