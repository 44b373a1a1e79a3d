"use strict";
// Sorting and searching in one page of the index. Without this script it is a plain table.
(() => {
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  function setUp(table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...body.rows];
    const order = new Map(rows.map((row, place) => [row, place]));
    const tools = document.createElement("div");
    tools.className = "tools";

    const search = document.createElement("input");
    search.type = "search";
    search.placeholder = "Search in titles, outlets, sources";
    search.setAttribute("aria-label", "Search in the list");
    const select = document.createElement("select");
    select.setAttribute("aria-label", "Sort by");
    const count = document.createElement("span");
    count.setAttribute("role", "status");

    const option = (value, label) => {
      const made = document.createElement("option");
      made.value = value;
      made.textContent = label;
      select.append(made);
    };
    option("", "In the order of the run");

    function sort(column, down) {
      const keys = new Map();
      const numeric = column >= 0 && heads[column].classList.contains("n");
      for (const row of rows) {
        const words = column < 0 ? "" : row.cells[column].textContent.trim();
        keys.set(row, column < 0 ? order.get(row) : numeric ? (words === "" ? null : Number(words)) : words);
      }
      const compare = (a, b) => {
        const x = keys.get(a), y = keys.get(b);
        const empty = (x === null || x === "") - (y === null || y === "");
        if (empty) return empty; // what is not known stays at the end
        const less = typeof x === "number" ? x - y : collator.compare(x, y);
        return (down ? -less : less) || order.get(a) - order.get(b);
      };
      body.append(...rows.slice().sort(compare));
      heads.forEach((head, place) => {
        if (place === column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      select.value = column < 0 ? "" : column + (down ? "-" : "+");
    }

    heads.forEach((head, column) => {
      const label = head.textContent;
      const numeric = head.classList.contains("n");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      head.textContent = "";
      head.append(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        if (now === null) sort(column, numeric); // numbers: the most first
        else if ((now === "descending") === numeric) sort(column, !numeric);
        else sort(-1, false);
      });
      option(column + (numeric ? "-" : "+"), label + (numeric ? ", most first" : ""));
      option(column + (numeric ? "+" : "-"), label + (numeric ? ", least first" : ", backwards"));
    });

    select.addEventListener("change", () => {
      const value = select.value;
      if (value === "") sort(-1, false);
      else sort(parseInt(value, 10), value.endsWith("-"));
    });

    const words = rows.map((row) => row.textContent.toLowerCase());
    function filter() {
      const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, place) => {
        row.hidden = !wanted.every((word) => words[place].includes(word));
        if (!row.hidden) shown += 1;
      });
      count.textContent = wanted.length ? `${shown} of ${rows.length}` : "";
    }
    search.addEventListener("input", filter);

    tools.append(search, select, count);
    table.before(tools);
    if (search.value) filter();
  }

  for (const table of document.querySelectorAll("table.articles")) setUp(table);
})();
