"""Captions, credits, bylines and headings are known by their form; the story stays the story."""

from pathlib import Path

import pytest

from extractor.article import Article
from extractor.read import article_from_text, read_article
from extractor.read.bylines import byline_names, copyright_owner, date_in, is_date_line

ARTICLES = Path(__file__).parents[1] / "articles"
BODY = (
    "The council of Norvik voted late on Tuesday to reopen the ferry line that it had closed in "
    "spring, after residents of both islands had asked for it."
)


def kinds(article: Article) -> list[tuple[str, str]]:
    """Return kind and text of every paragraph that is not body."""
    return [(p.kind, p.span.of(article.text)) for p in article.paragraphs if p.kind != "body"]


def around(*lines: str) -> list[tuple[str, str]]:
    """Return what is taken for furniture among `lines`, with the story before and after."""
    return kinds(article_from_text("\n\n".join([BODY, *lines, BODY])))


def test_the_page_with_labels_as_lines() -> None:
    """Label lines, captions after them and captions run into credits are no part of the story."""
    article = read_article(ARTICLES / "bbc-prisoners.txt")
    labelled = kinds(article)
    assert [kind for kind, _ in labelled] == [
        *("caption", "caption"),
        *("caption", "credit", "caption", "caption"),
        *("caption", "credit", "caption", "caption"),
    ]
    assert labelled[3][1] == "Image source, Reuters"
    assert labelled[2][1].endswith("December 13, 2025")
    assert all('"' not in text for _, text in labelled)
    assert sum(p.kind == "body" for p in article.paragraphs) == 26


def test_the_agency_page() -> None:
    """The picture's caption and credit, the byline and the owner are kept apart from the story."""
    article = read_article(ARTICLES / "reuters-prisoners.txt")
    assert [kind for kind, _ in kinds(article)] == ["caption", "credit", "byline", "credit"]
    assert article.byline == "Andrius Sytas, Felix Light and Mark Trevelyan"
    assert article.outlet == "Thomson Reuters"
    assert (article.title, article.date) == (None, None)


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Boats in the harbour of Norvik, May 3, 2024. NORDPRESS/Ann Lee", "NORDPRESS/Ann Lee"),
        ("Boats in Norvik, May 3, 2024. Ann Lee/Nordpress/File Photo", None),
        ("Boats in the harbour of Norvik. NORDPRESS/Ann Lee Purchase Licensing Rights", None),
        ("Boats in the harbour on Friday. (NP Photo/Ann Lee)", "(NP Photo/Ann Lee)"),
        ("Boats in the harbour of Norvik on Friday [Ann Lee/Nordpress]", "[Ann Lee/Nordpress]"),
        ("Boats in the harbour of Norvik on Friday. Photograph: Ann Lee/Nordpress", None),
        ("Boats in the harbour of Norvik on Friday (Photo by Ann Lee)", "(Photo by Ann Lee)"),
        ("Boats in the harbour of Norvik on Friday. Nordpress via Southern Images", None),
        ("Boats in Norvik, May 3, 2024Image source, Nordpress", "Image source, Nordpress"),
        ("Boats leave the harbour.Image source, The Norvik Boat Club", None),
    ],
)
def test_caption_with_its_credit_is_two_paragraphs(line: str, credit: str | None) -> None:
    """A line that describes a picture and ends with a credit is a caption and a credit."""
    (first, caption), (second, rest) = around(line)
    assert (first, second) == ("caption", "credit")
    assert credit in (None, rest)
    assert caption.startswith("Boats")
    assert f"{caption}{rest}".replace(" ", "") == line.replace(" ", "")


@pytest.mark.parametrize(
    "line",
    [
        "© Norvik Post 2024.",
        "Copyright 2024 Norvik Post. All rights reserved.",
        "(Reporting by Ann Lee in Norvik; Editing by Bo Ek)",
        "Reporting by Ann Lee and Bo Ek; Editing by Cy Dahl",
        "Additional reporting by Ann Lee in Norvik.",
        "Ann Lee contributed to this report.",
        "Ann Lee/Nordpress",
        "Nordpress via Southern Images",
        "Southern Images",
        "Photo: Ann Lee",
        "Image source, Nordpress",
    ],
)
def test_credits(line: str) -> None:
    """Lines that say who reported, edited, owns or photographed are credits."""
    assert around(line) == [("credit", line)]


@pytest.mark.parametrize(
    "line",
    [
        "“We had no choice,” she said in a letter to Ann Lee/Nordpress",
        "Copyright law has not changed since then, and nobody expects it to.",
        "Reporting by the Norvik Post has shown that the boats were never inspected.",
        "By Monday evening the boats had left and the harbour was empty.",
        "By Norvik standards, Ann Lee and Bo Ek are rich",
        "The ministers have contributed to this crisis, the report says.",
        "NORVIK, May 3 (Nordpress) - The boats have left the harbour for good, the mayor said.",
        "Photo credit is due to a fisherman who saw it all.",
        "He pays by cheque and/or cash.",
        "“Never again!”",
        "What happened then?",
        "LEE: Nobody asked us about the boats",
        "- Ann Lee/Nordpress boats",
        "Image rights are sold for 20 euros, the club says.",
        "She works for the Norvik Post (and/or the council).",
        "Nobody spoke against it.",
    ],
)
def test_sentences_are_body(line: str) -> None:
    """Sentences, quotations, datelines and list items that resemble furniture stay body."""
    assert around(line) == []


@pytest.mark.parametrize("line", ["WHAT COMES NEXT", "A Long Way Home", "Trouble at the harbour"])
def test_subheadings(line: str) -> None:
    """A short line without a stop between two paragraphs heads what follows."""
    assert around(line) == [("heading", line)]


def test_a_list_of_names_is_no_heading() -> None:
    """Short lines that follow each other are a list."""
    assert around("Ann Lee", "Bo Ek", "Cy Dahl") == []


@pytest.mark.parametrize("label", ["Media caption,", "Image caption", "PHOTO CAPTION:"])
def test_label_makes_a_caption_of_the_next_line(label: str) -> None:
    """What follows a line that says "caption" is one, if it is not as long as a paragraph."""
    line = "Watch: the boats leave the harbour of Norvik"
    assert around(label, line) == [("caption", label), ("caption", line)]
    assert around(label, f"{BODY} {BODY} {BODY}")[1:] == []


def test_head_of_an_article() -> None:
    """Title, line under it, byline, role and date are read from the lines above the story."""
    head = ["Norvik gets its ferry back", "Islands celebrate the vote", "By Ann Lee and Bo Ek"]
    article = article_from_text(
        "\n\n".join([*head, "Harbour correspondent", "Published 3 May 2024, 10:15 GMT", BODY, BODY])
    )
    assert [kind for kind, _ in kinds(article)] == ["heading", "heading", *["byline"] * 3]
    assert article.title == "Norvik gets its ferry back"
    assert article.byline == "Ann Lee and Bo Ek"
    assert article.date == "2024-05-03"


def test_author_on_a_bare_line() -> None:
    """A name with nothing else, above a date or a role, is the author."""
    for below in ("Fri 3 May 2024 18.02 BST", "Harbour correspondent"):
        text = "\n".join(
            ["Norvik gets its ferry back", "Ann Lee in Norvik", below, "", BODY, "", BODY]
        )
        article = article_from_text(text)
        assert [kind for kind, _ in kinds(article)] == ["heading", "byline", "byline"]
        assert article.byline == "Ann Lee"


def test_picture_with_its_lines_between_blank_lines() -> None:
    """A picture's description, caption and credit that stand together are furniture together."""
    description = "Boats leave the harbour"
    caption, credit = "Boats leave the harbour of Norvik on Friday.", "Photograph: Bo Ek/Nordpress"
    assert around(f"{description}\n{caption} {credit}") == [
        ("caption", description),
        ("caption", caption),
        ("credit", credit),
    ]
    assert around(f"{caption}\nBo Ek/Nordpress") == [
        ("caption", caption),
        ("credit", "Bo Ek/Nordpress"),
    ]
    assert around("Bo Ek/Nordpress\nBoats leave the harbour") == [
        ("credit", "Bo Ek/Nordpress"),
        ("caption", "Boats leave the harbour"),
    ]


def test_the_story_beside_a_credit_stays() -> None:
    """A paragraph of the story above a credit, and one that quotes, are not its caption."""
    quoting = "“The boats are ours,” she said on Friday."
    assert around(f"{quoting}\nBo Ek/Nordpress") == [("credit", "Bo Ek/Nordpress")]
    text = f"{BODY}\nThe boats are back.\nBo Ek/Nordpress\n{BODY}"
    assert kinds(article_from_text(text)) == [("credit", "Bo Ek/Nordpress")]


def test_what_is_given_wins() -> None:
    """Metadata of the caller is not overwritten by furniture."""
    article = article_from_text(
        f"By Ann Lee\n\n{BODY}\n\n© Norvik Post 2024.", byline="Bo Ek", outlet="Dagblad"
    )
    assert (article.byline, article.outlet) == ("Bo Ek", "Dagblad")


@pytest.mark.parametrize("line", [BODY, "“We have won,” she said.", "The boats are back."])
def test_first_sentence_is_no_title(line: str) -> None:
    """A first line that is a sentence is not taken for the headline."""
    assert article_from_text(f"{line}\n\n{BODY}\n\n{BODY}").title is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Lee", "Ann Lee"),
        ("BY ANN LEE AND BO EK", "ANN LEE AND BO EK"),
        ("By Ann Lee, Bo van der Ek and Cy O’Dahl", "Ann Lee, Bo van der Ek and Cy O’Dahl"),
        ("By Ann Lee, Harbour correspondent", "Ann Lee"),
        ("By Ann Lee, NNN", "Ann Lee"),
        ("By Ann Lee in Norvik", "Ann Lee"),
        ("By Ann Lee | May 3, 2024", "Ann Lee"),
        ("By Ann Lee.", "Ann Lee"),
        ("By Friday morning", None),
        ("By Norvik Council and the boats", None),
        ("By then", None),
        ("Ann Lee", None),
    ],
)
def test_byline_names(line: str, names: str | None) -> None:
    """A byline is "By" and names, with at most a role, a place, an outlet or a date."""
    assert byline_names(line) == names


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Published 3 May 2024", "2024-05-03"),
        ("May 3, 2024, 7:30 PM UTC", "2024-05-03"),
        ("Updated: 2024-05-03 10:15", "2024-05-03"),
        ("Fri 3 Sept 2021 10.53 BST", "2021-09-03"),
        ("May 3, 20245:12 PM GMT+2Updated 2 hours ago", "2024-05-03"),
        ("Published On 3 May 20243 May 2024", "2024-05-03"),
        ("31 February 2024", None),
        ("3 hours ago", None),
    ],
)
def test_dates(line: str, date: str | None) -> None:
    """Dates with year, month and day are read; impossible ones are not."""
    assert date_in(line) == date
    assert is_date_line(line) == (date is not None or "ago" in line)


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("© Norvik Post 2024.", "Norvik Post"),
        ("Copyright © 2019-2024 The Norvik Post. All rights reserved.", "The Norvik Post"),
        ("(c) 2024 NBC. The NBC is not responsible for other sites.", "NBC"),
        ("© Ann Lee/Nordpress 2024", None),
        ("© Norvik Post", None),
        ("2024 was a good year.", None),
    ],
)
def test_copyright_owner(line: str, owner: str | None) -> None:
    """A copyright line with a year names the outlet; a photographer's does not."""
    assert copyright_owner(line) == owner
