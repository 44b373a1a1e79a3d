// The article beside the queue: shown once a text, scrolled to a claim's evidence.

import { rangeOf, spansOf } from "./places.js";
import { ask } from "./requests.js";

const pane = document.getElementById("reading");
const host = document.getElementById("article");

export const shown = { article: null, schema: null, kinds: [] };

export function text() {
  return document.getElementById("text");
}

export async function showArticle(article, schema, { anew = false, signal, view = "" } = {}) {
  if (!anew && shown.article === article && shown.schema === schema && shown.view === view) return false;
  const answer = await ask(`/articles/${article}?${new URLSearchParams({ schema })}&${view}`, { signal });
  const other = shown.article !== article;
  host.innerHTML = answer.html;
  document.getElementById("legend").innerHTML = answer.legend;
  Object.assign(shown, { article, schema, view, kinds: answer.kinds });
  if (other) pane.scrollTop = 0;
  return true;
}

export function forget() {
  host.replaceChildren();
  document.getElementById("legend").replaceChildren();
  Object.assign(shown, { article: null, schema: null, kinds: [] });
}

// Mark a claim's places, and scroll to its evidence.
export function pointTo(claim, start) {
  const root = text();
  if (!root) return;
  const id = `c-${claim}`;
  for (const old of root.querySelectorAll(".hl.on")) old.classList.remove("on");
  const pieces = [...root.querySelectorAll(`.hl[data-rows~="${id}"]`)];
  for (const piece of pieces) piece.classList.add("on");
  root.classList.toggle("has-one", pieces.length > 0);
  const target = document.getElementById(`at-${id}`);
  const first = target ? pieces.find((p) => target.compareDocumentPosition(p) & 4) : pieces[0];
  if (first) bring(first.getClientRects()[0] ?? first.getBoundingClientRect());
  else if (start !== null && start !== undefined) bring(rangeOf(root, [start, start + 1]).getBoundingClientRect());
}

function bring(box) {
  const frame = pane.getBoundingClientRect();
  const strip = document.getElementById("strip").offsetHeight;
  if (box.top > frame.top + strip + 20 && box.bottom < frame.top + frame.height * 0.7) return;
  pane.scrollTop += box.top - frame.top - Math.max(strip + 30, frame.height * 0.3);
}

// What is selected in the article now, as spans of code points; null when nothing is.
export function selected() {
  const selection = getSelection();
  const root = text();
  if (!root || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(root)) return null;
  const spans = spansOf(root, range);
  return spans.length ? spans : null;
}

// Highlight spans as chosen, wherever the focus is, without changing the page's elements.
export function paint(spans) {
  if (!globalThis.CSS?.highlights) return;
  const root = text();
  if (!root || !spans.length) CSS.highlights.delete("picked");
  else CSS.highlights.set("picked", new Highlight(...spans.map((span) => rangeOf(root, span))));
}
