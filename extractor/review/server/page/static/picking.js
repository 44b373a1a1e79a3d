// Choosing a stretch of the article by keyboard: a word at first, moved and stretched word by word
// or character by character, and shown as the browser's own selection.

import { paragraphAt, paragraphs, rangeOf, spanOf, spansOf, words, wordsOf } from "./places.js";

export class Picker {
  // `root` holds the paragraphs; `tell(words)` is called when the stretch has changed.
  constructor(root, tell) {
    this.root = root;
    this.tell = tell;
    this.going = null;
    this.keys = this.keys.bind(this);
  }

  // Begin at a span, or at the first word from a place on; resolves to spans, or null if left.
  pick(span, place = 0) {
    this.leave();
    const first = span ?? this.wordFrom(place);
    if (!first) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.going = { from: first[0], to: first[1], resolve };
      this.root.addEventListener("keydown", this.keys);
      this.root.focus({ preventScroll: true });
      this.show();
    });
  }

  get span() {
    return this.going && [this.going.from, this.going.to];
  }

  // The mouse selected something else meanwhile.
  set(span) {
    Object.assign(this.going, { from: span[0], to: span[1] });
    this.tell(words(this.root, this.spans()));
  }

  take() {
    this.end(this.going && this.spans());
  }

  leave() {
    this.end(null);
  }

  end(spans) {
    if (!this.going) return;
    const { resolve } = this.going;
    this.going = null;
    this.root.removeEventListener("keydown", this.keys);
    resolve(spans);
  }

  spans() {
    return spansOf(this.root, rangeOf(this.root, this.span));
  }

  show() {
    const range = rangeOf(this.root, this.span);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    const box = range.getBoundingClientRect();
    const pane = this.root.closest(".reading").getBoundingClientRect();
    if (box.top < pane.top + 40 || box.bottom > pane.bottom - 20) {
      const scroller = this.root.closest(".reading");
      scroller.scrollTop += box.top - pane.top - pane.height / 3;
    }
    this.tell(words(this.root, this.spans()));
  }

  keys(event) {
    if (event.altKey || event.metaKey) return;
    const fine = event.ctrlKey; // character by character
    const { from, to } = this.going;
    let next = null;
    if (event.key === "ArrowRight") {
      next = event.shiftKey ? [from, this.endAfter(to, fine)] : this.wordFrom(to);
    } else if (event.key === "ArrowLeft") {
      next = event.shiftKey ? [from, this.endBefore(to, fine)] : this.wordBefore(from);
    } else if (event.key === "." || event.key === ">") {
      next = [this.startAfter(from, event.key === ">"), to];
    } else if (event.key === "," || event.key === "<") {
      next = [this.startBefore(from, event.key === "<"), to];
    } else if (event.key === "ArrowDown") {
      next = event.shiftKey ? [from, this.paragraphEnd(to)] : this.nextParagraph(from, 1);
    } else if (event.key === "ArrowUp") {
      next = event.shiftKey ? null : this.nextParagraph(from, -1);
    } else if (event.key === "Enter") this.take();
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (next && next[0] < next[1]) {
      Object.assign(this.going, { from: next[0], to: next[1] });
      this.show();
    }
  }

  neighbour(paragraph, step) {
    const all = paragraphs(this.root);
    return all[all.indexOf(paragraph) + step] ?? null;
  }

  wordFrom(place) {
    let paragraph = paragraphAt(this.root, place);
    let found = paragraph && wordsOf(paragraph).find(([from]) => from >= place);
    while (paragraph && !found) {
      paragraph = this.neighbour(paragraph, 1);
      found = paragraph && wordsOf(paragraph)[0];
    }
    return found ?? null;
  }

  wordBefore(place) {
    let paragraph = paragraphAt(this.root, place);
    let found = wordsOf(paragraph).findLast(([, to]) => to <= place);
    while (paragraph && !found) {
      paragraph = this.neighbour(paragraph, -1);
      found = paragraph && wordsOf(paragraph).at(-1);
    }
    return found ?? null;
  }

  nextParagraph(place, step) {
    const found = this.neighbour(paragraphAt(this.root, place), step);
    return found ? wordsOf(found)[0] ?? null : null;
  }

  paragraphEnd(to) {
    const [, end] = spanOf(paragraphAt(this.root, to - 1));
    if (to < end) return end;
    const next = this.neighbour(paragraphAt(this.root, to - 1), 1);
    return next ? spanOf(next)[1] : to;
  }

  endAfter(to, fine) {
    const [, last] = spanOf(paragraphAt(this.root, to - 1));
    if (fine && to < last) return to + 1;
    const inside = wordsOf(paragraphAt(this.root, to - 1)).find(([, end]) => end > to);
    return inside ? inside[1] : this.wordFrom(to)?.[1] ?? to;
  }

  endBefore(to, fine) {
    if (fine) return to - 1;
    const inside = wordsOf(paragraphAt(this.root, to - 1)).findLast(([, end]) => end < to);
    return inside ? inside[1] : this.wordBefore(to - 1)?.[1] ?? to;
  }

  startAfter(from, fine) {
    return fine ? from + 1 : this.wordFrom(from + 1)?.[0] ?? from;
  }

  startBefore(from, fine) {
    const [first] = spanOf(paragraphAt(this.root, from));
    if (fine && from > first) return from - 1;
    const inside = wordsOf(paragraphAt(this.root, from)).findLast(([start]) => start < from);
    return inside ? inside[0] : this.wordBefore(from)?.[0] ?? from;
  }
}
