"""All errors that people can meet, as one tree.

    ExtractError                what went wrong, for whom, and what to do: one sentence each
    ├── UsageError              the command, a flag or a setting is wrong          (exit status 2)
    │   ├── SchemaError         a schema is missing, broken or not one
    │   └── PromptError         a prompt template is missing or broken
    ├── InputError              one article cannot be read                         (exit status 1)
    │   ├── EmptyArticle        there is no text in it
    │   ├── NotAnArticle        it is binary, encrypted or of a kind we do not read
    │   ├── ArticleTooLarge     it has more bytes, characters or rows than the limit
    │   ├── ArticleTooSlow      it takes more time to read and extract than the limit
    │   └── ArticleTooHeavy     it takes more memory than the limit
    ├── ModelError              the endpoint gave no usable answer                 (exit status 1)
    │   ├── EndpointUnreachable no connection, or no answer in time
    │   ├── EndpointRefused     it answered with an error that asking again will not mend
    │   ├── EndpointFailing     it kept failing (5xx, rate limits) until we gave up
    │   ├── AnswerCut           the answer ended at the token limit
    │   └── AnswerInvalid       the answer did not fit the schema after every re-ask
    ├── OutputError             a sheet cannot be written                          (exit status 1)
    └── ReviewError             a decision cannot be taken                         (exit status 1)
        ├── StaleDecision       somebody decided, or the machine spoke, meanwhile
        └── EditRefused         an edit does not fit the article or the schema

Messages name the file or endpoint and what to do about it. They never hold a key: whatever
comes from an endpoint passes through `redact` before it becomes part of one.
"""


class ExtractError(Exception):
    """Base of all errors meant for people; `exit_status` is what the command ends with."""

    exit_status = 1


class UsageError(ExtractError):
    """The command, a flag or a setting is wrong."""

    exit_status = 2


class SchemaError(UsageError):
    """A schema is missing, cannot be loaded or is not a Pydantic model."""


class PromptError(UsageError):
    """A prompt template is missing, broken or uses a name that we do not give it."""


class InputError(ExtractError):
    """One article cannot be read; the others are not affected."""


class EmptyArticle(InputError):
    """The file holds no text."""


class NotAnArticle(InputError):
    """The file is binary, encrypted, a folder or of a kind that we do not read."""


class ArticleTooLarge(InputError):
    """The file, its text or its record is larger than the limit on one article."""


class ArticleTooSlow(InputError):
    """Reading the article and extracting from it takes more time than the limit."""


class ArticleTooHeavy(InputError):
    """Reading the article and extracting from it takes more memory than the limit."""


class ModelError(ExtractError):
    """The endpoint gave no usable answer for one article; `spent` is the Usage until then."""

    spent: object | None = None


class EndpointUnreachable(ModelError):
    """No connection to the endpoint, or no answer in time."""


class EndpointRefused(ModelError):
    """The endpoint answered with an error that asking again will not mend (wrong key, no model)."""

    status: int | None = None  # of the HTTP answer


class EndpointFailing(ModelError):
    """The endpoint kept failing until the retries were used up."""


class AnswerCut(ModelError):
    """The answer ended at the token limit; `partial` is what came before it."""

    partial: str = ""


class AnswerInvalid(ModelError):
    """The answer did not fit the schema after every re-ask."""


class OutputError(ExtractError):
    """A sheet cannot be written."""


class ReviewError(ExtractError):
    """A decision cannot be taken: the message says why and what to do."""


class StaleDecision(ReviewError):
    """What a reviewer decided on has changed since; nothing was written.

    `claim` is the review's Claim as it is now; `decision` the Decision that came between, None
    when it was a run.
    """

    def __init__(self, message: str, claim: object, decision: object | None = None) -> None:
        super().__init__(message)
        self.claim = claim
        self.decision = decision


class EditRefused(ReviewError):
    """An edit does not fit the article or the schema; `field` is its key, None for the row."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
