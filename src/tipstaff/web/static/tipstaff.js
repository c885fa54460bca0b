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

let going = false;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    const send = (form ?? own("#decide"))?.querySelector("button.main, button");
    if (send) { event.preventDefault(); send.click(); }
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
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
    .map((one) => [(one.innerText || one.labels?.[0]?.innerText || "").replace(/\s+/g, " ").trim(), one])
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
  if (event.target instanceof Element && event.target.closest("[data-help]")) own("#keys")?.showModal();
});
