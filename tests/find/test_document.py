"""The document: an article's sentences with their tokens, made once for all who read them."""

import pytest

from extractor.find.document import read_document
from extractor.find.inventory import take_inventory
from extractor.find.sentences import find_sentences
from extractor.read import article_from_text

TEXT = "Ruth Okafor spoke. She said the EU’s sanctions on Chad were lifted. They went."


def test_a_sentence_is_made_once():
    """A sentence has the tokens of its span; asking for it again gives the same object."""
    article = article_from_text(TEXT)
    document = read_document(article, find_sentences(article), ())
    sentence = document.sentence(1)
    assert sentence.id == "S2"
    assert sentence.index == 1
    assert [token.lower for token in sentence.tokens[:5]] == ["she", "said", "the", "eu", "'s"]
    assert all(TEXT[token.start : token.end] == token.text for token in sentence.tokens)
    assert document.sentence(1) is sentence
    with pytest.raises(IndexError):
        document.sentence(3)


def test_a_statement_keeps_its_sentence_and_its_reading():
    """A statement has the document's own sentence, and what the finder read are words in it."""
    inventory = take_inventory(article_from_text(TEXT))
    (read,) = inventory.statement_readings
    assert read.statement is inventory.statements[0]
    assert read.sentence is inventory.document.sentence(1)
    first, _ = read.reading.trigger
    assert read.sentence.tokens[first].start == read.statement.trigger.start
