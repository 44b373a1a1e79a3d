"""One sanction statement in its sentence, as the readers of its status and sides take it."""

from extractor.find.document import Sentence
from extractor.find.sanctions.readings import Reading
from extractor.frozen import frozen
from extractor.language.tokens import Token
from extractor.rules.clauses.verb_groups import VerbGroup


@frozen
class Clause:
    """A statement's sentence, what was read in it, and the words that lead up to the verb."""

    sentence: Sentence
    reading: Reading
    lead: VerbGroup

    @property
    def tokens(self) -> list[Token]:
        """The words of the sentence, which the indices of `reading` and `lead` are of."""
        return self.sentence.tokens
