"""Who said it, on sentences of every shape that the press uses."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.inventory import Inventory, take_inventory
from extractor.read import article_from_text
from extractor.rules.attribution.speakers import SpeakerAttribution, attribute
from tests.support.effort import calls_of

ARTICLES = Path(__file__).parents[1] / "articles"


def read(text: str) -> tuple[Inventory, list[SpeakerAttribution]]:
    inventory = take_inventory(article_from_text(text, source="test"))
    return inventory, list(attribute(inventory).values())


def name(inventory: Inventory, mention: str | None) -> str | None:
    found = inventory.by_id[mention.partition(".")[0]] if mention else None
    return getattr(found, "name", None)


def speakers(text: str) -> list[str | None]:
    inventory, answers = read(text)
    return [name(inventory, a.speaker) for a in answers if a.dismissed is None]


CAST = "Finance Minister Ruth Okafor met union leader Tom Brandt in Lagos on Monday.\n\n"


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ('"We will not pay," Okafor said.', "Ruth Okafor"),
        ('"We will not pay," said Okafor.', "Ruth Okafor"),
        ('Okafor said: "We will not pay."', "Ruth Okafor"),
        ('Okafor told Brandt, "We will not pay."', "Ruth Okafor"),
        ('Okafor scolded him: "You were late again."', "Ruth Okafor"),
        ('According to Brandt, "nobody was asked" about the plan.', "Tom Brandt"),
        (
            'Brandt, who has led the union for ten years, said "nobody was asked" at all.',
            "Tom Brandt",
        ),
        ('"Nobody was asked," according to Brandt.', "Tom Brandt"),
        ('"We will not pay," Okafor told Brandt on Monday.', "Ruth Okafor"),
        ('Brandt called the plan "a bad joke" on Monday.', "Tom Brandt"),
        ("“Nobody,” said Brandt, “was asked about it.”", "Tom Brandt"),
        ('"We will not pay," a senior official said.', "a senior official"),
        ('"We will not pay," the ministry said in a statement.', "ministry"),
    ],
)
def test_the_speaker_is_found_in_every_order(sentence: str, speaker: str):
    """Source before or after, cue before or after, addressee and neighbour told apart."""
    assert set(speakers(CAST + sentence)) == {speaker}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ('His deputy, asked about the vote, said only: "Wait and see."', "His deputy"),
        ('His deputy, Ann Berg, said only: "Wait and see."', "Ann Berg"),
        ('His wife Ann Berg said: "Wait and see."', "Ann Berg"),
        ('Their lawyer told reporters: "Wait and see."', "Their lawyer"),
        ('His reply was short: "Wait and see."', "Tom Brandt"),  # whose reply it is
    ],
)
def test_whose_deputy_it_is_did_not_say_it(text: str, who: str):
    """ "His" before a noun for a person is not the source, that person is."""
    assert speakers(f"Tom Brandt of the dockers' union was late.\n\n{text}") == [who]


def test_the_subject_of_a_verb_is_its_subject_alone():
    """A body named at the end of a relative clause did not say what the main clause says."""
    text = 'Thandeka Kgosi, who heads the Growers\' Union, said rain was "a gift". '
    assert speakers(text + '"It came late," she added.') == ["Thandeka Kgosi"] * 2


def test_all_mentions_of_one_source_count_together():
    """The likeliest entity is the source, though another has the likeliest single mention."""
    inventory, answers = read(
        "Peter Danso met Carlos Ruiz. Danso, who had flown in from Quito, and whose brother is a "
        'judge in Leeds, told Ruiz the plan was a "car park with no exit".'
    )
    assert name(inventory, answers[0].speaker) == "Peter Danso"
    for answer in answers:
        assert answer.ranking is not None
        rivals = answer.ranking.rivals
        entities = [mention.partition(".")[0] for mention, _ in rivals]
        assert len(entities) == len(set(entities))
        shares = [share for _, share in rivals]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (
            "The chairman of Kilbride Rovers, Alasdair McNab, resigned. His successor, Fiona "
            'Baird, told fans: "We will open the books." Morag Tennant, secretary of their trust, '
            'was unimpressed. "We have heard it before," she said. Striker Joao Mendes declined to '
            'comment, but his agent said he was "heartbroken".',
            ["Fiona Baird", "Morag Tennant", "his agent"],
        ),
        (
            "Prosecutor Okello Lubwama, who had asked for a fine, said he would appeal. "
            '"The law is the law," he told reporters.\n\nNakato Achieng, a mother of four who '
            'spent nine days in custody, wept. "I sold tomatoes," she said. Her lawyer, Moses '
            'Tumwine, described the arrests as "pure theatre".',
            ["Okello Lubwama", "Nakato Achieng", "Moses Tumwine"],
        ),
        (
            "Ranil Jayasuriya, who chairs the finance committee, told Parliament the budget was "
            '"written for the lenders". "It is a surrender note," he said.\n\nFinance Minister '
            'Dilini Fonseka dismissed the criticism. "They had ten years," she said. Her deputy, '
            'who asked not to be named, called the walkout "a stunt for the cameras".',
            ["Ranil Jayasuriya", "Ranil Jayasuriya", "Dilini Fonseka", "Her deputy"],
        ),
    ],
)
def test_articles_of_many_regions_give_every_quotation_its_speaker(text: str, who: list[str]):
    """Clubs, courts and parliaments, with names that no list of first names holds."""
    assert speakers(text) == who


def test_the_second_half_has_the_speaker_of_the_first():
    """A sentence that an attribution splits is one utterance of one speaker."""
    text = CAST + '"Nobody was asked," Brandt said, "and nobody will agree to it."'
    assert speakers(text) == ["Tom Brandt", "Tom Brandt"]


def test_a_quotation_over_paragraphs_keeps_its_speaker():
    """An attribution before the first paragraph holds for all of it."""
    text = CAST + 'Brandt said: "It is the wrong day for this.\n\n"We will strike on Friday."'
    assert speakers(text) == ["Tom Brandt"]


def test_words_relayed_by_another_have_both_names():
    """When A says what B said, B is the speaker, via A."""
    inventory, answers = read(
        CAST + 'Brandt said the first thing Okafor said when they met was "sorry for the wait".'
    )
    assert name(inventory, answers[0].speaker) == "Ruth Okafor"
    assert name(inventory, answers[0].via) == "Tom Brandt"


def test_an_article_that_does_not_say_who_has_no_speaker():
    """No speaker is better than an invented one."""
    assert speakers('It rained all day long.\n\n"No more of this nonsense in here."') == [None]


# (beginning of the quotation, speaker, via); read off the articles by hand
BBC = [
    ("As relations", "John Coale", None),
    ("a feeling of unbelievable", "Maria Kolesnikova", None),
    ("dear to me", "Maria Kolesnikova", None),
    ("It's a huge happiness", "Maria Kolesnikova", None),
    ("Thousands of people", "Ales Bialiatski", None),
    ("thank you to the US", "Maria Kolesnikova", "Khomich"),
    ("leverage to make", "Svetlana Tikhanovskaya", None),
    ("Lukashenko will not", "Svetlana Tikhanovskaya", None),
]
REUTERS = [
    ("I think it’s more", "John Coale", None),
    ("I think it's a fair trade", "John Coale", None),
    ("Thousands of people", "Ales Bialiatski", None),
    ("profound relief", "Norwegian Nobel Committee", None),
    ("Of course, it's a feeling", "Maria Kalesnikava", None),
    ("I very much look forward", "Tatsiana Khomich", None),
    ("U.S. sanctions are about", "Sviatlana Tsikhanouskaya", None),
    ("bandits", "Alexander Lukashenko", None),
    ("again wage war", "Alexander Lukashenko", None),
    ("the highly respected", "Donald Trump", None),
    ("hostages", "Donald Trump", None),
    ("The United States stands", "U.S. embassy in Lithuania", None),
]


@pytest.mark.parametrize(("file", "expected"), [("bbc", BBC), ("reuters", REUTERS)])
def test_every_quotation_of_the_seed_articles_has_its_speaker(
    file: str, expected: list[tuple[str, str, str | None]]
):
    """8 and 12 quotations; the entity holds the expected name among its forms."""
    text = (ARTICLES / f"{file}-prisoners.txt").read_text(encoding="utf-8")
    inventory, answers = read(text)
    assert len(answers) == len(expected)
    for answer, (opening, speaker, via) in zip(answers, expected, strict=True):
        quotation = inventory.by_id[answer.quotation]
        assert quotation.text(text).startswith(opening)  # type: ignore[union-attr]
        entity = inventory.by_id[(answer.speaker or "").partition(".")[0]]
        assert speaker in {entity.name, *entity.aliases}, opening  # type: ignore[union-attr]
        assert name(inventory, answer.via) == via, opening


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["“Yes,”", '"No."', "he said", "Ann Lee", "told", ".", "\n\n", '"', "said", ","]
        ),
        max_size=40,
    ).map(" ".join)
)
def test_every_quotation_is_attributed_to_a_mention_or_to_nobody(text: str):
    """Whatever the text: one answer a quotation, a confidence in 0…1, ids that exist."""
    inventory, answers = read(text)
    assert [a.quotation for a in answers] == [q.id for q in inventory.quotations]
    for answer in answers:
        assert 0 <= answer.confidence <= 1
        assert answer.speaker is None or answer.speaker in inventory.by_id


def calls_for(times: int) -> int:
    """Count the Python calls that one endless sentence of so many quotations takes."""
    text = (
        'The minister said "we will not pay" and Ann Lee called it "a bad joke" while he ' * times
    )
    inventory = take_inventory(article_from_text(text, source="test"))
    return calls_of(lambda: attribute(inventory))


def test_the_work_grows_with_the_text_not_with_its_square():
    """Four times the text takes about four times the calls, in one sentence without an end."""
    assert calls_for(240) < 5 * calls_for(60)


@pytest.mark.parametrize(
    ("clause", "speaker"),
    [
        ("EU foreign policy chief Ingrid Vollmer said", "Ingrid Vollmer"),
        ("UN envoy Jane Doe said", "Jane Doe"),
        ("said UN spokeswoman Marta Lind", "Marta Lind"),
        ("Toyota chief executive Kenji Morita said", "Kenji Morita"),
        ("Brandt's campaign manager Paula Reyes said", "Paula Reyes"),
        ("the EU said", "EU"),
        ("Brandt told reporter Jane Doe", "Tom Brandt"),
    ],
)
def test_a_name_that_opens_a_persons_description_is_not_who_speaks(clause: str, speaker: str):
    """In "EU chief NAME said" the person speaks, in "A told reporter NAME" A does."""
    assert speakers(f'{CAST}"The talks were useful," {clause} on Monday.') == [speaker]


@pytest.mark.parametrize(
    "before",
    [
        "The plant closed.",
        "A woman lost her house.",
        "A resident said that help came late.",
        "Officials said that the dam was safe.",
        "Ann Berg lost her house.",
    ],
)
def test_a_description_is_whom_he_means_after_it(before: str):
    """The chief minister, subject of the sentence before, is the "he" who told reporters."""
    text = f'{before} The chief minister visited the camp. "We will rebuild," he told reporters.'
    assert speakers(text) == ["chief minister"]


def test_he_in_an_answer_means_whom_the_answer_speaks_of():
    """In an interview a guard who came in is "he" there, neither the one asking nor the other."""
    text = (
        "JONES: How long were you held?\n\nLOPEZ: Forty days. A guard came in. He had a tray. "
        'He said, "Pack your things." I did not believe it.\n\nJONES: And then?'
    )
    assert speakers(text) == ["A guard"]


def test_a_described_person_may_end_the_article():
    """A description just before a name that is the article's last word breaks nothing."""
    assert speakers('"No," Ann Lee reporters Ann Lee') == ["Ann Lee"]


@pytest.mark.parametrize(
    ("clause", "speaker"),
    [
        (
            "Oda Vik, head of research at Nordlys, a testing company in Bergen told the paper.",
            "Oda Vik",
        ),
        ("Oda Vik, Chair of the Harbour Association said.", "Oda Vik"),
        ("Oda Vik from the coastal Harbour Association says.", "Oda Vik"),
        ("after a call to Oda Vik, managers at the Harbour Association said.", None),
    ],
)
def test_who_is_named_before_a_description_speaks(clause: str, speaker: str | None):
    """Not the body that the description ends with; nor whom a clause before the main one names."""
    found = set(speakers(f"The pier is closed.\n\n“We count every ship that comes,” {clause}"))
    assert (found == {"Oda Vik"}) == (speaker == "Oda Vik")


@pytest.mark.parametrize(
    "story",
    [
        'Iowa Gov. Nils Lund signed the budget. "It is a fine budget," the governor said.',
        "Nils Lund, an actor, praised the play. He wept. “It is a fine play,” the actor said.",
    ],
)
def test_a_description_that_speaks_is_whom_it_means(story: str):
    """The name is given, and no second person of the office's name."""
    assert speakers(story) == ["Nils Lund"]


def test_who_was_asked_does_not_ask():
    """A question behind "was asked" is nobody's whom the sentence names as asked."""
    story = "Tom Brandt came to the harbour. There Brandt was asked, “Will you pay for the pier?”"
    assert "Tom Brandt" not in speakers(story)
    said = "Tom Brandt came to the harbour. There Brandt asked, “Will you pay for the pier?”"
    assert speakers(said) == ["Tom Brandt"]


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("‘Every ship counts’ in storm over the pier", "Ruth Okafor"),
        ("‘Nobody asked us’ in storm over the pier", "Tom Brandt"),
        ("‘Storm’ over the pier", None),  # both of them said that
    ],
)
def test_a_headline_quotes_whoever_says_the_words_in_the_story(words: str, speaker: str | None):
    """Unless it is one word that several people use."""
    story = (
        f"{words}\n\nMinister Ruth Okafor met union leader Tom Brandt in Lagos on Monday.\n\n"
        "“Every ship counts, and the storm is over,” Okafor said.\n\n"
        "“Nobody asked us before this storm,” Brandt said.\n"
    )
    assert speakers(story)[0] == speaker


def test_a_countrys_name_is_no_first_name_where_its_people_are_spoken_of():
    """ "Jordan" is Jordan Vance where nothing speaks of Jordanians."""
    said = "Jordan Vance came late.\n\nIn a note Jordan said the work was “nearly done” by then."
    assert speakers(said) == ["Jordan Vance"]
    state = (
        "Jordanian Trade Minister Jordan Vance came late.\n\n"
        "In a note to the court Jordan said there were “real doubts” about the case."
    )
    assert speakers(state) == ["Jordan"]
