"""Texts of any length that no reporter writes: each repeats one thing, in one sentence or in many.

`SHAPES` has them by name; `shaped(name, size)` is the text of about `size` characters, always the
same. Names and words in them are made up, each number another.
"""

from itertools import count
from typing import NamedTuple

_FIRST = ("Anna", "Boris", "Clara", "David", "Elena", "Frank", "Grace", "Henry", "Irina", "James")
_MONTHS = ("January", "March", "May", "July", "August", "October", "December")


class Shape(NamedTuple):
    """What a text repeats."""

    pieces: tuple[str, ...]  # in turns, see `_filled`
    between: str = " "
    head: str = ""
    end: str = "."
    mirrored: str = ""  # as often again behind the pieces: what closes them
    huge: str = ""  # this, repeated up to half of the text, stands for "{huge}" in head or end


def shaped(name: str, size: int) -> str:
    """Return the text of a shape, of about `size` characters."""
    pieces, between, head, end, mirrored, huge = SHAPES[name]
    if huge:
        grown = huge * (size // 2 // len(huge))
        head, end = head.replace("{huge}", grown), end.replace("{huge}", grown)
    room = size - len(head) - len(end)
    taken: list[str] = []
    for k in count():
        piece = _filled(pieces[k % len(pieces)], k)
        room -= len(piece) + len(between) + len(mirrored)
        if room < 0:
            break
        taken.append(piece)
    return head + between.join(taken) + mirrored * len(taken) + end


def word(number: int) -> str:
    """Return a made-up word for a number: six letters or more."""
    letters = ""
    number += 7
    while number or len(letters) < 6:
        number, digit = divmod(number, 24)
        letters += "bdfgklmnprstvz"[digit % 14] + "aeiou"[digit % 5]
    return letters


def _filled(piece: str, k: int) -> str:
    """Return piece number `k` with what its braces ask for."""
    if "{" not in piece:
        return piece
    return piece.format(
        k=k,
        small=k % 90 + 2,
        year=1900 + k % 120,
        month=_MONTHS[k % 7],
        first=_FIRST[k % 10],
        name=word(k).title(),
        next=word(k + 1).title(),
        few=word(k % 40).title(),
        word=word(k),
        more=word(k + 1),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LIFTED = "the EU lifted its ban on oil imports from"
_CUED = '"It is {word}," a senior {few} official said'

SHAPES: dict[str, Shape] = {
    # One sentence without end.
    "quotations": Shape(('{first} {few} said "{word} it is"',), ", and "),
    "fragments": Shape(("“{word}”",), " and ", "Keller said it was "),
    "names": Shape(("{first} {name}",), ", ", "With them were "),
    "figures": Shape(("{k} {few}s",), ", ", "They counted "),
    "sanctions": Shape((f"{_LIFTED} Iran", f"{_LIFTED} Cuba", f"{_LIFTED} Syria"), " and "),
    "sanctions by commas": Shape(("Washington imposed sanctions on {name} Bank",), ", "),
    "sanctions negated": Shape(("the EU did not lift sanctions on Iran",), " nor "),
    "sanction nouns": Shape(_words("sanctions embargo ban restrictions"), head="They lifted "),
    "sanction verbs": Shape(_words("lift impose ease keep waive"), head="They will ", end=" it."),
    "conditions": Shape(("if {name} agrees",), head="The EU will lift sanctions on Iran "),
    "conditional sanctions": Shape(("if {name} agrees the EU will lift its sanctions",), ", "),
    "unless": Shape(_words("unless until provided"), head="The US will keep its embargo "),
    "after lifting": Shape(("{name}",), ", ", "After lifting sanctions, "),
    "releases": Shape(("Belarus freed {small} prisoners on Monday from {name}",), " and "),
    "releases by name": Shape(("they freed {first} {name}, Ivan {next} and Ida {few}",), ", "),
    "release of names": Shape(("{first} {name}",), ", ", "Belarus freed "),
    "releases with names": Shape(
        ("{small} prisoners, including {first} {name}, were freed and taken to Lithuania",), ", "
    ),
    "among those freed": Shape(
        ("{first} {name} is among those freed, along with {small} others",), ", "
    ),
    "release verbs": Shape(("freed", "released", "freed and taken to"), head="They were "),
    "attributions": Shape(("{first} {name} said it was {word}",), " and "),
    "said that said that": Shape(("{first} {name} said that",), end=" it rains."),
    "according to": Shape(("according to {first} {name}",), ", ", "It rains "),
    "pronouns": Shape(_words("he she they it his her"), head="Anna Keller came, and "),
    "names and pronouns": Shape(("{first} {name} saw him", "{first} {name} saw her"), ", and "),
    "negations": Shape(_words("not never no nor"), head="They did "),
    "conjunctions": Shape(_words("and or but while because")),
    "and": Shape(("and",)),
    "said": Shape(("said",)),
    "capitals": Shape(("{name}",), end=" said."),
    "one capital": Shape(("MINISTRY",), end=" said."),
    "capitals and": Shape(("{name}",), " and "),
    "capitals of": Shape(("{name}",), " of ", end=" said."),
    "weekdays": Shape(("Monday {few}",), end=" said."),
    "titles": Shape(_words("President Minister Dr. Sir Senator envoy")),
    "adjectives": Shape(_words("senior former foreign"), head="They met the ", end=" official."),
    "possessives": Shape(("{name}'s",), end=" official said."),
    "her lawyer's": Shape(("her lawyer's",), end=" message said so."),
    "initials": Shape(("J. K.",), end=" Rowan said."),
    "abbreviations": Shape(("U.S.",), end=" said."),
    "joined initials": Shape(("U.",), "", end=" said."),
    "lists": Shape(("the {word}, the {more} and the others",), ", "),
    "everything": Shape(
        (
            '"We freed {small} people," {first} {few} said, and the EU lifted its sanctions on Iran'
            " if {name} agreed to pay ${k} million",
        ),
        ", ",
    ),
    "a table's row": Shape(("{name}\t{k}\t{small}%",), "\t"),
    "wrapped": Shape(("and {word} said {k} people were freed by the {few} state",), "\n"),
    # Marks.
    "nested marks": Shape(("so ‘yes",), ' "', 'He said "', mirrored="’ it”"),
    "nested curly marks": Shape(("so ‘yes",), " “", "She said “", mirrored="’ it” and "),
    "unclosed marks": Shape(("Anna said “{word} it is",)),
    "unclosed paragraphs": Shape(("“It is {word}, she said, and {more} too.",), "\n\n"),
    "long quotation": Shape(("“It is so, and the EU lifted its sanctions.",), "\n\n", end="”"),
    "statements quoted": Shape(
        ("{first} {name} said that it is {word}",), ". ", "He said: “", end=".”"
    ),
    "statements around": Shape(("{name} said",), ", ", end=" “{huge}”", huge="and so "),
    "straight marks": Shape(('"',), ""),
    "opening marks": Shape(("“",), ""),
    "closing marks": Shape(("word”",)),
    "mixed marks": Shape(("“{word}«", "‘{word}“", "«{word}’", "„{word}»", "“{word}”", "‘{word}’")),
    "apostrophes": Shape(("'",), ""),
    "cut words": Shape(("'{word}s' rock 'n' roll",)),
    "doubled apostrophes": Shape(("''{word} it is'' he said",)),
    "brackets": Shape(("(",), "", mirrored=")"),
    "words in brackets": Shape(("{name} ({word})",)),
    "dashes": Shape(_words("– - —"), ""),
    "words between dashes": Shape(("{word}",), " – "),
    "hyphens": Shape(("{word}",), "-"),
    "commas": Shape((",",), "", "He said"),
    "full stops": Shape((".",), ""),
    "spaced full stops": Shape((".",)),
    "questions": Shape(_words("? !")),
    "colons": Shape(("{name}:",)),
    "semicolons": Shape(("{word};",)),
    "slashes": Shape(("{name}",), "/"),
    # Characters.
    "one word": Shape(("a",), ""),
    "one capital word": Shape(("A",), ""),
    "digits": Shape(("7",), ""),
    "digits and commas": Shape(("7",), ","),
    "digits and points": Shape(("7",), "."),
    "grouped digits": Shape((",456",), "", "123"),
    "number words": Shape(_words("two three forty hundred six thousand million"), end=" people."),
    "number words and": Shape(_words("two hundred six thousand"), " and ", end=" people."),
    "hundreds": Shape(("hundred",), end=" people."),
    "millions": Shape(("million",), head="7 ", end=" people."),
    "hyphened numbers": Shape(("twenty-one",), "-", end=" people."),
    "currencies": Shape(("${small} million", "€{small}bn", "£{k}", "¥{k}")),
    "currency signs": Shape(_words("$ € £"), ""),
    "percent": Shape(("{small}%",)),
    "percent signs": Shape(("%",), ""),
    "ranges": Shape(("{small}",), " to "),
    "dashed ranges": Shape(("{small}",), "-"),
    "qualifiers": Shape(("about", "nearly", "more than", "at least"), end=" 40 people."),
    "dates": Shape(("{month} 3, {year}",)),
    "times": Shape(("5:30 p.m. on Monday",)),
    "years": Shape(("{year}",)),
    "ages": Shape(("{name}, {small}, a {small}-year-old",), ", "),
    "lines": Shape(("word",), "\n"),
    "blank lines": Shape(("It is so.",), "\n\n\n\n"),
    "line ends": Shape(("\n",), "", "It is so.", "It was."),
    "blanks": Shape((" ",), "", "It is", "so."),
    "tabs": Shape(("{word}",), " \t \t "),
    "Chinese": Shape(("总统说制裁将解除",), "，", end="。"),
    "Chinese quotations": Shape(("他说“我们同意”",), "，", end="。"),
    "Cyrillic": Shape(("Президент сказал: «Мы согласны»",), ", "),
    "Arabic": Shape(("قال الرئيس",)),
    "combining marks": Shape(("\u0301",), "", "e"),
    "accents": Shape(("{name}e\u0301",)),
    "characters without width": Shape(("\u200b",), "", "It is", "so."),
    "emoji": Shape(("🎉",)),
    # Many sentences.
    "equal sentences": Shape(("The EU lifted its sanctions on Iran on Monday",), ". "),
    "equal paragraphs": Shape(('"We agree," said Anna Keller, the minister.',), "\n\n", end=""),
    "equal figures": Shape(("The strike cost 40 miners their jobs",), ". "),
    "figures that differ": Shape(("It cost {k} striking miners in the south their jobs",), ". "),
    "one name": Shape(("Anna Keller",), ". "),
    "one name speaking": Shape(('Anna Keller said "{word} it is"',), ". "),
    "many names": Shape(("{name} {next} came",), ". "),
    "one last name": Shape(("{name} Smith came. Smith said so",), ". "),
    "one first name": Shape(("John {name} came. John said so",), ". "),
    "bodies": Shape(("the {name} Ministry said so, and the ministry left",), ". "),
    "unnamed sources": Shape((_CUED,), ". "),
    "her messages": Shape(("Her message said so",), ". ", "Anna Keller left. "),
    "one speaker": Shape(('"It is {word}," she said. "And {more}."',), end=""),
    "two speakers": Shape(
        ('"It is {word}," Keller said.', '"It is {word}," Lang said.'),
        "\n",
        "Anna Keller met Boris Lang.\n",
        "",
    ),
    "quotations alone": Shape(('"It is {word} for all of us here."',), "\n\n", end=""),
    "headlines": Shape(("{name} Lifts Ban On {next}",), "\n\n", end=""),
    "captions": Shape(("Image caption, {name} at work. Photo by {first} {name}",), "\n\n", end=""),
    "bullets": Shape(("• {name}: {k} people",), "\n", end=""),
    "pronouns speaking": Shape(
        ("He said {word}", "She said {word}", "They said {word}"), ". ", "Anna met Boris Lang. "
    ),
    "sanctions on many": Shape(
        ("The US imposed sanctions on {name}, and lifted them in {month}",), ". "
    ),
    "sanctions by nobody": Shape(("Sanctions were lifted. The embargo was eased by {k}",), ". "),
    "sanctions by many": Shape(("{name} imposed sanctions on Iran. It will lift them",), ". "),
    "sanctions and them": Shape(("It lifted them",), ". ", "The EU imposed sanctions on Iran. "),
    "freed again": Shape(
        ("She was released and flown to Berlin, and he was freed",), ". ", "Anna Keller was freed. "
    ),
    "releases of many": Shape(
        ("{first} {name} was freed on Monday. {name} was taken to {next}",), ". "
    ),
    # One thing so long that it must not stand in every row.
    "long name": Shape(('"It is {word}," he said',), ". ", "{huge}spoke. ", huge="Keller Lang "),
    "long target": Shape(
        ("Sanctions were lifted",), ". ", "The EU imposed sanctions on {huge}. ", huge="x"
    ),
    "long source": Shape(("{k} people",), ", ", end=", said {huge}.", huge="X"),
    "long sender": Shape(
        ("It lifted sanctions on {few}",),
        ". ",
        "{huge}imposed sanctions. ",
        huge="Union of States ",
    ),
}
