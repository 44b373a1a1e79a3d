"use strict";
// Rows and evidence lead to each other. Without this script the same links still jump.
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let active = null;

  const piecesOf = (id) => document.querySelectorAll(`.hl[data-rows~="${CSS.escape(id)}"]`);

  function flash(element) {
    element.classList.remove("flash");
    void element.offsetWidth; // restarts the animation
    element.classList.add("flash");
  }

  function select(id) {
    for (const old of document.querySelectorAll(".active, .on")) old.classList.remove("active", "on");
    active = id;
    if (!id) return;
    document.getElementById(id).classList.add("active");
    for (const piece of piecesOf(id)) piece.classList.add("on");
    history.replaceState(null, "", "#" + id);
  }

  function show(element, block) {
    element.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block });
  }

  function toEvidence(id, byKeyboard) {
    const target = document.getElementById("at-" + id);
    select(id);
    if (!target) return;
    let first = target.nextElementSibling;
    while (first && !first.classList.contains("hl")) first = first.nextElementSibling;
    if (!first) return;
    show(first, "center");
    for (const piece of piecesOf(id)) flash(piece);
    if (byKeyboard) first.focus({ preventScroll: true });
  }

  function toRow(piece, byKeyboard) {
    const ids = piece.dataset.rows.split(" ");
    const id = ids[(ids.indexOf(active) + 1) % ids.length]; // again on the same place: the next row
    select(id);
    const row = document.getElementById(id);
    show(row, "nearest");
    flash(row);
    if (byKeyboard) row.querySelector("a")?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const selection = getSelection();
    if (selection && !selection.isCollapsed && event.detail > 0) return; // somebody marks words
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    const byKeyboard = event.detail === 0;
    const piece = event.target.closest(".hl");
    const row = event.target.closest(".row");
    if (piece) toRow(piece, byKeyboard);
    else if (row) toEvidence(row.id, byKeyboard);
    else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return select(null);
    const row = event.target.closest && event.target.closest(".row");
    if (!row || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const rows = [...document.querySelectorAll(".row")].filter((each) => each.querySelector("a"));
    const next = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    next.querySelector("a").focus();
    event.preventDefault();
  });

  for (const box of document.querySelectorAll(".bar input")) {
    const apply = () => {
      const part = box.closest(".one");
      for (const piece of part.querySelectorAll(`.text .${box.value}, .text .${box.value}-off`)) {
        piece.classList.toggle(box.value, box.checked);
        piece.classList.toggle(box.value + "-off", !box.checked);
      }
    };
    box.addEventListener("change", apply);
    apply();
  }

  const start = decodeURIComponent(location.hash.slice(1)).replace(/^at-/, "");
  if (start && document.getElementById(start)?.classList.contains("row")) toEvidence(start, false);
})();
