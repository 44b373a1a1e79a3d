// The form of a row: what each field is set to, chosen in the article or from its names.

import { paint, selected, text } from "./article.js";
import { Picker } from "./picking.js";
import { words } from "./places.js";
import { say } from "./requests.js";

const picking = document.getElementById("picking");
const strip = document.getElementById("strip");

let picker = null;
let telling = 0;

// Choose a stretch by keyboard or mouse; resolves to spans or null. One at a time.
export async function pick(what, span, place) {
  picker?.leave();
  picker = new Picker(text(), (chosen) => {
    clearTimeout(telling);
    telling = setTimeout(() => (document.getElementById("said").textContent = chosen), 250);
  });
  document.getElementById("picking-what").textContent = what;
  picking.hidden = false;
  strip.hidden = true;
  const found = await picker.pick(span, place);
  clearTimeout(telling);
  picking.hidden = true;
  strip.hidden = false;
  picker = null;
  return found;
}

export const isPicking = () => picker !== null;
export const takePicked = () => picker?.take();
export const leavePicked = () => picker?.leave();

// Called when the mouse has selected words: gives them to a field that waits for some. Returns
// whether one did.
export function mouseSelected() {
  const spans = selected();
  if (!spans) return false;
  if (picker) {
    picker.set([spans[0][0], spans.at(-1)[1]]);
    return true;
  }
  const field = current?.active;
  if (!field) return false;
  current.set(field, spans);
  return true;
}

let current = null;

export class Form {
  // `host` gets the form; `saved(changes, note)` and `left()` are called at its end, `kept(values)`
  // at every change.
  constructor(host, html, { saved, left, kept }) {
    Object.assign(this, { host, saved, left, kept });
    host.innerHTML = html;
    host.hidden = false;
    this.form = host.querySelector("form");
    this.fields = [...this.form.querySelectorAll("fieldset")];
    this.values = new Map(); // field -> [{text, change, spans}]
    this.touched = new Set();
    for (const field of this.fields) {
      this.values.set(field, JSON.parse(field.dataset.values));
      this.draw(field);
      this.choose(field);
    }
    this.lead = this.fields.find((one) => "leads" in one.dataset);
    this.activate(this.lead ?? null);
    this.form.addEventListener("click", (event) => this.clicked(event));
    this.form.addEventListener("input", (event) => this.changed(event));
    this.form.addEventListener("focusin", (event) => {
      const field = event.target.closest("fieldset");
      if (field && this.selects(field)) this.activate(field);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    current = this;
  }

  selects(field) {
    return field.dataset.control === "spans" || field.dataset.control === "span";
  }

  activate(field) {
    this.active = field;
    for (const one of this.fields) one.classList.toggle("active", one === field);
    this.show();
  }

  show() {
    paint(this.active ? this.values.get(this.active).flatMap((value) => value.spans ?? []) : []);
  }

  draw(field) {
    const values = this.values.get(field);
    const { control } = field.dataset;
    const parts = field.querySelector(".parts");
    if (this.selects(field)) {
      parts.replaceChildren(
        ...(values.length ? values : [null]).map((value, number) => {
          const box = document.createElement("div");
          box.className = value ? "stretch" : "stretch empty";
          box.textContent = value ? value.text : "none: select it in the article";
          box.dir = "auto";
          if (value && "many" in field.dataset) box.append(this.remover(field, number));
          return box;
        }),
      );
    } else if (control === "name") {
      const shown = values.length || "many" in field.dataset ? values : [{ change: null }];
      parts.replaceChildren(...shown.map((value, number) => this.nameBox(field, value, number)));
    } else {
      const input = field.querySelector("select, input, textarea");
      const value = values[0]?.change;
      input.value = value === true ? "true" : value === false ? "false" : value ?? "";
      if ("many" in field.dataset) input.value = values.map((each) => each.change).join("\n");
    }
  }

  // A choice that the schema requires shows its first value; then that is what is saved.
  choose(field) {
    const select = field.querySelector("select");
    if (field.dataset.control !== "choice" || select.value || select.options[0]?.value === "") return;
    select.selectedIndex = 0;
    this.values.set(field, [{ text: select.value, change: select.value }]);
    this.touched.add(field);
  }

  remover(field, number) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "act quiet";
    button.textContent = "×";
    button.setAttribute("aria-label", "Remove");
    button.addEventListener("click", () => {
      this.values.get(field).splice(number, 1);
      this.touch(field);
      this.draw(field);
    });
    return button;
  }

  nameBox(field, value, number) {
    const box = field.querySelector("template").content.firstElementChild.cloneNode(true);
    const [select, input] = box.children;
    const change = value.change;
    select.value = change?.entity ?? value.entity ?? (change?.name ? "+" : "");
    if (select.value === "+") {
      input.hidden = false;
      input.value = change.name;
    }
    const set = () => {
      const typed = select.value === "+";
      input.hidden = !typed;
      const told = typed
        ? input.value.trim() && { name: input.value.trim() }
        : select.value && { entity: select.value };
      this.values.get(field)[number] = { text: select.selectedOptions[0]?.text ?? "", change: told || null };
      this.touch(field);
    };
    select.addEventListener("change", () => {
      set();
      if (select.value === "+") input.focus();
    });
    input.addEventListener("input", set);
    if ("many" in field.dataset) box.append(this.remover(field, number));
    return box;
  }

  async clicked(event) {
    const button = event.target.closest("button");
    const field = event.target.closest("fieldset");
    if (!button) return;
    if ("cancel" in button.dataset) this.leave();
    else if ("clear" in button.dataset) {
      this.values.set(field, []);
      this.touch(field);
      this.draw(field);
      this.activate(field);
    } else if ("further" in button.dataset && field.dataset.control === "name") {
      this.values.get(field).push({ text: "", change: null });
      this.draw(field);
      field.querySelector(".parts").lastElementChild.firstElementChild.focus();
    } else if ("pick" in button.dataset || "further" in button.dataset) {
      this.activate(field);
      const spans = this.values.get(field).flatMap((value) => value.spans ?? []);
      const near = spans.at(-1) ?? this.values.get(this.lead)?.flatMap((v) => v.spans ?? []).at(-1);
      const further = "further" in button.dataset;
      const start = further || !spans.length ? null : [spans[0][0], spans.at(-1)[1]];
      const label = field.querySelector("legend").firstChild.textContent;
      const found = await pick(`Select: ${label}`, start, near ? (further ? near[1] : near[0]) : 0);
      if (found) this.set(field, found, further);
      button.focus();
    }
  }

  // Words were selected for a field.
  set(field, spans, further = false) {
    const root = text();
    const old = this.values.get(field);
    const many = "many" in field.dataset;
    let chosen = spans;
    if (field.dataset.control === "spans") {
      if (further) chosen = [...old.flatMap((value) => value.spans), ...spans].sort((a, b) => a[0] - b[0]);
      const value = { text: words(root, chosen), change: { spans: chosen }, spans: chosen };
      this.values.set(field, [value]);
    } else {
      chosen = [[spans[0][0], spans.at(-1)[1]]];
      const [start, end] = chosen[0];
      const value = { text: words(root, spans), change: { start, end }, spans: chosen };
      this.values.set(field, many ? [...old, value] : [value]);
    }
    this.touch(field);
    this.draw(field);
    this.activate(field);
    say(`Selected: ${words(root, chosen).slice(0, 120)}`);
  }

  changed(event) {
    const field = event.target.closest("fieldset");
    if (!field || this.selects(field) || field.dataset.control === "name") return;
    const value = event.target.value;
    const lines = "many" in field.dataset ? value.split("\n").filter((line) => line.trim()) : [value];
    this.values.set(field, value === "" ? [] : lines.map((each) => ({ text: each, change: each })));
    this.touch(field);
  }

  touch(field) {
    this.touched.add(field);
    field.querySelector(".wrong").hidden = true;
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.kept?.(this.draft()), 500);
  }

  draft() {
    return Object.fromEntries([...this.touched].map((field) => [field.dataset.key, this.values.get(field)]));
  }

  restore(values) {
    for (const field of this.fields) {
      if (!(field.dataset.key in values)) continue;
      this.values.set(field, values[field.dataset.key]);
      this.touched.add(field);
      this.draw(field);
    }
    this.show();
  }

  changes() {
    const found = {};
    for (const field of this.touched) {
      const values = this.values.get(field).map((value) => value.change);
      const given = values.filter((value) => value !== null && value !== "");
      const { control } = field.dataset;
      const typed = control === "number" ? given.map((value) => number(value)) : given;
      found[field.dataset.key] = "many" in field.dataset ? typed : typed[0] ?? null;
    }
    return found;
  }

  async save() {
    clearTimeout(this.keeping);
    for (const wrong of this.form.querySelectorAll(".wrong")) wrong.hidden = true;
    const note = this.form.elements.note.value.trim();
    try {
      await this.saved(this.changes(), note || null);
    } catch (error) {
      if (error.error?.code !== "refused") throw error;
      this.wrong(error.error.field, error.message);
    }
  }

  wrong(key, message) {
    const field = this.fields.find((one) => one.dataset.key === key);
    const place = field?.querySelector(".wrong") ?? this.form.querySelector("#form-wrong");
    place.textContent = message;
    place.hidden = false;
    say(message, true);
    (field ?? this.form).querySelector("button, select, input, textarea")?.focus();
  }

  leave() {
    clearTimeout(this.keeping);
    if (this.touched.size) this.kept?.(this.draft());
    this.close();
    this.left();
  }

  close() {
    picker?.leave();
    clearTimeout(this.keeping);
    paint([]);
    this.host.hidden = true;
    this.host.replaceChildren();
    if (current === this) current = null;
  }

  focus() {
    this.form.querySelector("fieldset button, fieldset select, fieldset input, fieldset textarea")?.focus();
  }
}

function number(value) {
  const found = Number(String(value).replaceAll(",", ""));
  return String(value).trim() === "" || Number.isNaN(found) ? value : found;
}
