"""The key of a piece of work: two runs that would do the same to an article have the same key.

What is in the key decides what is done, and paid for, again: the article's text, the schema, the
prompt, the model and how it is asked, and the version of this program. The endpoint's address, how
many requests are under way and the like are not in it: they do not change what is asked.
"""

import hashlib
import json

from extractor.frozen import frozen
from extractor.pipeline import ENGINE
from extractor.schema.catalogue import Schema
from extractor.settings import Settings


@frozen
class Recipe:
    """Everything that an extraction depends on, except the article; None where the rules answer."""

    schema: str
    schema_sha256: str
    prompt: str | None
    prompt_sha256: str | None
    model: str | None
    plan: str | None
    assist: str | None
    threshold: float | None
    engine: str

    def key(self, article_sha256: str) -> str:
        """Return the key of this work on one article: 64 hexadecimal digits."""
        parts = (
            article_sha256,
            self.schema_sha256,
            self.schema,
            self.prompt_sha256,
            self.model,
            self.plan,
            self.assist,
            self.threshold,
            self.engine,
        )
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def recipe_for(settings: Settings, schema: Schema) -> Recipe:
    """Return the recipe of a run. Raises PromptError when a model is asked and has no prompt."""
    if not settings.asks_model:
        return Recipe(schema.name, schema.sha256, None, None, None, None, None, None, ENGINE)
    from extractor.answer.model.prompt import Prompts

    prompts = Prompts(schema)
    return Recipe(
        schema.name,
        schema.sha256,
        prompts.name,
        prompts.sha256,
        settings.model,
        settings.plan,
        settings.assist,
        settings.threshold,
        ENGINE,
    )
