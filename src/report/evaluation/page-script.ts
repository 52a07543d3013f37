/**
 * What makes the page's tables answer: plain JavaScript of browsers since 2022. All that a file says is set as text, never
 * as HTML.
 */
export const REPORT_SCRIPT = `
"use strict";
(() => {
  const { classes, cells, samples, pictures } = JSON.parse(document.getElementById("data").textContent);
  const dialog = document.querySelector("dialog");
  const title = dialog.querySelector("h3"), note = dialog.querySelector("p"), list = dialog.querySelector("ul");
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const card = (sample) => {
    const [name, confidence] = samples[sample] ?? ["", 0];
    const item = element("li"), figure = element("figure"), caption = element("figcaption", name);
    const source = pictures[sample];
    if (source) {
      const image = element("img");
      image.src = source;
      image.alt = name;
      image.loading = "lazy";
      figure.append(image);
    } else figure.append(element("span", "no picture", "none"));
    caption.append(element("br"), element("small", (confidence * 100).toFixed(1) + " % sure"));
    figure.append(caption);
    item.append(figure);
    return item;
  };
  document.querySelector(".matrix").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const [truth, said] = button.dataset.cell.split(",").map(Number);
    const [count, shown] = cells[button.dataset.cell];
    title.textContent = truth === said ? classes[truth] + ", and right" : classes[truth] + ", taken for " + classes[said];
    note.textContent = count === shown.length ? count + (count === 1 ? " picture" : " pictures") : shown.length + " of " + count + " pictures, the surest first";
    list.replaceChildren(...shown.map(card));
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest(".close")) dialog.close();
  });
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    heads.forEach((head, column) => head.addEventListener("click", () => {
      const up = head.ariaSort === "descending" || (head.ariaSort === null && column === 0);
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const rows = [...body.rows].sort((a, b) => column === 0 ? key(a).localeCompare(key(b)) : key(a) - key(b));
      body.replaceChildren(...(up ? rows : rows.reverse()));
    }));
  }
})();
`;

/** What the page's policy allows to run: this script alone. */
export const REPORT_SCRIPT_HASH = "sha256-4Db8aZu37/+IHfDYID7iO5kp5arWoIUh/FLDK0sNu4Q=";
