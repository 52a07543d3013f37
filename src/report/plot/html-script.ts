/**
 * What makes a page's drawing move: plain JavaScript of browsers since 2021. All that a file says is set as text, never as
 * HTML.
 */
export const VIEWER_SCRIPT = `
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const layers = JSON.parse(by("layers").textContent);
  const view = by("view"), svg = view.querySelector("svg"), panel = by("panel"), find = by("find");
  const width = svg.width.baseVal.value, height = svg.height.baseVal.value;
  const boxes = [...svg.querySelectorAll(".box")], edges = [...svg.querySelectorAll(".edge")];
  const words = new Map(boxes.map((box) => [box, box.getAttribute("aria-label").toLowerCase()]));
  let zoom = 1, chosen, hits = [], hit = -1;

  const setZoom = (to, x = view.clientWidth / 2, y = view.clientHeight / 2) => {
    const next = Math.min(8, Math.max(0.02, to));
    const before = svg.getBoundingClientRect(), frame = view.getBoundingClientRect();
    const px = (frame.left + x - before.left) / before.width, py = (frame.top + y - before.top) / before.height;
    zoom = next;
    svg.style.width = width * zoom + "px";
    svg.style.height = height * zoom + "px";
    const after = svg.getBoundingClientRect();
    view.scrollBy(after.left + px * after.width - frame.left - x, after.top + py * after.height - frame.top - y);
    by("size").textContent = (zoom < 0.1 ? (zoom * 100).toFixed(1) : Math.round(zoom * 100)) + " %";
  };
  const fit = () => setZoom(Math.min(view.clientWidth / width, view.clientHeight / height, 1));
  const element = (name, text) => {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  };

  const close = () => {
    panel.hidden = true;
    if (chosen) { chosen.classList.remove("chosen"); chosen.focus(); }
    for (const edge of edges) edge.classList.remove("near");
    chosen = undefined;
  };
  const choose = (box) => {
    if (chosen) chosen.classList.remove("chosen");
    chosen = box;
    box.classList.add("chosen");
    for (const edge of edges) {
      edge.classList.toggle("near", edge.dataset.from === box.id || edge.dataset.to === box.id);
    }
    const { name, className, details } = layers[box.id];
    const button = element("button", "×");
    button.className = "close";
    button.type = "button";
    button.setAttribute("aria-label", "Close");
    button.addEventListener("click", close);
    panel.replaceChildren(button, element("h2", name), element("p", className));
    for (const { heading, rows } of details) {
      const list = document.createElement("dl");
      for (const [term, value] of rows) list.append(element("dt", term), element("dd", value));
      panel.append(element("h3", heading), list);
    }
    panel.hidden = false;
    panel.scrollTop = 0;
  };
  const show = (box) => {
    const at = box.getBoundingClientRect(), frame = view.getBoundingClientRect();
    if (at.left >= frame.left && at.right <= frame.right && at.top >= frame.top && at.bottom <= frame.bottom) return;
    view.scrollBy((at.left + at.right - frame.left - frame.right) / 2, (at.top + at.bottom - frame.top - frame.bottom) / 2);
  };
  const along = (box, forward) => {
    const [own, other] = forward ? ["from", "to"] : ["to", "from"];
    const edge = edges.find(({ dataset }) => dataset[own] === box.id);
    return edge && by(edge.dataset[other]);
  };
  const go = (box) => {
    if (!box) return;
    box.focus({ preventScroll: true });
    if (!panel.hidden) choose(box);
    show(box);
  };

  const search = () => {
    const text = find.value.trim().toLowerCase();
    hits = text === "" ? [] : boxes.filter((box) => words.get(box).includes(text));
    hit = -1;
    svg.classList.toggle("finding", text !== "");
    for (const box of boxes) box.classList.toggle("hit", hits.includes(box));
    by("found").textContent = text === "" ? "" : hits.length + " found";
    if (hits.length > 0) show(hits[0]);
  };
  const next = (step) => {
    if (hits.length === 0) return;
    hit = (hit + step + hits.length) % hits.length;
    by("found").textContent = hit + 1 + " of " + hits.length;
    choose(hits[hit]);
    show(hits[hit]);
  };

  find.addEventListener("input", search);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") { find.value = ""; search(); }
    else return;
    event.preventDefault();
  });
  by("in").addEventListener("click", () => setZoom(zoom * 1.25));
  by("out").addEventListener("click", () => setZoom(zoom / 1.25));
  by("size").addEventListener("click", () => setZoom(1));
  by("fit").addEventListener("click", fit);
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = view.getBoundingClientRect();
    setZoom(zoom * Math.exp(-event.deltaY / 300), event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });

  let drag;
  view.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType === "mouse") drag = { x: event.clientX, y: event.clientY, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const x = event.clientX - drag.x, y = event.clientY - drag.y;
    if (!drag.moved && Math.abs(x) + Math.abs(y) < 4) return;
    view.scrollBy(-x, -y);
    drag = { x: event.clientX, y: event.clientY, moved: true };
    view.classList.add("dragged");
  });
  window.addEventListener("pointerup", () => {
    view.classList.remove("dragged");
    if (drag && drag.moved) setTimeout(() => { drag = undefined; });
    else drag = undefined;
  });
  svg.addEventListener("click", (event) => {
    const box = event.target.closest(".box");
    if (box && !(drag && drag.moved)) choose(box);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target === find || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = event.target.closest ? event.target.closest(".box") : undefined;
    const { key } = event;
    if (box && (key === "Enter" || key === " ")) choose(box);
    else if (box && (key === "ArrowDown" || key === "ArrowRight")) go(along(box, true));
    else if (box && (key === "ArrowUp" || key === "ArrowLeft")) go(along(box, false));
    else if (key === "Escape" && !panel.hidden) close();
    else if (key === "+" || key === "=") setZoom(zoom * 1.25);
    else if (key === "-") setZoom(zoom / 1.25);
    else if (key === "0") setZoom(1);
    else if (key === "f") fit();
    else if (key === "/") find.focus();
    else return;
    event.preventDefault();
  });
  if (width > view.clientWidth) setZoom(Math.max(0.6, view.clientWidth / width), 0, 0);
  view.scrollTo((view.scrollWidth - view.clientWidth) / 2, 0);
})();
`;

/** What the page's policy knows the script by: the SHA-256 of its text. */
export const VIEWER_SCRIPT_HASH = "sha256-XD9PVoy9TrA3RdYBWREPWL8PfojkmwBrEVmaJXQeq0U=";
