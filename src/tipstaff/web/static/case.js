// The page of a case: rules beside what was found, what is chosen, and what was written when it has moved on.
// The page works without any of this.
"use strict";

const page = document;
const decide = page.querySelector("#decide");

// A rule is shown beside the passage that it was found in; without a script its link leads to it.
const shown = page.querySelector("#shown");
let rule = null;

page.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a.to[href^='#']") : null;
  if (!link || !shown?.showPopover) return;
  const told = page.querySelector(link.getAttribute("href"));
  if (!told) return;
  event.preventDefault();
  if (rule === link) { rule = null; shown.hidePopover(); return; }
  shown.replaceChildren(...[...told.cloneNode(true).childNodes]);
  if (!shown.matches(":popover-open")) shown.showPopover();
  const place = link.getBoundingClientRect();
  const width = shown.offsetWidth;
  const below = place.bottom + shown.offsetHeight + 12 < innerHeight;
  shown.style.left = `${Math.max(8, Math.min(place.left, innerWidth - width - 8))}px`;
  shown.style.top = `${below ? place.bottom + 6 : Math.max(8, place.top - shown.offsetHeight - 6)}px`;
  rule = link;
});
shown?.addEventListener("toggle", (event) => {
  if (event.newState === "closed") { const from = rule; rule = null; from?.focus({ preventScroll: true }); }
});

// What is chosen in posts belongs to the form beside: it hears of it, and so does the preview.
function picked() {
  const output = page.querySelector("#picked");
  if (!output) return;
  const count = page.querySelectorAll("[data-pick]:checked").length;
  output.textContent = count === 0 ? "" : count === 1 ? output.dataset.one : output.dataset.many.replace("#", count);
}

page.addEventListener("change", (event) => {
  if (!(event.target instanceof Element) || !decide) return;
  if (event.target.matches("[data-pick]")) {
    picked();
    decide.dispatchEvent(new Event("change"));
  }
});

// The next rungs of the ladder by one key: what was chosen before is chosen no more.
page.querySelector("[data-ladder]")?.addEventListener("click", (event) => {
  const { ladder, days } = event.currentTarget.dataset;
  const kinds = ladder.split(" ");
  for (const one of decide.querySelectorAll("[name=measure]")) one.checked = !one.disabled && kinds.includes(one.value);
  decide.querySelector("[name=days]").value = days;
  const every = decide.querySelector("[name=every]");
  if (every) every.checked = kinds.includes("block_content");
  decide.dispatchEvent(new Event("change"));
});

// Whoever writes reasons of their own takes none from a template.
decide?.querySelector("[name=reasons]")?.addEventListener("input", (event) => {
  if (event.target.value) for (const one of decide.querySelectorAll("[name=template]")) one.checked = false;
});
// x chooses the post where one is.
page.addEventListener("keydown", (event) => {
  if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  page.querySelector("[data-item].chosen [data-pick]")?.click();
});

// Evidence that is there opens what was shut before.
page.addEventListener("htmx:afterSwap", (event) => {
  if (page.querySelector("#evidence [data-opened]")) {
    for (const one of page.querySelectorAll("[data-shut]")) {
      one.disabled = false;
      one.closest("label")?.classList.remove("shut");
    }
    page.querySelector("#shut")?.remove();
  }
  const target = event.detail?.target;
  if (target?.id === "evidence") {
    const heading = target.querySelector("h2");
    if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
  }
  if (target?.id === "problem") target.scrollIntoView({ block: "nearest" });
  copying();
});

// What was wrong is told until something is chosen anew: a preview that comes late does not wipe it away.
decide?.addEventListener("change", () => page.querySelector("#problem")?.replaceChildren());

// How long a decision can be taken back.
for (const one of page.querySelectorAll(".countdown")) {
  const left = Number(one.dataset.until) - Number(one.dataset.now);
  const began = performance.now();
  const tick = setInterval(() => {
    const rest = Math.max(0, Math.round(left - (performance.now() - began) / 1000));
    one.textContent = String(rest);
    if (rest === 0) {
      clearInterval(tick);
      const button = one.closest("section")?.querySelector("[value=take-back]");
      if (button) button.disabled = true;
    }
  }, 1000);
}

// A link that is shown once is copied by a button.
function copying() {
  for (const one of page.querySelectorAll("[data-copy]")) one.hidden = false;
}
page.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  const address = button?.parentElement?.querySelector("input");
  if (address) { address.select(); navigator.clipboard?.writeText(address.value); }
});
copying();

// Whoever comes back to a page hears whether the case has moved on meanwhile.
page.addEventListener("visibilitychange", () => {
  const moved = page.querySelector("#moved");
  if (moved && page.visibilityState === "visible") moved.dispatchEvent(new Event("seen"));
});

// What was written stays when the page is loaded again: words alone, for nothing is chosen beforehand.
const name = (what) => `${location.pathname} ${what}`;
function keep(what, value) { try { sessionStorage.setItem(name(what), value); } catch { /* then not */ } }

function keepAll() {
  for (const one of page.querySelectorAll("main textarea[name]")) if (one.value) keep(`${one.form?.getAttribute("action")} ${one.name}`, one.value);
}

page.addEventListener("click", (event) => {
  const again = event.target instanceof Element ? event.target.closest("[data-again], .problem a[href='']") : null;
  if (!again) return;
  event.preventDefault();
  keepAll();
  location.reload();
});

// Nor does it go with a login that has ended meanwhile: whoever logs in again comes back to it.
page.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")?.startsWith("/login?")) keepAll();
});
for (const one of page.querySelectorAll("main textarea[name]")) {
  const what = name(`${one.form?.getAttribute("action")} ${one.name}`);
  let before = null;
  try { before = sessionStorage.getItem(what); sessionStorage.removeItem(what); } catch { /* then not */ }
  if (before && !one.value) one.value = before;
}
