"""Another program over the articles of `throughput.py`, which starts this with a Python of its own.

Reads from standard input an object with the program's name, the endpoint, how many requests may be
under way, and the articles: their texts, and the messages of the same question that the run asks.
Prints an object: answers, seconds, and CPU seconds of the whole process. Imports are not counted,
nor is a first article, asked about before all of them, at which a program imports what it had left.
Imports nothing of this project.
"""

import asyncio
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, Literal

Given = dict[str, Any]
Work = Callable[[list[Any]], int]  # goes over articles; returns the quotations that were answered

TASK = (
    "Extract every quotation of the article in order of appearance: the exact words between "
    "quotation marks, and in the attributes who said them. Do not paraphrase."
)


def with_instructor(given: Given) -> Work:
    """Return one question an article, validated and no more: nothing is looked up in the text."""
    import instructor
    from openai import AsyncOpenAI
    from pydantic import BaseModel

    class Quote(BaseModel):
        quotation: str
        speaker: str | None
        via: str | None
        kind: Literal["direct", "fragment"]

    class Dismissed(BaseModel):
        id: str
        reason: str

    class Quotes(BaseModel):
        quotes: list[Quote]
        dismissed: list[Dismissed]

    async def go(articles: list[Any]) -> int:
        client = instructor.from_openai(
            AsyncOpenAI(base_url=given["base_url"], api_key="none", max_retries=0),
            mode=instructor.Mode.JSON_SCHEMA,
        )
        places = asyncio.Semaphore(given["at_once"])

        async def ask(messages: list[Any]) -> int:
            async with places:
                answer = await client.chat.completions.create(
                    model="stub", messages=messages, response_model=Quotes, max_tokens=4096
                )
            return len(answer.quotes)

        return sum(await asyncio.gather(*(ask(one["messages"]) for one in articles)))

    return lambda articles: asyncio.run(go(articles))


def with_langextract(given: Given) -> Work:
    """Return LangExtract's own way, with its parallelism, kinder than by default: one call each.

    By default it cuts articles into pieces of 1,000 characters and asks about each.
    """
    import langextract as lx
    from langextract.factory import ModelConfig

    logging.getLogger().setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    example = lx.data.ExampleData(
        text='"The bridge is closed," said Ruth Okafor. A driver called it "a shame".',
        extractions=[
            lx.data.Extraction("quotation", words, attributes={"speaker": speaker})
            for words, speaker in (
                ("The bridge is closed,", "Ruth Okafor"),
                ("a shame", "a driver"),
            )
        ],
    )
    config = ModelConfig(
        model_id="stub",
        provider="OpenAILanguageModel",
        provider_kwargs={
            "api_key": "none",
            "base_url": given["base_url"],
            "max_workers": given["at_once"],
        },
    )

    def go(articles: list[Any]) -> int:
        texts = [one["text"] for one in articles]
        found = lx.extract(
            [lx.data.Document(text) for text in texts],
            prompt_description=TASK,
            examples=[example],
            config=config,
            max_workers=given["at_once"],
            batch_length=given["at_once"],
            max_char_buffer=max(map(len, texts)) + 1,
            show_progress=False,
        )
        documents = found if isinstance(found, list) else [found]
        return sum(len(document.extractions or ()) for document in documents)

    return go


PROGRAMS = {"instructor": with_instructor, "langextract": with_langextract}


def main() -> None:
    """Do what is asked, once."""
    given: Given = json.load(sys.stdin)
    work, articles = PROGRAMS[given["program"]](given), given["articles"]
    work(articles[:1])
    began, before = time.perf_counter(), time.process_time()
    answers = work(articles)
    seconds, cpu = time.perf_counter() - began, time.process_time() - before
    print(json.dumps({"answers": answers, "seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    main()
