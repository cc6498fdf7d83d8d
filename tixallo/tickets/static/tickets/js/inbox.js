// The inbox's list: what is chosen, letters for it, and what is new. Rows stay where they are while the list is open.
import { areOn, isWriting, press } from "../../web/js/shortcuts.js";

const MOST = 100;
const list = () => document.querySelector("[data-list]");
const boxes = () => [...(list()?.querySelectorAll(".inbox-tick") ?? [])];
const said = (element, count) => (count === 1 ? element.dataset.one : element.dataset.other).replace("%s", count);

// ---- What is chosen.

function tell() {
  const chosen = document.getElementById("chosen");
  const count = boxes().filter((box) => box.checked).length;
  if (chosen) chosen.textContent = count ? said(chosen, count) : "";
  for (const box of boxes()) box.disabled = count >= MOST && !box.checked;
}

// With Shift, all from the last one that was pressed to this one.
let pressed = null;

document.addEventListener("click", (event) => {
  if (!event.target.matches(".inbox-tick")) return;
  const all = boxes();
  const [from, to] = [all.indexOf(pressed), all.indexOf(event.target)].sort((one, other) => one - other);
  if (event.shiftKey && from >= 0) {
    for (const box of all.slice(from, to + 1).slice(0, MOST)) box.checked = event.target.checked;
  }
  pressed = event.target;
});
document.addEventListener("change", (event) => event.target.matches(".inbox-tick") && tell());
document.addEventListener("reset", (event) => event.target.id === "bulk" && setTimeout(tell));

document.addEventListener("keydown", (event) => {
  if (!areOn() || event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isWriting(event.target) || document.querySelector("dialog:modal")) return;
  const act = list()?.querySelector(`[data-bulk-key="${CSS.escape(event.key)}"]`);
  if (!act) return;
  const row = event.target.closest?.(".inbox-item");
  // Beside a conversation a letter is meant for it, unless rows are chosen or one has the focus.
  if (!boxes().some((box) => box.checked)) {
    if (!row) return;
    row.querySelector(".inbox-tick").checked = true;
    tell();
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  press(act);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || isWriting(event.target)) return;
  // What is open above the list is closed first, and the choice stays.
  if (document.querySelector("dialog:modal") || !boxes().some((box) => box.checked)) return;
  document.getElementById("bulk").reset();
});

let acted = null;

// Done: nothing is chosen any more, and the rows say at once what became of them.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id !== "bulk" || !event.detail.successful) return;
  const focused = document.activeElement;
  acted = focused.closest?.("#bulk") ? boxes().find((box) => box.checked)?.closest(".inbox-item") : focused.closest?.(".inbox-item");
  document.getElementById("bulk").reset();
  // What has the focus is not replaced, so that the box has it until the row has come.
  acted?.querySelector(".inbox-tick").focus();
  document.dispatchEvent(new Event("poll"));
});

// ---- What is new: tickets that belong here and are not shown wait behind a link.

const arrived = new Set();
let seen = document.getElementById("fresh");

// What stands further down than the rows that are loaded is not new here: it comes with them.
function reaches(place) {
  const last = [...document.querySelectorAll("#rows > .inbox-item")].at(-1)?.dataset.place;
  if (!last || !document.getElementById("more")) return true;
  return document.getElementById("rows").dataset.order === "descending" ? place >= BigInt(last) : place <= BigInt(last);
}

function take() {
  const fresh = document.getElementById("fresh");
  const news = document.getElementById("news");
  if (!fresh || !news) return;
  if (fresh !== seen) {
    seen = fresh;
    if (acted?.contains(document.activeElement)) acted.querySelector(".rows-link").focus();
    acted = null;
    for (const [id, place] of fresh.dataset.fits.split(" ").filter(Boolean).map((each) => each.split(":"))) {
      if (reaches(BigInt(place))) arrived.add(id);
    }
    for (const id of fresh.dataset.leaves.split(" ").filter(Boolean)) arrived.delete(id);
  }
  for (const id of arrived) if (document.getElementById(`ticket-${id}`)) arrived.delete(id);
  const text = arrived.size ? said(news, arrived.size) : "";
  news.hidden = !text && !fresh.dataset.many;
  // Only what differs is written, as each writing calls for this again.
  if (news.firstElementChild.textContent !== text) news.firstElementChild.textContent = text;
}

new MutationObserver(take).observe(document.body, { childList: true, subtree: true });

// A list that goes on shows no ticket twice.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "more") return;
  const page = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  for (const row of page.querySelectorAll(".inbox-row")) if (document.getElementById(row.id)) row.closest("li").remove();
  event.detail.serverResponse = page.documentElement.outerHTML;
});

// ---- The list stays where it was while one ticket after the other is opened.

const place = () => `list:${list()?.querySelector("#news")?.getAttribute("href")}`;
const body = document.getElementById("inbox-body");
if (body) {
  body.scrollTop = Number(sessionStorage.getItem(place()) ?? 0);
  const current = body.querySelector("[aria-current]")?.closest(".inbox-item");
  if (current) {
    const { top, bottom } = current.getBoundingClientRect();
    const frame = body.getBoundingClientRect();
    if (top < frame.top || bottom > frame.bottom) current.scrollIntoView({ block: "center" });
  }
  addEventListener("pagehide", () => sessionStorage.setItem(place(), body.scrollTop));
}
tell();
