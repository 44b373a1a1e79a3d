"""Turns of speakers: transcripts of every make give each turn with its speaker; news gives none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.find.inventory import take_inventory
from extractor.kinds.facts import ArticleFacts
from extractor.read import article_from_text, read_bytes
from tests.support.transcripts import MAKES, TRANSCRIPTS, FoundTurn, as_page, name_of, turns_in

DIALLO, POST, MILLER = "Amina Diallo", "Harbour Post", "Daniel Miller"
# Speaker and first words of every turn, read in the texts themselves.
EXPECTED: dict[str, list[tuple[str | None, str]]] = {
    "interview": [
        (POST, "You have been called"),
        (DIALLO, "I have been called worse"),
        (POST, "The dockers say"),
        (DIALLO, "I promised to look"),
        (POST, "What happens if"),
        (DIALLO, "Then the ships wait"),
    ],
    "hearing": [
        ("Helen Brandt", "Order. Minister"),
        ("Jonas Vik", "I had read"),
        ("Helen Brandt", "And the annex"),
        ("Jonas Vik", "I believe"),
        ("Ruth Okafor", "If I may"),
        ("LIND", "Then somebody"),
        ("Ruth Okafor", "I do not know"),
        ("Helen Brandt", "The committee"),
    ],
    "briefing": [
        (MILLER, "Good afternoon"),
        (None, "Does that mean"),
        (MILLER, "It does not"),
        (None, "Can you say"),
        (MILLER, "I cannot give"),
        (None, "The president of Sarral"),
        (MILLER, "We have seen that"),
    ],
    "podcast": [
        ("Lena Fox", "Welcome back"),
        ("Samuel Ortiz", "Thank you"),
        ("Lena Fox", "Who owns"),
        ("Samuel Ortiz", "Nobody"),
        ("Speaker 2", "Can I ask"),
        ("Lena Fox", "Please do"),
    ],
    "liveblog": [
        ("Ruth Okafor", "We have asked"),
        ("Paul Berg", "Please stay"),
        ("Ruth Okafor", "I can confirm"),
    ],
    "parliament": [
        ("Lind", "Will the Prime Minister"),
        ("Ana Rao", "I am glad"),
        ("Lind", "We were told"),
        ("Ana Rao", "The honourable Lady"),
        ("Mr Speaker", "Order."),
        ("Okoro", "Does the Prime Minister"),
        ("Ana Rao", "I said that they"),
    ],
    "initials": [
        ("Evening Lamp", "Where do you"),
        ("Clara Lund", "In the kitchen"),
        ("Evening Lamp", "And they do not"),
        ("Clara Lund", "They do."),
        ("Evening Lamp", "Your mother"),
        ("Clara Lund", "She appeared"),
    ],
    "report": [
        ("Paul Berg", "I closed it"),
        ("Resident", "You could have"),
        ("Paul Berg", "We knew"),
        ("Resident", "When do I"),
        ("Paul Berg", "I cannot promise"),
    ],
    "markdown": [
        ("Ines Maro", "I measure"),
        ("Karl Voss", "But you know"),
        ("Ines Maro", "I know what"),
        ("Karl Voss", "Fair enough"),
    ],
    "bold_questions": [
        (None, "How did you begin"),
        ("Hedda Falk", "I was a bad sailor"),
        (None, "What did you get"),
        ("Hedda Falk", "Everything but"),
        (None, "Do you still"),
        ("Hedda Falk", "I love them"),
    ],
    "court": [
        (None, "Captain, did you"),
        ("Peter Nilsen", "I saw a light"),
        (None, "How far away"),
        ("Peter Nilsen", "I would say"),
        (None, "And you did nothing"),
        ("Peter Nilsen", "I turned the wheel"),
    ],
    "play": [
        ("Otto Krall", "You have rung"),
        ("Anselm Hofer", "I have, and I shall"),
        ("Otto Krall", "My ovens"),
        ("Anselm Hofer", "Your customers"),
    ],
    "lines": [
        ("Emil Sand", "I have fished"),
        ("Greta Holm", "You fish"),
        ("Priya Nair", "We let out"),
        ("Emil Sand", "Then change"),
        ("Greta Holm", "We have written"),
    ],
}
ORDINARY = {
    "headline and notes": (
        "Trump: I will stay\n\nThe candidate spoke in Lind on Monday.\n\nNote: We changed this "
        "text.\n\nPhoto: Ann Berg\n\nNote: You can write to us."
    ),
    "counts of two people": (
        "Where the race stands\n\nHillary Clinton: 1,769.\n\nBernie Sanders: 1,501.\n\nAnd of "
        "the others:\n\nClinton: 547.\n\nSanders: 46.\n\nClinton: 2,316.\n\nSanders: 1,547."
    ),
    "positions": (
        "What they want\n\nOn taxes.\n\nPaul Berg: He would raise the tax on fuel.\n\nRuth "
        "Okafor: She would cut it.\n\nOn schools.\n\nPaul Berg: He would build four.\n\nRuth "
        "Okafor: She would close two."
    ),
    "recipe": (
        "Fish soup\n\nServes: 4\n\nTime: 30 minutes\n\nIngredients: 1 kg of cod, you can use "
        "any white fish\n\nMethod: Boil it. I like mine hot.\n\nTip: You can freeze it."
    ),
    "pros and cons": (
        "Three phones\n\nPros: I love the screen.\n\nCons: You cannot fold it.\n\nPros: We like "
        "the price.\n\nCons: My thumb hurt.\n\nPros: You will like it.\n\nCons: I did not."
    ),
    "fact check": (
        "Checked\n\nClaim: We lost 40,000 jobs.\n\nFact: The office counts 12,000.\n\nClaim: You "
        "pay more.\n\nFact: You pay less.\n\nClaim: I built it.\n\nFact: His father did."
    ),
    "reactions in marks": (
        'What they say\n\nPaul Berg: "I am glad."\n\nRuth Okafor: "We are not."\n\nPaul Berg: '
        '"You will be."\n\nRuth Okafor: "I doubt it."'
    ),
    "scores": (
        "Results\n\nLind: Berg 12, Vik 40.\n\nSarral: Okoro 3, Reed 88.\n\nLind: Berg 55.\n\n"
        "Referee: P. Holm.\n\nAttendance: 4,210."
    ),
    "datelines": (
        "Storm\n\n10:42 – Berlin: Police close the bridge.\n\n10:50 – Paris: Trains stop.\n\n"
        "11:05 – Berlin: The bridge opens.\n\n11:30 – Rome: Nothing to report."
    ),
    "explainer": (
        "The new tax explained\n\nAnn Berg, the minister, presented the tax on Monday.\n\nWhat "
        "is it?\n\nA levy of 2 percent on fuel.\n\nWho pays?\n\nDrivers and airlines pay.\n\n"
        "When does it begin?\n\nIt begins in May.\n\nWhat do you have to do?\n\nNothing."
    ),
    "figures by quarter": "Results\n\nQ1: 12%\n\nQ2: 14%\n\nQ3: 9%\n\nQ4: 11%\n\nA: rated by us.",
    "verses": "Psalm\n\nPs 1:1 I will sing.\n\nPs 1:2 You are near.\n\nPs 1:3 We sing to you.",
    "a single question": (
        "Letters\n\nQ: Can I keep bees?\n\nThe law says that anyone may keep two hives."
    ),
    "speakers once each": (
        "Voices\n\nAnn Berg: I like it.\n\nPaul Lind: I do not.\n\nRuth Okafor: We shall see."
    ),
    "repeated headings": (
        "Guide\n\nLind\nThe town has 4,000 people.\n\nSarral\nThe port is old.\n\nLind\nIts "
        "church is new.\n\nSarral\nIt has ships."
    ),
}


def read(name: str) -> str:
    """Return the text of one of the transcripts."""
    return (TRANSCRIPTS / f"{name}.txt").read_text(encoding="utf-8")


def agree(turns: list[FoundTurn], expected: list[tuple[str | None, str]]) -> bool:
    """Return whether turns are those expected, by speaker and first words."""
    return [(speaker, words[: len(first)]) for (speaker, words), (_, first) in zip(
        turns, expected, strict=False
    )] == expected and len(turns) == len(expected)  # fmt: skip


def test_every_transcript_is_expected() -> None:
    """What each of the invented transcripts holds is written down here."""
    assert {path.stem for path in TRANSCRIPTS.glob("*.txt")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_each_turn_has_its_speaker(name: str) -> None:
    """Of a transcript as text, every turn is found, whole, with the name of who speaks."""
    turns = turns_in(article_from_text(read(name), name))
    assert agree(turns, EXPECTED[name]), turns


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("name", EXPECTED.keys() - {"lines"})
def test_a_page_gives_the_turns_of_the_text(name: str, make: str, whole: bool) -> None:
    """The same words as a page, however it marks labels, give the same turns and speakers."""
    if (name, make) == ("liveblog", "elements"):
        pytest.skip("three labels with the same name are no transcript to the reader")
    page = as_page(read(name), MAKES[make], whole=whole)
    assert turns_in(read_bytes(page, "x.html")) == turns_in(article_from_text(read(name), name))


@pytest.mark.parametrize(
    "turn", ["<dt>{}</dt><dd>{}</dd>", "<h4>{}</h4><p>{}</p>", "<p><b>{}</b></p><p>{}</p>"]
)
def test_names_on_lines_of_their_own_in_pages(turn: str) -> None:
    """Names without a colon, each above what its bearer says, are labels in a page too."""
    title, intro, *paragraphs = read("lines").strip().split("\n\n")
    body = "".join(turn.format(*paragraph.split("\n")) for paragraph in paragraphs)
    body = f"<dl>{body}</dl>" if "<dt>" in turn else body
    page = f"<html><body><article><h1>{title}</h1><p>{intro}</p>{body}</article></body></html>"
    assert agree(turns_in(read_bytes(page.encode(), "x.html")), EXPECTED["lines"])


@pytest.mark.parametrize("name", ORDINARY)
def test_news_with_colons_has_no_turns(name: str) -> None:
    """Labels of facts, lists, times and headings are no speakers."""
    assert turns_in(article_from_text(ORDINARY[name], name)) == []


# --- what belongs to a turn -----------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """Return the words of the turns of a text."""
    return [turn.words for turn in turns_in(article_from_text(text, "x"))]


HEAD = "Talk\n\nThe baker Otto Krall and the priest Anselm Hofer met in Lind.\n\n"


def test_a_turn_goes_on_over_paragraphs_until_the_next_label() -> None:
    """Paragraphs without a label are the last speaker's while somebody speaks in them."""
    text = HEAD + "Krall: I bake.\n\nI have baked since 1990.\n\nHofer: You do.\n\nKrall: I do."
    assert words_of(text) == ["I bake. I have baked since 1990.", "You do.", "I do."]


def test_labels_are_no_part_of_the_words_nor_are_marks_of_emphasis() -> None:
    """`**Krall:** I bake.` says "I bake."."""
    text = HEAD + "**Krall:** I bake.\n\n**Hofer: Do you?**\n\n**Krall:** I do."
    assert words_of(text) == ["I bake.", "Do you?", "I do."]


def test_stage_directions_in_paragraphs_of_their_own_end_nothing() -> None:
    """ "[Applause]" between two paragraphs of a turn is nobody's, and the turn goes on."""
    text = HEAD + "Krall: I bake.\n\n[Applause]\n\nI always did.\n\nHofer: You did.\n\nKrall: Yes."
    assert words_of(text)[0] == "I bake. I always did."


@pytest.mark.parametrize(
    "after",
    [
        "Krall said afterwards that he was glad we met.",
        "This interview has been edited for length. We thank you.",
        "Follow us on our page and you will hear more.",
        "The square was empty by noon. A dog crossed it.",
        "***",
        "12:40 – We report from the market.",
    ],
)
def test_what_a_report_or_a_page_says_ends_the_last_turn(after: str) -> None:
    """Behind the last label the turn ends where the report, the editors or the page go on."""
    text = HEAD + f"Krall: I bake.\n\nHofer: You do.\n\nKrall: I do.\n\n{after}"
    assert words_of(text)[-1] == "I do."


def test_a_report_between_turns_is_nobodys() -> None:
    """A paragraph that tells of a speaker between two turns belongs to neither."""
    text = HEAD + "Krall: I bake.\n\nKrall laughed and I left.\n\nHofer: You do.\n\nKrall: I do."
    assert words_of(text) == ["I bake.", "You do.", "I do."]


def test_lines_in_one_paragraph_are_turns_too() -> None:
    """Labels at the starts of lines count, with no blank line between them."""
    text = HEAD + "Krall: I bake.\nHofer: You do.\nKrall: I do."
    assert words_of(text) == ["I bake.", "You do.", "I do."]


# --- who a label means ----------------------------------------------------------------------


def speakers_of(text: str) -> list[str | None]:
    """Return the speakers of the turns of a text."""
    return [turn.speaker for turn in turns_in(article_from_text(text, "x"))]


def test_initials_that_two_people_have_are_left_as_printed() -> None:
    """ "AB" is nobody's in particular where Ann Berg and Adam Brandt are named; it is shown."""
    text = (
        "Two voices\n\nAnn Berg and Adam Brandt met the sailor Carl Dahl in Lind.\n\n"
        "AB: Did you sail?\n\nCD: I did.\n\nAB: Were you cold?\n\nCD: I was."
    )
    inventory = take_inventory(article_from_text(text, "x"))
    turns = [q.turn for q in inventory.quotations if q.turn is not None]
    assert [name_of(inventory, turn.speaker) for turn in turns] == ["AB", "Carl Dahl"] * 2
    assert turns[0].confidence < turns[1].confidence


def test_an_answer_is_nobodys_where_the_introduction_names_two() -> None:
    """ "A:" has no speaker, and little confidence, where two people may have been asked."""
    text = (
        "Two sisters\n\nAnn Berg and her rival Ruth Okafor sing.\n\nQ: Do you sing?\n\nA: I do."
        "\n\nQ: Since when?\n\nA: Since I was six."
    )
    assert speakers_of(text) == [None] * 4


def test_a_title_is_who_bears_it_or_stands_for_itself() -> None:
    """ "The Chair:" is who chaired, "The Clerk:" is printed where nobody is said to be one."""
    text = (
        "Session\n\nThe committee met on Monday. Helen Brandt chaired it.\n\nThe Chair: Order, "
        "please. Are you ready?\n\nThe Clerk: We are.\n\nThe Chair: Then I open the session."
    )
    assert speakers_of(text) == ["Helen Brandt", "The Clerk", "Helen Brandt"]


@pytest.mark.parametrize("title", ["The Minister", "The Minister for Ports"])
def test_the_name_in_brackets_behind_an_office_speaks(title: str) -> None:
    """What a minister says is his, and no part of the turn of whoever asked him before."""
    text = (
        "Debate\n\nThe house sat late.\n\nLena Fox (North Ward): Will you lift it?\n\n"
        f"{title} (Jonas Vik): I will, and you know it.\n\nLena Fox: I thank you.\n\n"
        "Jonas Vik: I thank the member."
    )
    assert speakers_of(text) == ["Lena Fox", "Jonas Vik"] * 2


@pytest.mark.parametrize("blank", [" ", "    ", "\t", "\u00a0\u00a0"])
def test_a_question_without_a_mark_behind_its_q_is_a_turn(blank: str) -> None:
    """Briefings print "Q" and blanks; a colon in the question does not hide the label."""
    text = (
        f"Briefing\n\nMS. LEE: I will take your questions.\n\nQ{blank}One thing: will he go?\n\n"
        f"MS. LEE: He will not.\n\nQ{blank}Why, Ms. Lee? You said so.\n\nMS. LEE: I said he might."
    )
    assert speakers_of(text) == ["LEE", None, "LEE", None, "LEE"]
    page = as_page(text, "<br>".join)
    assert [t.speaker for t in turns_in(read_bytes(page, "x.html"))] == speakers_of(text)


def test_a_time_in_brackets_behind_a_name_is_a_time() -> None:
    """Messages with times have the speakers that they name, whether or not they are known."""
    text = (
        "Leaked\n\nThe paper has seen the messages.\n\nKrall [10:42]: have you read it\n\n"
        "Drenn [10:43]: i have\n\nKrall [10:44]: i told you so\n\nDrenn [10:50]: delete this"
    )
    assert speakers_of(text) == ["Krall", "Drenn"] * 2


@pytest.mark.parametrize(
    ("question", "answer"), [("Frage:", "Antwort:"), ("Pytanie:", "Odpowiedź:"), ("問：", "答：")]
)
def test_questions_and_answers_are_labelled_in_other_languages(question: str, answer: str) -> None:
    """The plain words for both are labels in whatever language the text is."""
    turns = [f"{question} Abc?", f"{answer} Def ghi.", f"{question} Jkl?", f"{answer} Mno."]
    text = "\n\n".join(["Xyz", "Abc def.", *turns])
    found = turns_in(article_from_text(text, "x"))
    assert [turn.words for turn in found] == ["Abc?", "Def ghi.", "Jkl?", "Mno."]


def test_who_only_asks_is_a_speaker_even_if_it_is_a_paper() -> None:
    """A paper that asks somebody is a label, with a blank before the colon too."""
    text = (
        "Entretien\n\nMarta Quill dirige le port.\n\nLe Courrier\u00a0: Pourquoi fermer ?"
        "\n\nMarta Quill\u00a0: Il ne tient pas.\n\nLe Courrier : Qui paiera ?"
        "\n\nMarta Quill : Nous."
    )
    assert speakers_of(text) == ["Le Courrier", "Marta Quill"] * 2


def test_a_name_in_brackets_tells_who_bears_the_title() -> None:
    """In "The Minister for Fish (Jonas Vik):" the brackets name the speaker, also later."""
    text = (
        "Debate\n\nThe house sat late.\n\nThe Minister (Jonas Vik): I beg to move.\n\nMs Lind "
        "(North Ward): Will you give way?\n\nThe Minister: I will not.\n\nMs Lind: You should."
    )
    assert speakers_of(text) == ["Jonas Vik", "Lind", "Jonas Vik", "Lind"]


def test_a_speaker_is_not_he_in_his_own_words() -> None:
    """A pronoun of the third person in a turn never means who speaks."""
    inventory = take_inventory(article_from_text(read("report"), "x"))
    for quotation in inventory.quotations:
        if quotation.turn is None or quotation.turn.speaker is None:
            continue
        own = quotation.turn.speaker.partition(".")[0]
        said = [
            mention.span
            for mention, entity in inventory.mentions
            if entity.id == own and mention.kind == "pronoun"
        ]
        assert not any(span.contains(place) for span in quotation.spans for place in said)


# --- quotations in turns, and the audit -------------------------------------------------------


def test_what_a_speaker_quotes_is_nested_and_has_its_own_speaker() -> None:
    """Somebody else's words in a turn are a row of theirs; the speaker's own are dismissed."""
    text = HEAD + (
        'Krall: The mayor said, "Nobody may bake on Sunday."\n\nHofer: I told you, "Wait until '
        'Monday."\n\nKrall: You did.'
    )
    inventory = take_inventory(article_from_text(text, "x"))
    known = ArticleFacts(inventory)
    said = {
        quotation.text(text): name_of(inventory, known.attributions[quotation.id].speaker)
        for quotation in inventory.quotations
        if quotation.id in known.quotations()
    }
    assert said["Nobody may bake on Sunday."] == "mayor"
    assert "Wait until Monday." not in said
    assert len(said) == 4


def test_ids_count_on_and_names_keep_their_mentions_in_order() -> None:
    """Ids of quotations and of mentions are in order of the text, turns and labels among them."""
    for name in EXPECTED:
        inventory = take_inventory(article_from_text(read(name), name))
        quotations = inventory.quotations
        assert [q.id for q in quotations] == [f"Q{n + 1}" for n in range(len(quotations))]
        assert [e.id for e in inventory.names] == [f"P{n + 1}" for n in range(len(inventory.names))]
        for entity in inventory.names:
            spans = [mention.span for mention in entity.mentions]
            assert spans == sorted(set(spans))
            assert [m.id for m in entity.mentions] == [
                f"{entity.id}.{n + 1}" for n in range(len(spans))
            ]


# --- whatever is said -------------------------------------------------------------------------

PEOPLE = ["Amina Diallo", "Jonas Vik", "Ruth Okafor", "Daniel Miller", "Clara Lund"]
SENTENCES = [
    "I saw the ship.",
    "We have waited since May.",
    "Do you know the captain?",
    "You said that the port was closed.",
    "My brother works there; he has a boat.",
    "It was cold, and we left.",
    "Nobody told me.",
]
STYLES = {
    "full name": "{}:",
    "last name": "{last}:",
    "capitals": "{capitals}:",
    "title": "MS. {capitals}:",
    "bold": "**{}:**",
    "time": "[00:{n:02}:07] {}:",
    "role behind": "{}, HARBOUR POST:",
}


def labelled(style: str, person: str, n: int) -> str:
    """Return a person's label in a style; the `n`th of its transcript."""
    last = person.split()[1]
    return STYLES[style].format(person, last=last, capitals=last.upper(), n=n)


said = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3).map(" ".join)


@given(
    style=st.sampled_from(sorted(STYLES)),
    turns=st.lists(st.tuples(st.integers(0, 3), said), min_size=4, max_size=12),
)
def test_labelled_turns_made_at_random_are_found_with_their_speakers(
    style: str, turns: list[tuple[int, str]]
) -> None:
    """As many turns as were made, with their speakers and words, in every style of labels."""
    people, speakers = PEOPLE[:], list[str]()
    for step, _ in turns:  # nobody speaks twice in a row; the first two speak again
        others = [p for p in people if not speakers or p != speakers[-1]]
        speakers.append(others[step % (2 if len(speakers) < 4 else 3)])
    intro = f"{', '.join(PEOPLE[:-1])} and {PEOPLE[-1]} met in the town hall on Monday."
    lines = [
        f"{labelled(style, person, n)} {words}"
        for n, (person, (_, words)) in enumerate(zip(speakers, turns, strict=True))
    ]
    text = "\n\n".join(["Five people speak", intro, *lines])
    found = turns_in(article_from_text(text, "x"))
    expected = [FoundTurn(p, w) for p, (_, w) in zip(speakers, turns, strict=True)]
    assert found == expected


def test_questions_that_nobody_answers_are_no_interview() -> None:
    """A text of nothing but questions has no turns."""
    assert words_of("\n\n".join(["Do you know the captain?"] * 3)) == []


@given(
    st.lists(
        st.sampled_from(
            [*SENTENCES, "Krall:", "Q: Why?", "A: I do.", "\n\n", "\n", "**", "10:42 – ", "(", "“",
             '"', ": ", "— ", "Ann Berg: ", "The Chair: ", "AB: ", "[00:01] "]
        )
    )
)  # fmt: skip
def test_anything_is_read_without_an_error_and_turns_lie_apart(pieces: list[str]) -> None:
    """Whatever stands where, turns are in order, apart, in the text, and outside of labels."""
    text = "".join(pieces)
    article = article_from_text(text, "x") if text.strip() else None
    if article is None:
        return
    turns = [q for q in take_inventory(article).quotations if q.turn is not None]
    end = 0
    for quotation in turns:
        assert quotation.turn is not None
        label = quotation.turn.label
        if label is not None:
            assert end <= label.start < label.end <= quotation.outer.start
        assert all(span.of(text).strip() for span in quotation.spans)
        assert end <= quotation.spans[0].start
        end = quotation.spans[-1].end


def test_questions_that_are_headings_of_a_page_are_turns() -> None:
    """The label of a question is one in a heading too."""
    body = "<h3>Q: Why now?</h3><p>A: I was told.</p><h3>Q: Who pays?</h3><p>A: We do, and you.</p>"
    page = f"<html><body><article><h1>Talk</h1><p>They met.</p>{body}</article></body></html>"
    said = [turn.words for turn in turns_in(read_bytes(page.encode(), "x.html"))]
    assert said == ["Why now?", "I was told.", "Who pays?", "We do, and you."]


def test_times_before_names_on_their_own_lines() -> None:
    """A transcript whose lines are "00:03 Ann Berg" and then her words has her turns."""
    said = ["I am glad that you came.", "I thank you for having me.", "Why do you go?", "I must."]
    names = ["Ann Berg", "Carl Dahl"] * 2
    turns = zip(names, said, strict=True)
    lines = [f"00:0{n} {name}\n\n{words}" for n, (name, words) in enumerate(turns)]
    assert speakers_of("\n\n".join(["Talk", "Ann Berg met Carl Dahl on Monday.", *lines])) == names
