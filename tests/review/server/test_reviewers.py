"""`--reviewers FILE`: each reviewer has a token, and signs with that name and no other."""

import re
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from extractor.cli import main
from extractor.errors import UsageError
from extractor.review.claims.claims import claim_by_id
from extractor.review.desk import Desk
from extractor.review.server.app import make_app
from extractor.review.server.guard import Access
from extractor.review.server.responses import REVIEWER, ServerConfig
from extractor.review.server.reviewers import read_reviewers
from tests.support.review.server import HERE, OWN, TOKEN, Served, fill_desk

ADA, CHEN = "token-of-ada-lovelace-1", "token-of-chen-li-2345678"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of one article."""
    return fill_desk(tmp_path / "sheets", ['"We are home," Ada Brandt said on Friday.'])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two reviewers."""
    made = tmp_path / "reviewers.txt"
    made.write_text(f"# our desk\nAda Lovelace\t{ADA}\n\nChen Li   {CHEN}\n")
    made.chmod(0o600)
    return made


def _client(folder: Path, token: str) -> TestClient:
    access = Access(token=TOKEN, reviewers={"Ada Lovelace": ADA, "Chen Li": CHEN})
    app = make_app(ServerConfig(folder, access, "Somebody"))
    made = TestClient(app, base_url=HERE, raise_server_exceptions=False, follow_redirects=False)
    made.headers.update(OWN)
    made.cookies.set("extract-review", token)
    return made


def _claim(page: TestClient) -> str:
    return re.findall(r'id="r-([0-9a-f]{16})"', page.get("/rows").json()["html"])[0]


def test_a_decision_is_signed_by_the_holder_of_the_token(folder: Path) -> None:
    """Whatever name the browser brings along in its own cookie."""
    with _client(folder, CHEN) as page:
        page.cookies.set(REVIEWER, "Ada%20Lovelace")
        claim = _claim(page)
        seen = page.get(f"/claims/{claim}").json()["version"]
        done = page.post(f"/claims/{claim}/decision", json={"action": "accept", "seen": seen})
        assert done.status_code == 200
    with Desk(folder) as desk:
        assert claim_by_id(desk, claim).reviewer == "Chen Li"


def test_another_name_is_refused_and_not_offered(folder: Path) -> None:
    """The page shows the name, and has no form for another."""
    with _client(folder, CHEN) as page:
        refused = page.put("/reviewer", json={"name": "Ada Lovelace"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "name_bound")
        shown = page.get("/").text
        assert "Chen Li" in shown
        assert "who-form" not in shown


def test_the_servers_own_token_is_not_valid_beside_them(folder: Path) -> None:
    """Else whoever has it could sign with any name."""
    with _client(folder, TOKEN) as page:
        assert page.get("/rows").status_code == 401
        assert page.get(f"/?token={TOKEN}").status_code == 401


def test_each_link_opens_with_its_own_name(
    folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link is printed for each; the browser opens that of --reviewer, for one use."""
    arguments = (str(folder), "--port", "0", "--reviewers", str(file), "--reviewer", "Chen Li")
    with Served(monkeypatch, *arguments) as served:
        links = dict(re.findall(r"Review, (.+): (http.+)", capsys.readouterr().out))
        assert set(links) == {"Ada Lovelace", "Chen Li"}
        for name, link in {**links, "Chen Li": served.opened[0]}.items():
            with httpx2.Client(follow_redirects=True) as browser:
                assert f'id="reviewer">{name}<' in browser.get(link).text
        assert CHEN not in served.opened[0]


def test_a_name_without_a_token_gets_one_that_stays(file: Path) -> None:
    """It is written into the file, whose comments and other tokens stay as they are."""
    with file.open("a") as more:
        more.write("Mia Orr\n")
    first = read_reviewers(file)
    assert first["Ada Lovelace"] == ADA
    assert len(first["Mia Orr"]) >= 43
    assert read_reviewers(file) == first
    assert file.read_text().startswith(f"# our desk\nAda Lovelace\t{ADA}\n")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nobody is named"),
        ("Ada\tshort\n", "line 1: a token has at least"),
        (f"Ada\t{ADA}\nAda\t{CHEN}\n", "line 2: Ada stands there twice"),
        (f"Ada\t{ADA}\nChen\t{ADA}\n", "have the same token"),
        (f"Ada\t{ADA}\tx\n", "line 1: expected a name"),
        ("\x1b[31mAda\n", "line 1: expected a name"),
    ],
)
def test_what_is_wrong_with_the_file_is_told(file: Path, text: str, told: str) -> None:
    """With the line, and without a token."""
    file.write_text(text)
    with pytest.raises(UsageError, match=told) as caught:
        read_reviewers(file)
    assert ADA not in str(caught.value)


def test_a_file_that_others_may_read_is_refused(
    folder: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It holds what signs; the message says what to type."""
    file.chmod(0o640)
    assert main(["review", str(folder), "--no-browser", "--reviewers", str(file)]) == 2
    assert f"chmod 600 {file}" in capsys.readouterr().err


def test_the_name_that_opens_the_browser_is_one_of_them(
    folder: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--reviewer` beside `--reviewers`: another name is refused."""
    arguments = ["review", str(folder), "--reviewers", str(file), "--reviewer", "Mia Orr"]
    assert main(arguments) == 2
    assert "--reviewer Mia Orr: is not named in" in capsys.readouterr().err
