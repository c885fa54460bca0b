// Keys and the palette. Pages work without any of this.
"use strict";

const own = (selector) => document.querySelector(selector);
const writes = (target) => target instanceof HTMLElement
  && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)
    || (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type)));

// The chosen item of a list: cases in the queue, posts of a case.
const items = () => [...document.querySelectorAll("[data-item]")].filter((one) => one.offsetParent !== null);
let chosen = null;

function choose(step) {
  const all = items();
  if (!all.length) return;
  const place = all.indexOf(chosen);
  const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(place + step, 0), all.length - 1);
  chosen?.classList.remove("chosen");
  chosen = all[next];
  chosen.classList.add("chosen");
  chosen.scrollIntoView({ block: "nearest" });
  const link = chosen.querySelector("[data-open]");
  if (link) link.focus({ preventScroll: true });
}

function press(element) {
  if (element.matches("a, button")) element.click();
  else if (element.matches("input[type=checkbox], input[type=radio]")) { element.focus(); element.click(); }
  else { element.scrollIntoView({ block: "center" }); element.focus(); }
}

// What went wrong before is told no more once something went well.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const told = own("#problem");
  const pressed = /^(submit|click)$/.test(detail.requestConfig?.triggeringEvent?.type ?? "");
  if (told && detail.xhr.status < 400 && pressed && detail.target !== told) told.replaceChildren();
});

let going = false;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    const sent = form ?? own("#decide");
    const send = sent?.querySelector("button.main") ?? sent?.querySelector("button");
    if (send) { event.preventDefault(); send.click(); }
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Escape" && writes(event.target) && !own("dialog[open]")) {
    // out of a field, back to the keys of the page; the filter is folded away
    const folded = event.target.closest("#filters");
    if (folded) folded.open = false;
    event.target.blur();
    chosen?.querySelector("[data-open]")?.focus({ preventScroll: true });
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || own("dialog[open]")) return;
  if (going) {
    going = false;
    const link = own(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  const keys = {
    j: () => choose(1),
    k: () => choose(-1),
    o: () => chosen?.querySelector("[data-open]")?.click(),
    g: () => { going = true; },
    d: () => own("#decide input, #decide textarea")?.focus(),
    "?": () => own("#keys")?.showModal(),
  };
  const act = keys[event.key];
  const element = act ? null : own(`[data-key="${CSS.escape(event.key)}"]`);
  if (act) { event.preventDefault(); act(); }
  else if (element) { event.preventDefault(); press(element); }
  else if (event.key === "Enter" && chosen && event.target === document.body) chosen.querySelector("[data-open]")?.click();
});

// The palette: whatever can be pressed on this page, by its words.
function openPalette() {
  const dialog = own("#palette");
  if (!dialog || dialog.open) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  const all = [...document.querySelectorAll("main a, main button, nav a, .who button, main [data-key]")]
    .filter((one) => one.offsetParent !== null)
    // What is in a menu that is shut has no inner text.
    .map((one) => [(one.innerText || one.labels?.[0]?.innerText || one.textContent).replace(/\s+/g, " ").trim(), one])
    .filter(([name]) => name);
  let at = 0;
  let found = [];
  const show = () => {
    const sought = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = all.filter(([name]) => sought.every((word) => name.toLowerCase().includes(word))).slice(0, 12);
    at = Math.min(at, Math.max(found.length - 1, 0));
    list.replaceChildren(...found.map(([name, element], place) => {
      const line = document.createElement("li");
      line.id = `palette-${place}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(place === at));
      line.textContent = name;
      line.addEventListener("click", () => { dialog.close(); press(element); });
      return line;
    }));
    if (found.length) input.setAttribute("aria-activedescendant", `palette-${at}`);
    else input.removeAttribute("aria-activedescendant");
  };
  input.value = "";
  input.oninput = () => { at = 0; show(); };
  input.onkeydown = (event) => {
    if (event.key === "ArrowDown") at = Math.min(at + 1, found.length - 1);
    else if (event.key === "ArrowUp") at = Math.max(at - 1, 0);
    else if (event.key === "Enter") {
      event.preventDefault();
      dialog.close();
      if (found[at]) press(found[at][1]);
      return;
    } else return;
    event.preventDefault();
    show();
  };
  show();
  dialog.showModal();
  input.focus();
}

document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest("[data-help], [data-copy], [data-print]") : null;
  if (!pressed) return;
  if (pressed.matches("[data-help]")) own("#keys")?.showModal();
  else if (pressed.matches("[data-print]")) print();
  else navigator.clipboard?.writeText(own(pressed.dataset.copy).innerText).then(() => { pressed.textContent = pressed.dataset.copied; });
});

// The queue: choosing cases by key, claiming the chosen one, and lists that keep up with what happens.
const live = own("[data-live]");
if (live) {
  let last = null; // the row that was chosen for many last: ranges begin there
  let etag = live.dataset.etag;
  let seen = null; // what was answered last, with rows that are not shown yet
  const fresh = own("#fresh");
  const told = own("[data-chosen]");
  const none = told?.textContent;
  const boxes = () => [...live.querySelectorAll("input[name=case]")];
  const rowsIn = (root) => [...root.querySelectorAll("tr[data-item]")];

  const count = () => {
    const number = boxes().filter((one) => one.checked).length;
    if (told) told.textContent = number ? told.dataset.chosen.replace("{n}", number) : none;
  };
  live.addEventListener("change", count);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (writes(event.target) || own("dialog[open]")) return;
    const filters = own("#filters");
    if (event.key === "/" && filters) {
      filters.open = true;
      filters.querySelector("select, input")?.focus();
      event.preventDefault();
    }
    if (!chosen?.isConnected) return;
    const box = chosen.querySelector("input[name=case]");
    if (event.key.toLowerCase() === "x" && box) {
      const all = boxes();
      const from = event.shiftKey && last?.isConnected ? all.indexOf(last) : all.indexOf(box);
      const to = all.indexOf(box);
      const value = event.shiftKey && from !== to ? true : !box.checked;
      for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = value;
      last = box;
      count();
      event.preventDefault();
    } else if (event.key === "c") {
      chosen.querySelector("[data-claim]")?.click();
    }
  });

  // Rows stay where they are: what is in them is renewed, what is gone is struck through, and what is new waits.
  const renew = (page) => {
    const now = new Map(rowsIn(page).map((row) => [row.dataset.item, row]));
    for (const row of rowsIn(live)) {
      const newer = now.get(row.dataset.item);
      row.classList.toggle("gone", !newer);
      if (!newer || newer.innerHTML === row.dataset.html) continue;
      row.dataset.html = newer.innerHTML;
      const checked = row.querySelector("input[name=case]")?.checked;
      const focused = row.contains(document.activeElement);
      row.replaceChildren(...newer.cloneNode(true).childNodes);
      const box = row.querySelector("input[name=case]");
      if (box && checked) box.checked = true;
      window.htmx?.process(row);
      if (focused) row.querySelector("[data-open]")?.focus({ preventScroll: true });
    }
    const there = new Set(rowsIn(live).map((row) => row.dataset.item));
    const added = [...now.keys()].filter((number) => !there.has(number)).length;
    if (fresh) {
      fresh.hidden = !added;
      fresh.textContent = added === 1 ? fresh.dataset.one : fresh.dataset.many.replace("{n}", added);
    }
    for (const tab of page.querySelectorAll("[data-tab]")) {
      const mine = live.querySelector(`[data-tab="${CSS.escape(tab.dataset.tab)}"] [data-count]`);
      if (mine) mine.textContent = tab.querySelector("[data-count]").textContent;
    }
    const due = page.querySelector("[data-due]");
    if (due) live.querySelector("[data-due]")?.replaceChildren(...due.cloneNode(true).childNodes);
    count();
  };

  fresh?.addEventListener("click", () => {
    const checked = new Set(boxes().filter((one) => one.checked).map((one) => one.closest("tr").dataset.item));
    const number = chosen?.dataset.item;
    live.replaceChildren(...seen.cloneNode(true).childNodes);
    window.htmx?.process(live);
    for (const row of rowsIn(live)) row.dataset.html = row.innerHTML;
    for (const box of boxes()) box.checked = checked.has(box.closest("tr").dataset.item);
    chosen = number ? live.querySelector(`tr[data-item="${CSS.escape(number)}"]`) : null;
    chosen?.classList.add("chosen");
    (chosen?.querySelector("[data-open]") ?? live.querySelector("[data-open]"))?.focus({ preventScroll: true });
    fresh.hidden = true;
    count();
  });

  const look = async () => {
    if (document.hidden) return;
    let answer;
    try {
      answer = await fetch(live.dataset.live, { headers: { "If-None-Match": etag, "HX-Request": "true" }, cache: "no-store" });
    } catch {
      return; // the network is away: the next time may do
    }
    if (answer.status === 401 || answer.headers.has("HX-Redirect")) clearInterval(timer);
    if (answer.status !== 200 || !answer.headers.get("ETag")) return;
    etag = answer.headers.get("ETag");
    seen = document.createElement("template");
    seen.innerHTML = await answer.text();
    seen = seen.content;
    renew(seen);
  };
  for (const row of rowsIn(live)) row.dataset.html = row.innerHTML;
  const timer = setInterval(look, Number(live.dataset.every ?? 15) * 1000);
  document.addEventListener("visibilitychange", look);
}
