"""The review server: who is let in, what it answers, and that hostile text stays text."""

import asyncio
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from extractor.cli import main
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.review.decide.decisions import REASONS
from extractor.review.server.guard import Access, Guard, Limits, names_for
from extractor.review.server.page.rendering import STATIC
from extractor.schema.catalogue import load_schema
from tests.support.review.server import HERE, OWN, TOKEN, Served, client, fill_desk
from tests.support.stores import fill

ARTICLE = """Harbour talks

"We are home," Ada Brandt told reporters on the quay 🎉. "The crew of 31 was \
never charged," she said.

"Not before the 40 sailors are free," the minister, Ole Krag, said on Friday."""
FREED = """The United States lifted sanctions on timber exports of Veldavia on Monday. Veldavia \
freed 40 political prisoners."""
SECOND = """Ferry strike

"Nobody sails before Monday," Bo Lind said. The union counts 1,200 members."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of two articles."""
    return fill_desk(tmp_path / "sheets", [ARTICLE, SECOND])


@pytest.fixture
def page(folder: Path) -> Iterator[TestClient]:
    """A client that the server knows."""
    with client(folder) as made:
        yield made


def _quotes(page: TestClient) -> list[str]:
    return re.findall(r'id="r-([0-9a-f]{16})"', page.get("/rows?kind=quotes").json()["html"])


# --- who is let in --------------------------------------------------------------------------------


def test_nothing_is_shown_without_the_token(folder: Path) -> None:
    """Every path answers 401 alike, whether there is something under it or not."""
    with client(folder, let_in=False) as stranger:
        for path in ("/", "/rows", "/static/page.css", "/openapi.json", "/v1/schemas", "/nothing"):
            answer = stranger.get(path)
            assert answer.status_code == 401, path
            assert "Harbour" not in answer.text
        for cookie in ("", "x", TOKEN[:-1], TOKEN + "x"):
            stranger.cookies.set("extract-review", cookie)
            assert stranger.get("/rows").status_code == 401
        bearer = {"authorization": f"Bearer {TOKEN}x"}
        assert stranger.get("/v1/schemas", headers=bearer).status_code == 401


def test_the_link_opens_the_page_and_leaves_the_address(folder: Path) -> None:
    """The token becomes a cookie that no script reads and no other site sends, and disappears."""
    with client(folder, let_in=False) as stranger:
        answer = stranger.get(f"/?token={TOKEN}&kind=quotes")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?kind=quotes")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert stranger.get("/").status_code == 200
    with client(folder, let_in=False) as stranger:
        assert stranger.get(f"/?token={TOKEN}x").status_code == 401
        assert stranger.get(f"/?token=x&token={TOKEN}").status_code == 401
        # From a page of another site a redirect would come without the cookie.
        answer = stranger.get(f"/?token={TOKEN}", headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 200
        assert TOKEN not in answer.text
        assert 'http-equiv="refresh"' in answer.text


def test_a_link_for_once_opens_once() -> None:
    """What the browser is started with is of no use to who reads it later."""
    access = Access()
    once = access.one_time_token()
    assert [access.token_of_link(once), access.token_of_link(once)] == [access.token, None]
    assert access.token_of_link(access.token) == access.token
    assert access.token_of_link(access.token) == access.token
    assert access.token not in repr(access)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "",
        "192.168.0.7",
        "[::2]",
    ],
)
def test_another_name_of_this_machine_is_refused(page: TestClient, host: str) -> None:
    """A page that points its own name here (DNS rebinding) gets nothing, token or not."""
    assert page.get("/rows", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:8484", "LOCALHOST", "[::1]:9"])
def test_this_machine_s_own_names_are_known(page: TestClient, host: str) -> None:
    """By whatever port: it may be the near end of a tunnel."""
    assert page.get("/rows", headers={"host": host}).status_code == 200


def test_bound_to_every_address_it_answers_to_addresses() -> None:
    """But not to a name that is not the machine's own."""
    names, anywhere = names_for("0.0.0.0")
    access = Access(names=names, any_address=anywhere)
    assert access.knows_host("192.168.0.7:8484")
    assert access.knows_host("[fe80::1]:8484")
    assert not access.knows_host("evil.example:8484")
    assert names_for("127.0.0.1") == (names_for("localhost")[0], False)
    assert not Access(names=names_for("box.example")[0]).knows_host("192.168.0.7")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-site"},
        {"origin": "http://localhost:8484", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
        {"origin": HERE, "sec-fetch-site": "none"},
        {},
    ],
)
def test_another_page_decides_nothing(folder: Path, headers: dict[str, str]) -> None:
    """With the cookie, but from elsewhere (also another port of this machine): refused."""
    with client(folder) as page:
        claim = _quotes(page)[0]
        for name in OWN:
            del page.headers[name]
        body = {"action": "accept", "seen": 0}
        answer = page.post(f"/claims/{claim}/decision", json=body, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "cross_site"
        assert '"accepted"' not in page.get(f"/claims/{claim}").text


def test_another_page_reads_nothing(page: TestClient) -> None:
    """A request for data from another site's page is refused, cookie or not; a link is not."""
    for site in ("cross-site", "same-site"):
        found = page.get("/rows", headers={"sec-fetch-site": site, "sec-fetch-mode": "no-cors"})
        assert found.status_code == 403
    link = {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate"}
    assert page.get("/", headers=link).status_code == 200


def test_every_answer_says_what_may_run(page: TestClient) -> None:
    """A policy without inline script; no framing, no sniffing, no referrer; refusals as well."""
    for path in ("/", "/rows", "/nothing", "/static/review.js", "/openapi.json"):
        headers = page.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert page.get("/", headers={"host": "evil.example"}).headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/extract.sqlite",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/articles/..%2f..%2fetc%2fpasswd?schema=release_event",
        "/articles/x?schema=..%2f..%2fevil",
        "/claims/..%2f..%2fx",
        "/extract.sqlite",
    ],
)
def test_no_path_leads_out(page: TestClient, path: str) -> None:
    """Only named files are served, and what is asked for by name is looked up, never opened."""
    answer = page.get(path)
    assert answer.status_code in (400, 404)
    assert "import" not in answer.text
    assert "root:" not in answer.text


def test_all_static_files_are_there(page: TestClient) -> None:
    """Each with its type; the page names them by their content."""
    for name, (path, kind) in STATIC.items():
        answer = page.get(f"/static/{name}")
        assert answer.content == path.read_bytes()
        assert answer.headers["content-type"].startswith(kind)
    assert {"page.css", "review.css", "review.js"} <= set(STATIC)
    linked = re.findall(r'(?:src|href)="/static/([\w.]+)\?', page.get("/").text)
    assert set(linked) == {"page.css", "review.css", "review.js"}


@pytest.mark.process
def test_what_is_too_large_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By what it says of itself, or by what comes; a decision sooner than an article.

    None of it is an error inside.
    """
    limits = Limits(body=2_000, upload=5_000)
    with client(folder, limits=limits) as page:
        claim = _quotes(page)[0]
        path = f"/claims/{claim}/decision"
        body = json.dumps({"action": "reject", "seen": 0, "note": "x" * 3_000}).encode()
        kind = {"content-type": "application/json"}
        assert page.post(path, content=body, headers=kind).status_code == 413

        def parts() -> Iterator[bytes]:
            yield from (body[i : i + 500] for i in range(0, len(body), 500))

        answer = page.post(path, content=parts(), headers=kind)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        text = json.dumps({"text": "x" * 6_000, "schema": "quotes"}).encode()
        assert page.post("/v1/extract", content=text, headers=kind).status_code == 413
        head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'
        form = {"content-type": "multipart/form-data; boundary=x"}
        for start, sent_as in ((b'{"text": "', kind), (head, form)):
            long = iter([start, *[b"x" * 500] * 12])
            assert page.post("/v1/extract", content=long, headers=sent_as).status_code == 413
        small = json.dumps({"text": "x " * 1_500, "schema": "quotes"}).encode()
        assert page.post("/v1/extract", content=small, headers=kind).status_code == 200
        assert page.get(f"/claims/{claim}").json()["status"] == "open"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("trickles", [False, True], ids=["nothing", "a byte now and then"])
def test_what_does_not_arrive_is_not_waited_for(trickles: bool) -> None:
    """A body that stops coming, or is too slow, is answered, and the application is let go."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        raise AssertionError

    sent = []

    parts = [b"x"] * 100 if trickles else []

    async def never() -> Any:
        await asyncio.sleep(0.02 if parts else 60)
        return {"type": "http.request", "body": parts.pop(), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {TOKEN}".encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "query_string": b"",
        "headers": headers,
    }
    guard = Guard(app, Access(token=TOKEN), Limits(body_timeout=0.2))
    asyncio.run(guard(scope, never, send))
    assert sent[0]["status"] == 408


def test_errors_are_told_without_their_insides(
    page: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error that nobody meant: a sentence for the page, a line in the terminal, no traceback."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr("extractor.review.server.page.rendering.claim_panel", broken)
    answer = page.get(f"/claims/{_quotes(page)[0]}")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert TOKEN not in told
    seen = page.get("/nothing/here", headers={"accept": "text/html"})
    assert (seen.status_code, "<h1>Not found" in seen.text) == (404, True)
    assert page.get("/rows?status=odd").status_code == 400


@pytest.mark.parametrize("name", ["status", "kind", "schema", "view"])
def test_what_the_queue_does_not_know_is_told_in_the_page(page: TestClient, name: str) -> None:
    """An address with a status, kind, schema or view that is none: the page, and a way back."""
    seen = page.get(f"/?{name}=z%3Cb%3Ez&words=", headers={"accept": "text/html"})
    assert seen.status_code == 200
    assert f"no {name} “z&lt;b&gt;z”" in seen.text
    assert 'href="/?status=all">The whole queue' in seen.text
    assert 'id="queue"' in seen.text
    start = re.search(r'id="start">(.*?)</script>', seen.text)[1]  # type: ignore[index]
    assert "z" not in json.loads(start)["query"]
    assert json.loads(start)["total"] > 0
    assert 'id="unknown"' not in page.get("/?kind=quotes&status=all&schema=release_event").text


def test_reasons_are_worded_by_kind(tmp_path: Path) -> None:
    """A figure is no wrong quotation; codes and keys are the same."""
    told: dict[str, list[str]] = {}
    with client(fill_desk(tmp_path / "kinds", [f"{ARTICLE}\n\n{FREED}"])) as page:
        _reasons(page, told)
    assert told == {
        "quotes": ["Not a quotation", "Wrong speaker"],
        "figures": ["Not a figure", "Wrong source"],
        "sanction_terms": ["Not a sanction term", "Wrong sender"],
        "releases": ["Not a release", "Wrong name"],
    }


def _reasons(page: TestClient, told: dict[str, list[str]]) -> None:
    for kind in ("quotes", "figures", "sanction_terms", "releases"):
        claim = re.search(
            r'id="r-([0-9a-f]{16})"', page.get(f"/rows?kind={kind}&status=all").json()["html"]
        )
        assert claim, kind
        html = page.get(f"/claims/{claim[1]}").json()["html"]
        found = re.findall(r'data-reason="(\w+)" data-key="(\d)"><kbd>\d</kbd> ([^<]*)<', html)
        assert [(code, int(key)) for code, key, _ in found] == [
            (code, number) for number, code in enumerate(REASONS, 1)
        ]
        told[kind] = [words for _, _, words in found[:2]]


def test_the_headline_is_shown_once(tmp_path: Path) -> None:
    """The title has a line of its own only when the text does not begin with it."""
    story = '"We are home," Ada Brandt said on the quay.'
    texts = [
        (f"Talks  begin\n\n{story}", None, 0),
        (f"Talks begin\n\n{story}", "TALKS begin", 0),
        (f"Talks beginning\n\n{story}", "Talks begin", 1),
        (story, "Talks begin", 1),
    ]
    loaded = load_schema("quotes")
    for number, (text, title, lines) in enumerate(texts):
        folder = tmp_path / str(number)
        article = article_from_text(text, "a.txt", title=title)
        fill(folder, [extract(article, loaded)], schema=loaded)
        with client(folder) as page:
            claim = page.get(f"/claims/{_quotes(page)[0]}").json()
            html = page.get(f"/articles/{claim['article']}?schema=quotes").json()["html"]
        assert html.count("<h2") == lines, text
        first = re.search(r'data-start="(\d+)"', html)
        assert first, text
        assert first[1] == "0"


def test_a_bare_figure_is_shown_among_its_words(tmp_path: Path) -> None:
    """A row that has nothing but the number says in the queue where it stands."""
    text = "Talks\n\nThe lottery of the old town was won with 5555 on Friday, Ada Brandt said."
    with client(fill_desk(tmp_path / "bare", [text], "figures")) as page:
        rows = page.get("/rows?status=all").json()["html"]
    assert "won with 5555 on Friday" in rows
    assert "5,555" not in rows


# --- deciding over HTTP ---------------------------------------------------------------------------


def test_a_second_reviewer_is_told(folder: Path) -> None:
    """What somebody decided meanwhile is not overwritten: 409, with who, what and the claim now."""
    with client(folder, reviewer="Ada") as ada, client(folder, reviewer="Bo") as bo:
        claim = _quotes(ada)[0]
        seen = bo.get(f"/claims/{claim}").json()["version"]
        first = {"action": "reject", "seen": seen, "reason": "wrong_speaker", "note": "it was Bo"}
        assert ada.post(f"/claims/{claim}/decision", json=first).status_code == 200
        answer = bo.post(f"/claims/{claim}/decision", json={"action": "accept", "seen": seen})
        assert answer.status_code == 409
        error = answer.json()["error"]
        assert error["code"] == "stale"
        assert "Ada" in error["message"]
        assert error["now"]["status"] == "rejected"
        assert "it was Bo" in error["now"]["html"]
        again = {"action": "accept", "seen": error["now"]["version"]}
        assert (
            bo.post(f"/claims/{claim}/decision", json=again).json()["claim"]["status"] == "accepted"
        )


def test_a_reviewer_has_a_name(page: TestClient) -> None:
    """Decisions are signed by the name that this browser gave, whatever its letters."""
    assert page.put("/reviewer", json={"name": "Zoë 李"}).json() == {"reviewer": "Zoë 李"}
    claim = _quotes(page)[0]
    answer = page.post(f"/claims/{claim}/decision", json={"action": "accept", "seen": 0})
    assert "Zoë 李" in answer.json()["claim"]["html"]
    assert page.put("/reviewer", json={"name": "x\u202ey"}).status_code == 422
    assert page.put("/reviewer", json={"name": " "}).status_code == 422


def test_an_edit_is_checked_and_told_by_field(page: TestClient) -> None:
    """Words that are not the article's are refused with the field's name; a draft stays."""
    claim = _quotes(page)[0]
    values = {"speaker": [{"text": "x", "change": {"name": "Somebody"}}]}
    assert page.put(f"/claims/{claim}/draft", json={"values": values}).status_code == 200
    assert "You began an edit" in page.get(f"/claims/{claim}").json()["html"]
    assert page.get(f"/claims/{claim}/form").json()["draft"] == values
    for changes in ({"quotation": {"spans": [[0, 10**9]]}}, {"quotation": {"spans": "x"}}):
        body = {"action": "correct", "seen": 0, "changes": changes}
        answer = page.post(f"/claims/{claim}/decision", json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == "quotation"
    body = {"action": "correct", "seen": 0, "changes": {"speaker": {"name": "Somebody"}}}
    found = page.post(f"/claims/{claim}/decision", json=body).json()["claim"]
    assert found["status"] == "corrected"
    assert "You began an edit" not in found["html"]


def test_pages_of_the_queue_follow_each_other(tmp_path: Path) -> None:
    """Each claim once, in the same order as the whole."""
    texts = [
        f'Port {n}\n\n"Ship {n} is late," Ada Brandt{n} said. "It is, {n} times," she said.'
        for n in range(60)
    ]
    with client(fill_desk(tmp_path / "many", texts, "quotes")) as page:
        found, after = [], ""
        while after is not None:
            answer = page.get(f"/rows{after and f'?after={after}'}").json()
            found += re.findall(r'id="r-([0-9a-f]{16})"', answer["html"])
            after = answer["after"]
        assert len(found) == len(set(found)) == answer["total"] == 120


def test_a_date_that_is_none_is_refused(page: TestClient) -> None:
    """An address with a misspelt date is told so, and shows no other rows instead."""
    for path in ("/rows?since=abc", "/?until=2025-13", "/export?form=csv&query=since%3Dabc"):
        answer = page.get(path)
        assert answer.status_code == 400, path
        assert "is no date" in answer.text
    assert page.get("/rows?since=2025-12").status_code == 200


def test_broken_json_is_told_in_plain_words(page: TestClient) -> None:
    """The page's own addresses and the programs' say that it is no JSON, not where a parser was."""
    sent = {"content-type": "application/json"}
    for path in ("/views", "/v1/extract"):
        answer = page.post(path, content=b"{", headers=sent)
        assert answer.status_code == 422, path
        assert answer.json()["error"]["message"].startswith("body: this is not valid JSON")
    answer = page.post("/views", json={})
    assert answer.json()["error"]["message"] == "name: is missing"


def test_views_are_kept(page: TestClient) -> None:
    """A filter under a name is offered to everybody, until it is dropped."""
    body = {"name": "Quotes of <Ada>", "query": "kind=quotes&status=all"}
    assert page.post("/views", json=body).status_code == 200
    told = page.get("/rows").json()["filter"]
    assert "Quotes of &lt;Ada&gt;" in told
    assert "kind=quotes&amp;status=all" in told
    page.delete("/views", params={"name": body["name"]})
    assert "Quotes of" not in page.get("/rows").json()["filter"]


def test_a_second_review_is_blind(folder: Path) -> None:
    """Nothing on the page tells what the first did; what is decided is kept beside it."""
    second = "view=second&share=1"
    with client(folder, reviewer="Quirin") as ada, client(folder, reviewer="Bo") as bo:
        claims = _quotes(ada)
        changes = {"speaker": {"name": "Somebody Else"}}
        body = {"action": "correct", "seen": 0, "changes": changes, "note": "heard it"}
        assert ada.post(f"/claims/{claims[0]}/decision", json=body).status_code == 200
        reject = {"action": "reject", "seen": 0, "reason": "duplicate"}
        assert ada.post(f"/claims/{claims[1]}/decision", json=reject).status_code == 200
        assert ada.get(f"/rows?{second}").json()["total"] == 0  # not the first one's own
        told = bo.get(f"/rows?{second}").json()
        assert told["total"] == 2
        parts = [told["html"], bo.get(f"/?{second}").text]
        for claim in claims[:2]:
            one = bo.get(f"/claims/{claim}?view=second").json()
            parts += [one["html"], bo.get(f"/claims/{claim}/form?view=second").json()["html"]]
            path = f"/articles/{one['article']}?schema=release_event&view=second"
            parts.append(bo.get(path).json()["html"])
            accept = {"action": "accept", "seen": one["version"]}
            answer = bo.post(f"/claims/{claim}/decision?{second}", json=accept)
            assert answer.status_code == 200
            parts += [answer.json()["row"], answer.json()["claim"]["html"]]
        for part in parts:
            body = part.partition("<main")[2] or part
            assert not re.search(
                "Somebody Else|heard it|Quirin|is-rejected|is-corrected|dismissed", body
            )
        assert bo.get(f"/rows?{second}").json()["total"] == 0
        # Bo kept what the machine proposed: both claims are to be settled, and nothing has changed.
        assert "Somebody Else" in ada.get(f"/claims/{claims[0]}").json()["html"]
        differ = ada.get("/rows?view=differ").json()
        assert differ["total"] == 2
        assert "2 reviewed twice: 0% with the same verdict" in differ["filter"]
        shown = ada.get(f"/claims/{claims[0]}?view=differ").json()
        assert "Somebody Else" in shown["html"]
        take = {"action": "take", "seen": shown["version"]}
        taken = ada.post(f"/claims/{claims[0]}/decision?view=differ", json=take)
        assert taken.status_code == 200
        shown = ada.get(f"/claims/{claims[1]}?view=differ").json()
        settle = {"action": "settle", "seen": shown["version"]}
        settled = ada.post(f"/claims/{claims[1]}/decision?view=differ", json=settle).json()
        assert settled["claim"]["status"] == "rejected"
        assert ada.get("/rows?view=differ").json()["total"] == 0
        now = ada.get(f"/claims/{claims[0]}").json()["html"].partition('id="made"')[0]
        assert "Somebody Else" not in now


def test_exports_hold_what_was_decided(page: TestClient) -> None:
    """Open rows are left out unless they are asked for by name; every format comes as a file."""
    claim = _quotes(page)[0]
    page.post(f"/claims/{claim}/decision", json={"action": "accept", "seen": 0})
    lines = page.get("/export?form=jsonl").text.splitlines()
    assert len(lines) == 1
    assert claim in lines[0]
    assert len(page.get("/export?form=jsonl&undecided=true").text.splitlines()) > 3
    for form in ("xlsx", "csv", "jsonl", "html", "w3c"):
        answer = page.get(f"/export?form={form}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert len(answer.content) > 100
    assert page.get("/export?form=exe").status_code == 422


# --- hostile text ---------------------------------------------------------------------------------

SCRIPT = "<script>alert(1)</script>"
HOSTILE = f"""{SCRIPT} talks

"We <img src=x onerror=alert(1)> \" onload=alert(1) x=\" {SCRIPT} are home," Ada {SCRIPT} \
Brandt said.

"=HYPERLINK(1) \u202eesrever\u202c and \u0000\u001b]0;x\u0007 {{{{ 7919*7919 }}}} \
\ud800 words," Bo Lind said.

{"spam " * 200_000}

"]]></script><svg onload=alert(1)>" said Ada Brandt on Monday."""


class _Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append(dict(attrs))


def test_a_hostile_article_is_text_everywhere(tmp_path: Path) -> None:
    """Tags, handlers, template code, controls, a paragraph of a megabyte: shown, not obeyed."""
    with client(fill_desk(tmp_path / "bad", [HOSTILE])) as page:
        rows = page.get("/rows?status=all").json()
        ids = re.findall(r'id="r-([0-9a-f]{16})"', rows["html"])
        assert len(ids) >= 3
        parts = [page.get("/?status=all").text, rows["html"], rows["filter"]]
        claim = page.get(f"/claims/{ids[0]}").json()
        for one in ids:
            parts += [page.get(f"/claims/{one}").json()["html"]]
            parts += [page.get(f"/claims/{one}/form").json()["html"]]
        article = page.get(f"/articles/{claim['article']}?schema=release_event").json()
        parts.append(article["html"])
    for part in parts:
        seen = _Tags()
        seen.feed(part)
        assert not seen.tags & {"img", "svg"} - ({"svg"} if "<!doctype" in part else set())
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert all(one.get("src") or one.get("type") == "application/json" for one in seen.scripts)
        assert not re.search("[\u202e\u0000\u001b\u0007\ud800]", part)
        assert str(7919 * 7919) not in part  # of the template code in it
    assert article["html"].count("spam") == 200_000
    assert 'data-code="U+202E"' in article["html"]
    assert 'data-code="U+D800"' in article["html"]


# --- /v1 ------------------------------------------------------------------------------------------


@pytest.fixture
def program(folder: Path) -> Iterator[TestClient]:
    """A program with the token and without a cookie."""
    with client(folder, let_in=False, limits=Limits(extraction_timeout=60)) as made:
        made.headers["authorization"] = f"Bearer {TOKEN}"
        yield made


@pytest.mark.process
def test_v1_answers_what_the_command_prints(program: TestClient) -> None:
    """The same JSON as `--format json`, from text or from a file; schemas by name."""
    names = [one["name"] for one in program.get("/v1/schemas").json()]
    assert {"quotes", "release_event"} <= set(names)
    body = {"text": ARTICLE, "schema": "release_event", "source": "desk", "outlet": "Port Post"}
    answer = program.post("/v1/extract", json=body).json()
    article = article_from_text(ARTICLE, "desk", outlet="Port Post")
    expected = extract(article, load_schema("release_event")).to_json()
    for one in (answer, expected):
        one.pop("usage")
    assert answer == json.loads(json.dumps(expected))
    form = {"schema": "quotes"}
    html = (
        f"<html><body><article><p>{ARTICLE.replace(chr(10), '</p><p>')}</p></article></body></html>"
    )
    for name, data in (("a.txt", ARTICLE.encode()), ("../../b.html", html.encode())):
        answer = program.post("/v1/extract", data=form, files={"file": (name, data)}).json()
        assert next(one["speaker"]["name"] for one in answer["record"]["quotes"]) == "Ada Brandt"
        assert answer["article"]["source"] == Path(name).name
        assert answer["provenance"]["model"] is None


@pytest.mark.process
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x"}, 422),
        ({"schema": "quotes"}, 422),
        ({"text": "   ", "schema": "quotes"}, 422),
        ({"text": "x", "schema": "no-such"}, 404),
        ({"text": "x", "schema": "../evil.py"}, 404),
        ({"text": "x", "schema": "/tmp/evil.py"}, 404),
        ({"text": "x", "schema": "quotes", "model": "gpt"}, 422),
        ({"text": 3, "schema": "quotes"}, 422),
        ([], 422),
    ],
)
def test_v1_refuses_what_it_does_not_understand(
    program: TestClient, body: Any, status: int
) -> None:
    """In JSON, with a stable code; a schema is a name and never a path, a model never asked for."""
    answer = program.post("/v1/extract", json=body)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message"}


@pytest.mark.process
def test_v1_refuses_what_is_no_article(program: TestClient) -> None:
    """Binary data, an empty form, another content type."""
    files = {"file": ("x.pdf", b"%PDF-1.4\n\x00\x01garbage")}
    assert program.post("/v1/extract", data={"schema": "quotes"}, files=files).status_code == 422
    assert program.post("/v1/extract", data={"schema": "quotes"}).status_code == 415
    plain = {"content-type": "text/plain"}
    assert program.post("/v1/extract", content=b"x", headers=plain).status_code == 415


@pytest.mark.process
def test_v1_stops_what_takes_too_long(folder: Path) -> None:
    """The time is a bound: the process is ended, and the answer says so."""
    with client(folder, limits=Limits(extraction_timeout=0.05)) as page:
        body = {"text": ARTICLE * 300, "schema": "release_event"}
        answer = page.post("/v1/extract", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "too_long")
        assert answer.headers["retry-after"] == "10"


def test_v1_is_described(program: TestClient) -> None:
    """OpenAPI names the two routes and nothing of the page, with errors and limits."""
    described = program.get("/openapi.json").json()
    assert set(described["paths"]) == {"/v1/extract", "/v1/schemas"}
    post = described["paths"]["/v1/extract"]["post"]
    assert "20,000,000 bytes" in post["description"]
    assert set(post["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    assert {"401", "413", "422", "503"} <= set(post["responses"])
    assert program.get("/docs").status_code == 404


# --- the command ----------------------------------------------------------------------------------


def test_the_command_serves_and_says_where(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link is printed, the browser gets one that opens once, and no token is in the log."""
    with Served(monkeypatch, str(folder), "--port", "0", "--reviewer", "Cy") as served:
        told = capsys.readouterr()
        link = told.out.split()[-1]
        address, _, token = link.partition("?token=")
        with httpx2.Client() as browser:
            once = browser.get(served.opened[0])
            assert (once.status_code, once.headers["location"]) == (303, "/")
            assert browser.get(address).status_code == 200
            assert "Cy" in browser.get(address).text
            port = address.rstrip("/").rpartition(":")[2]
            assert list(browser.cookies) == [f"extract-review-{port}"]
            assert httpx2.get(served.opened[0]).status_code == 401
            assert httpx2.get(link).status_code == 303
        assert token not in served.opened[0]
        assert main(["review", str(folder), "--port", port, "--no-browser"]) == 2
    assert served.status == [0]
    after = capsys.readouterr()
    assert f"127.0.0.1:{port}: cannot be listened on" in after.err
    assert "other machines" not in told.err
    assert token not in told.err + after.err + after.out


def test_a_bind_elsewhere_is_asked_for_and_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only with --host, with a warning, and the token is wanted there as well."""
    arguments = (str(folder), "--port", "0", "--no-browser", "--host", "0.0.0.0")
    with Served(monkeypatch, *arguments) as served:
        told = capsys.readouterr()
        assert "other machines" in told.err
        address = told.out.split()[-1].partition("?")[0]
        assert httpx2.get(address).status_code == 401
        assert served.opened == []


def test_a_folder_without_a_store_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use, in one sentence, before anything is listened on."""
    assert main(["review", str(tmp_path), "--no-browser"]) == 2
    assert "there is no store of a run in it" in capsys.readouterr().err
