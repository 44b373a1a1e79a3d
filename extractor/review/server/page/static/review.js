// The page: the queue, the claim, the article, and what keys and buttons do with them.

import { forget, paint, pointTo, selected, showArticle, shown } from "./article.js";
import { Form, isPicking, leavePicked, mouseSelected, pick, takePicked } from "./editing.js";
import { ask, complain, say } from "./requests.js";

const $ = (id) => document.getElementById(id);
const list = $("rows");
const panel = $("claim");
const start = JSON.parse($("start").textContent);
const state = { query: start.query, after: start.after, total: start.total, claim: null, form: null };
let showing = new AbortController();
let busy = false;

// --- the queue -----------------------------------------------------------------------------------

const entries = () => [...list.querySelectorAll(".entry")];
const entry = (id) => document.getElementById(`r-${id}`);

function countRows() {
  const count = entries().length;
  $("count").textContent = state.total === 1 ? "1 claim" : `${state.total.toLocaleString("en")} claims`;
  let tail = list.querySelector(".tail");
  tail?.remove();
  if (state.after || !count) {
    tail = document.createElement("li");
    tail.className = "tail " + (count ? "more-rows" : "nothing");
    if (count) tail.textContent = "More rows come as you go on.";
    else {
      const strong = document.createElement("strong");
      strong.textContent = "Nothing here";
      const whole = document.createElement("a");
      whole.href = "/?status=all";
      whole.textContent = "The whole queue";
      const told = view() ? "Nothing is left to do in this view. " : "No claim is as the filter says. Choose another status, or clear the filter. ";
      tail.append(strong, told, whole);
    }
    list.append(tail);
  }
}

let loading = null;

function loadMore() {
  if (!state.after) return Promise.resolve(false);
  const { query, after } = state;
  loading ??= ask(`/rows?${query}&after=${after}`)
    .then((answer) => {
      if (query !== state.query) return false;
      list.querySelector(".tail")?.remove();
      list.insertAdjacentHTML("beforeend", answer.html);
      Object.assign(state, { after: answer.after, total: answer.total });
      countRows();
      return true;
    })
    .finally(() => (loading = null));
  return loading;
}

list.addEventListener("scroll", () => {
  if (list.scrollTop + list.clientHeight > list.scrollHeight - 600) loadMore().catch(complain);
});

let asking = 0;

// Show another filter; returns false when a later one was requested meanwhile.
async function requery(query, { claim = null, focus = false } = {}) {
  const mine = ++asking;
  const open = $("more")?.open;
  const answer = await ask(`/rows?${query}${open ? "&full=1" : ""}`);
  if (mine !== asking) return false;
  Object.assign(state, { query, after: answer.after, total: answer.total });
  list.innerHTML = answer.html;
  list.scrollTop = 0;
  $("unknown")?.remove();
  $("rest").innerHTML = answer.filter;
  if (document.activeElement !== $("words")) $("words").value = answer.words;
  $("done").innerHTML = answer.done;
  countRows();
  const first = claim ?? entries()[0]?.querySelector("a").dataset.claim ?? null;
  await select(first, { focus });
  return mine === asking;
}

// --- a claim -------------------------------------------------------------------------------------

async function select(id, { focus = false, anew = false } = {}) {
  closeForm();
  showing.abort();
  showing = new AbortController();
  const { signal } = showing;
  for (const old of list.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
  if (!id) {
    state.claim = null;
    panel.innerHTML = '<div class="nothing"><strong>No claim chosen</strong></div>';
    const empty = list.querySelector(".nothing"); // a phone does not show the queue beside it
    if (empty) panel.firstChild.replaceChildren(...empty.cloneNode(true).childNodes);
    forget();
    history.replaceState(null, "", `/?${state.query}`);
    return;
  }
  const link = entry(id)?.querySelector("a");
  if (link) {
    link.setAttribute("aria-current", "true");
    link.scrollIntoView({ block: "nearest" });
    if (focus) link.focus({ preventScroll: true });
    if (!entry(id).nextElementSibling?.nextElementSibling) loadMore().catch(complain);
  }
  const claim = await ask(`/claims/${id}?${view()}`, { signal });
  show(claim);
  await showArticle(claim.article, claim.schema, { anew, signal, view: view() });
  pointTo(claim.id, claim.start);
}

// The view as a query: in a blind second review nothing may show what the first reviewer did.
function view() {
  const named = new URLSearchParams(state.query).get("view");
  return named ? `view=${named}` : "";
}

function show(claim) {
  closeForm();
  state.claim = claim;
  panel.innerHTML = claim.html;
  panel.scrollTop = 0;
  history.replaceState(null, "", `/?${state.query}&claim=${claim.id}`);
}

async function move(step) {
  const all = entries();
  const here = all.indexOf(entry(state.claim?.id));
  let next = all[here + step];
  if (!next && step > 0 && (await loadMore())) next = entries()[here + step];
  if (!next) return say(step > 0 ? "That was the last row" : "This is the first row");
  await select(next.querySelector("a").dataset.claim, { focus: true });
}

async function toArticle(step) {
  const here = new URLSearchParams(state.query).get("article") ?? state.claim?.article ?? "";
  const query = new URLSearchParams(state.query);
  query.delete("article");
  const found = await ask(`/next-article?${query}&step=${step}&article=${here}`);
  if (!found.article) return say(step > 0 ? "That was the last article" : "This is the first article");
  query.set("article", found.article);
  await requery(String(query), { focus: true });
  say("One article; 0 shows all again");
}

async function allArticles() {
  const query = new URLSearchParams(state.query);
  if (!query.has("article")) return;
  query.delete("article");
  await requery(String(query), { claim: state.claim?.id, focus: true });
}

// --- deciding ------------------------------------------------------------------------------------

const said = { accepted: "Accepted", corrected: "Corrected", rejected: "Rejected", later: "Put off", open: "Open again" };

function place(answer, after = null) {
  const { claim } = answer;
  const old = entry(claim.id);
  if (view()) {
    old.classList.add("settled");
    old.querySelector(".state").textContent = "Done";
  } else if (old) old.outerHTML = answer.row;
  else if (after) after.insertAdjacentHTML("afterend", answer.row);
  else list.insertAdjacentHTML("afterbegin", answer.row);
  $("done").innerHTML = answer.done;
  for (const count of document.querySelectorAll("[data-count]")) {
    const sum = count.dataset.count.split(" ").reduce((total, one) => total + (answer.status[one] ?? 0), 0);
    count.textContent = sum.toLocaleString("en");
  }
}

async function decide(action, more = {}) {
  const claim = state.claim;
  if (!claim || busy) return;
  busy = true;
  try {
    const answer = await ask(`/claims/${claim.id}/decision?${state.query}`, {
      method: "POST",
      body: { action, seen: claim.version, ...more },
    });
    place(answer);
    shown.article = action === "accept" || action === "later" ? shown.article : null; // marks changed
    const told = view() ? "Kept" : said[answer.claim.status];
    say(told);
    busy = false;
    await goOn(answer.claim, told);
  } catch (error) {
    if (error.error?.code !== "stale") throw error;
    show(error.error.now);
    say(`Not saved: ${error.message}`, true);
    shown.article = null;
    await showArticle(state.claim.article, state.claim.schema, { view: view() });
    pointTo(state.claim.id, state.claim.start);
  } finally {
    busy = false;
  }
}

async function goOn(claim, told) {
  const all = entries();
  const here = all.indexOf(entry(claim.id));
  let next = all[here + 1];
  if (!next && (await loadMore())) next = entries()[here + 1];
  if (next) await select(next.querySelector("a").dataset.claim, { focus: true });
  else {
    await select(claim.id, { focus: true });
    say(`${told}. That was the last row`);
  }
}

function putOff() {
  return view() === "view=second" ? say("A second review is not put off") : decide("later");
}

async function undo() {
  if (view() === "view=second") return say("A second review is not taken back");
  const answer = await ask(`/undo?${state.query}`, { method: "POST" });
  place(answer, entry(state.claim?.id));
  shown.article = null;
  await select(answer.claim.id, { focus: true });
  say("Taken back");
}

function askReason() {
  const menu = $("reasons");
  if (!menu) return;
  menu.hidden = false;
  panel.querySelector('[data-act="reject"]').setAttribute("aria-expanded", "true");
  menu.querySelector("button").focus();
}

function closeReasons() {
  const menu = $("reasons");
  if (!menu || menu.hidden) return false;
  menu.hidden = true;
  panel.querySelector('[data-act="reject"]').setAttribute("aria-expanded", "false");
  entry(state.claim.id)?.querySelector("a").focus({ preventScroll: true });
  return true;
}

function reject(reason) {
  const note = $("reason-note").value.trim();
  return decide("reject", { reason, note: note || null });
}

// --- editing and adding ----------------------------------------------------------------------------

function openForm(html, options) {
  closeForm();
  closeReasons();
  $("row-fields").hidden = true;
  document.body.classList.add("edits");
  state.form = new Form($("row-form"), html, options);
  state.form.focus();
}

function closeForm() {
  document.body.classList.remove("edits");
  state.form?.close();
  state.form = null;
  if ($("row-fields")) $("row-fields").hidden = false;
}

async function edit() {
  const claim = state.claim;
  if (!claim) return;
  const answer = await ask(`/claims/${claim.id}/form?${view()}`);
  openForm(answer.html, {
    saved: (changes, note) => decide("correct", { changes, note }),
    left: () => select(claim.id, { focus: true }).catch(complain),
    kept: (values) =>
      view() || ask(`/claims/${claim.id}/draft`, { method: "PUT", body: { values } }).catch(complain),
  });
  if (answer.draft) {
    state.form.restore(answer.draft);
    say("Your edit, as you left it");
  }
}

async function addMissed() {
  if (!state.claim) return;
  const spans = selected() ?? (await pick("Select what was missed", null, state.claim.start ?? 0));
  if (!spans) return;
  paint(spans);
  const kind = await chooseKind();
  if (!kind) return paint([]);
  const { article, schema } = shown;
  const near = state.claim.id;
  const answer = await ask(`/articles/${article}/form?${new URLSearchParams({ schema, kind })}`);
  openForm(answer.html, {
    saved: async (changes, note) => {
      const added = await ask(`/articles/${article}/claims?${state.query}`, {
        method: "POST",
        body: { schema, kind, changes, note },
      });
      place(added, entry(near));
      state.total += 1;
      countRows();
      shown.article = null;
      await select(added.claim.id, { focus: true });
      say("Added");
    },
    left: () => select(near, { focus: true }).catch(complain),
  });
  state.form.set(state.form.lead, spans);
  state.form.fields.find((one) => one !== state.form.lead)?.querySelector("select, input, button")?.focus();
}

function chooseKind() {
  if (shown.kinds.length < 2) return Promise.resolve(shown.kinds[0]?.[0] ?? null);
  const menu = $("kinds-menu");
  menu.replaceChildren(
    ...shown.kinds.map(([kind, label], number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "act";
      button.value = kind;
      const key = document.createElement("kbd");
      key.textContent = number + 1;
      button.append(key, ` ${label}`);
      return button;
    }),
  );
  const dialog = $("kinds");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const byKey = (event) => menu.children[Number(event.key) - 1]?.click();
    menu.onclick = (event) => {
      const button = event.target.closest("button");
      if (button) dialog.close(button.value);
    };
    dialog.addEventListener("keydown", byKey);
    dialog.addEventListener(
      "close",
      () => {
        dialog.removeEventListener("keydown", byKey);
        resolve(dialog.returnValue || null);
      },
      { once: true },
    );
  });
}

// --- what buttons and keys do ----------------------------------------------------------------------

const acts = {
  accept: () => decide("accept"),
  edit,
  resume: edit,
  reject: askReason,
  later: putOff,
  settle: () => decide("settle"),
  take: () => decide("take"),
  undo,
  add: addMissed,
  forget: async () => show(await ask(`/claims/${state.claim.id}/draft`, { method: "DELETE" })),
  "previous-article": () => toArticle(-1),
  "next-article": () => toArticle(1),
  "take-picked": takePicked,
  "leave-picked": leavePicked,
};

function act(name) {
  Promise.resolve(acts[name]()).catch(complain);
}

document.addEventListener("click", (event) => {
  const named = event.target.closest("[data-act]");
  const opens = event.target.closest("[data-open]");
  const row = event.target.closest("[data-claim]");
  const reason = event.target.closest("[data-reason]");
  const piece = event.target.closest(".text .hl");
  if (named) act(named.dataset.act);
  else if (reason) reject(reason.dataset.reason).catch(complain);
  else if (opens) $(opens.dataset.open).showModal();
  else if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  else if (row && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    showQueue(false);
    select(row.dataset.claim, { focus: true }).catch(complain);
  } else if (piece && getSelection().isCollapsed && !state.form && !isPicking()) toClaimOf(piece);
});

// A click on evidence leads to its claim; again on the same place, to the next one there.
function toClaimOf(piece) {
  const ids = piece.dataset.rows.split(" ").map((id) => id.slice(2));
  const next = ids[(ids.indexOf(state.claim?.id) + 1) % ids.length];
  if (next !== state.claim?.id) select(next, { focus: true }).catch(complain);
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  a: () => decide("accept"),
  e: edit,
  x: askReason,
  " ": putOff,
  u: undo,
  m: addMissed,
  "[": () => toArticle(-1),
  "]": () => toArticle(1),
  0: allArticles,
  "/": () => {
    showQueue(true);
    $("words").focus();
    $("words").select();
  },
  p: () => $("export").showModal(),
  "?": () => $("help").showModal(),
};

const isTyping = (element) =>
  element.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (isPicking()) leavePicked();
    else if (closeReasons()) return;
    else if (state.form) state.form.leave();
    else if (isTyping(event.target)) event.target.blur();
    showQueue(false);
    return;
  }
  if (state.form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    state.form.save().catch(complain);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const menu = $("reasons");
  if (menu && !menu.hidden && /^[1-6]$/.test(event.key) && !isTyping(event.target)) {
    event.preventDefault();
    menu.querySelector(`[data-reason][data-key="${event.key}"]`)?.click();
    return;
  }
  if (isTyping(event.target) || isPicking() || state.form || !wantsKeys.checked) return;
  // A button that has the focus keeps its own keys; links do not use the space bar.
  if (event.key === " " && event.target.closest("button, summary, [role=radio], input")) return;
  const done = keys[event.key];
  if (!done) return;
  event.preventDefault();
  Promise.resolve(done()).catch(complain);
});

document.addEventListener("mouseup", (event) => {
  if (!event.target.closest?.("#reading")) return;
  setTimeout(mouseSelected);
});

const wantsKeys = $("shortcuts");
wantsKeys.checked = localStorage.getItem("shortcuts") !== "off";
wantsKeys.addEventListener("change", () => localStorage.setItem("shortcuts", wantsKeys.checked ? "on" : "off"));

// --- filter, views, name, export ---------------------------------------------------------------------

const filter = $("filter");

function filterQuery() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(filter)) if (value.trim()) query.append(name, value.trim());
  return String(query);
}

let typing = 0;

async function refilter(field) {
  if (!(await requery(filterQuery()))) return;
  const again = field === "status" ? filter.querySelector("[name=status]:checked") : filter.elements[field];
  if (again !== document.activeElement) again?.focus?.();
}

filter.addEventListener("input", (event) => {
  if (event.target.id !== "words") return;
  clearTimeout(typing);
  typing = setTimeout(() => refilter("words").catch(complain), 250);
});
filter.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  requery(filterQuery(), { focus: true }).catch(complain);
});
filter.addEventListener("change", (event) => {
  if (event.target.id === "words") return;
  if (event.target.id !== "views") return refilter(event.target.name).catch(complain);
  const { value } = event.target;
  const name = event.target.selectedOptions[0].text;
  if (!value) return;
  requery(value)
    .then(() => {
      $("views").value = value;
      $("drop-view").disabled = false;
      $("drop-view").value = name;
    })
    .catch(complain);
});
filter.addEventListener("click", (event) => {
  if (event.target.id === "all-articles") allArticles().catch(complain);
  else if (event.target.id === "hide-queue") showQueue(false);
  else if (event.target.id === "drop-view") {
    ask(`/views?${new URLSearchParams({ name: event.target.value })}`, { method: "DELETE" })
      .then(() => requery(state.query, { claim: state.claim?.id }))
      .then(() => say("View dropped"))
      .catch(complain);
  }
});

// The values to choose from are counted only when the filter form is opened.
filter.addEventListener(
  "toggle",
  (event) => {
    if (event.target.id !== "more" || !event.target.open || "full" in event.target.dataset) return;
    ask(`/filter?${state.query}`)
      .then((answer) => {
        $("rest").innerHTML = answer.filter;
        $("more").querySelector("summary").focus();
      })
      .catch(complain);
  },
  true,
);

function onSubmit(id, done) {
  // Who is bound to a name has no form for it.
  $(id)?.addEventListener("submit", (event) => {
    event.preventDefault();
    done(new FormData(event.target).get("name").trim())
      .then(() => event.target.closest("dialog").close())
      .catch(complain);
  });
}

onSubmit("who-form", async (name) => {
  const answer = await ask("/reviewer", { method: "PUT", body: { name } });
  $("reviewer").textContent = answer.reviewer;
  say(`Decisions are signed by ${answer.reviewer}`);
});
onSubmit("view-form", async (name) => {
  await ask("/views", { method: "POST", body: { name, query: state.query } });
  await requery(state.query, { claim: state.claim?.id });
  say("View saved");
});
$("export-form").addEventListener("formdata", (event) => {
  if (event.formData.get("filtered")) event.formData.append("query", state.query);
});
$("export-form").addEventListener("submit", () => $("export").close());

function showQueue(wanted) {
  document.body.classList.toggle("shows-queue", wanted);
  $("show-queue").setAttribute("aria-expanded", String(wanted));
}
$("show-queue").addEventListener("click", () => showQueue(!document.body.classList.contains("shows-queue")));

// --- begin -------------------------------------------------------------------------------------------

countRows();
select(start.claim, { focus: true }).catch(complain);
document.documentElement.dataset.ready = "yes";

