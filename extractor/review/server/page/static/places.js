// Converts between code points of the article's text and points of the page that show them.
//
// The server counts code points, the browser UTF-16 units, and a control character is shown by an
// empty element (i.ctl). Every paragraph says at which code point it starts (data-start); within
// it the characters of its text nodes and its i.ctl elements are counted. Nothing is searched for.

const PARAGRAPH = "[data-start]";

export function codePoints(text) {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next < 0xe000) {
        count--;
        i++;
      }
    }
  }
  return count;
}

// The UTF-16 offset of the code point `wanted` of a text.
function units(text, wanted) {
  let i = 0;
  for (let count = 0; count < wanted && i < text.length; count++) {
    i += text.codePointAt(i) > 0xffff ? 2 : 1;
  }
  return i;
}

function* leaves(paragraph) {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) yield [node, codePoints(node.data)];
    else if (node.classList.contains("ctl")) yield [node, 1];
  }
}

const lengths = new WeakMap();

function lengthOf(paragraph) {
  if (!lengths.has(paragraph)) {
    let length = 0;
    for (const [, count] of leaves(paragraph)) length += count;
    lengths.set(paragraph, length);
  }
  return lengths.get(paragraph);
}

export function paragraphs(root) {
  return [...root.querySelectorAll(PARAGRAPH)];
}

export function startOf(paragraph) {
  return Number(paragraph.dataset.start);
}

export function spanOf(paragraph) {
  const start = startOf(paragraph);
  return [start, start + lengthOf(paragraph)];
}

// The paragraph that holds a code point, or the last one before it.
export function paragraphAt(root, place) {
  const all = paragraphs(root);
  let low = 0;
  let high = all.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (startOf(all[middle]) <= place) low = middle;
    else high = middle;
  }
  return all[low] ?? null;
}

// How many code points of a paragraph stand before a point of the page.
function before(paragraph, node, offset) {
  const point = document.createRange();
  point.setStart(node, offset);
  point.collapse(true);
  let count = 0;
  for (const [leaf, length] of leaves(paragraph)) {
    if (leaf === node) return count + codePoints(leaf.data ? leaf.data.slice(0, offset) : "");
    const after = document.createRange();
    after.selectNode(leaf);
    if (after.compareBoundaryPoints(Range.START_TO_START, point) >= 0) return count;
    count += length;
  }
  return count;
}

// What a range of the page covers, as spans of code points: one a paragraph, without blanks
// around. A quotation that goes on in the next paragraph is selected in one go.
export function spansOf(root, range) {
  const found = [];
  for (const paragraph of paragraphs(root)) {
    if (!range.intersectsNode(paragraph)) continue;
    const [first, last] = spanOf(paragraph);
    const from = paragraph.contains(range.startContainer)
      ? first + before(paragraph, range.startContainer, range.startOffset)
      : first;
    const to = paragraph.contains(range.endContainer)
      ? first + before(paragraph, range.endContainer, range.endOffset)
      : last;
    const span = trimmed(root, [from, to]);
    if (span) found.push(span);
  }
  return found;
}

function trimmed(root, [from, to]) {
  if (from >= to) return null;
  const points = [...words(root, [[from, to]])];
  let start = 0;
  let end = points.length;
  while (start < end && !points[start].trim()) start++;
  while (end > start && !points[end - 1].trim()) end--;
  return start < end ? [from + start, from + end] : null;
}

// The words at spans; a control character, which the page does not hold, as a replacement mark.
export function words(root, spans) {
  return spans
    .map(([from, to]) => {
      const paragraph = paragraphAt(root, from);
      let place = startOf(paragraph);
      let text = "";
      for (const [leaf, count] of leaves(paragraph)) {
        if (place >= to) break;
        if (place + count > from) {
          const shown = leaf.data ?? "\ufffd";
          const start = units(shown, Math.max(0, from - place));
          text += shown.slice(start, start + units(shown.slice(start), to - Math.max(from, place)));
        }
        place += count;
      }
      return text;
    })
    .join("\n\n");
}

// The point of the page where a code point stands: [node, offset].
function pointAt(root, place, atEnd) {
  const paragraph = paragraphAt(root, atEnd ? place - 1 : place);
  let left = place - startOf(paragraph);
  let last = [paragraph, paragraph.childNodes.length];
  for (const [leaf, count] of leaves(paragraph)) {
    if (left < count || (left === count && atEnd)) {
      if (leaf.data !== undefined) return [leaf, units(leaf.data, left)];
      const at = [...leaf.parentNode.childNodes].indexOf(leaf);
      return [leaf.parentNode, at + (left > 0 ? 1 : 0)];
    }
    left -= count;
    if (leaf.data !== undefined) last = [leaf, leaf.data.length];
  }
  return last;
}

export function rangeOf(root, [from, to]) {
  const range = document.createRange();
  range.setStart(...pointAt(root, from, false));
  range.setEnd(...pointAt(root, to, true));
  return range;
}

// The words of a paragraph as spans of code points, for moving from one to the next.
const WORDS = /[\p{L}\p{M}\p{N}]+(?:['’.,-][\p{L}\p{M}\p{N}]+)*|\s+|./gsu;
const split = new WeakMap();

export function wordsOf(paragraph) {
  if (split.has(paragraph)) return split.get(paragraph);
  let text = "";
  for (const [leaf] of leaves(paragraph)) text += leaf.data ?? "\ufffd";
  const found = [];
  let place = startOf(paragraph);
  for (const piece of text.matchAll(WORDS)) {
    const count = codePoints(piece[0]);
    if (piece[0].trim()) found.push([place, place + count]);
    place += count;
  }
  split.set(paragraph, found);
  return found;
}
