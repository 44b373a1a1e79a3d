"""The type of a sanction statement in its sentence, which status and sides are read from."""

from extractor.find.document import SentenceTokens
from extractor.find.sanctions.readings import Reading
from extractor.frozen import frozen
from extractor.language.tokens import Token
from extractor.rules.clauses.verb_groups import VerbGroup


@frozen
class Clause:
    """A statement's sentence, what the finder read in it, and the words before its verb."""

    sentence: SentenceTokens
    reading: Reading
    lead: VerbGroup

    @property
    def tokens(self) -> list[Token]:
        """The words of the sentence, which the indices of `reading` and `lead` are of."""
        return self.sentence.tokens
