// The inbox's list: what is chosen, letters for it, and what is new. Rows stay where they are while the list is open.
import { areOn, isWriting, press } from "../../web/js/shortcuts.js";

const MOST = 100;
const list = () => document.getElementById("list");
const boxes = () => [...(list()?.querySelectorAll(".inbox-tick") ?? [])];
const said = (element, count) => (count === 1 ? element.dataset.one : element.dataset.other).replace("%s", count);

// ---- What is chosen.

function tell() {
  const chosen = document.getElementById("chosen");
  const count = boxes().filter((box) => box.checked).length;
  if (chosen) chosen.textContent = count ? said(chosen, count) : "";
  for (const box of boxes()) box.disabled = count >= MOST && !box.checked;
}

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
  if (event.key === "Escape" && !event.defaultPrevented && boxes().some((box) => box.checked) && !isWriting(event.target)) {
    document.getElementById("bulk").reset();
  }
});

// Done: nothing is chosen any more, and the rows say at once what became of them.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id !== "bulk" || !event.detail.successful) return;
  const focused = document.activeElement.closest?.("#bulk") ? boxes().find((box) => box.checked) : null;
  document.getElementById("bulk").reset();
  focused?.closest(".inbox-item").querySelector(".rows-link").focus();
  document.dispatchEvent(new Event("poll"));
});

// ---- What is new: tickets that belong here and are not shown wait behind a link.

const arrived = new Set();
let seen = document.getElementById("fresh");

function take() {
  const fresh = document.getElementById("fresh");
  const news = document.getElementById("news");
  if (!fresh || !news) return;
  if (fresh !== seen) {
    seen = fresh;
    for (const id of fresh.dataset.fits.split(" ").filter(Boolean)) arrived.add(id);
    for (const id of fresh.dataset.leaves.split(" ").filter(Boolean)) arrived.delete(id);
  }
  for (const id of arrived) if (document.getElementById(`ticket-${id}`)) arrived.delete(id);
  const count = arrived.size;
  news.hidden = !count && !fresh.dataset.many;
  if (!news.hidden) news.firstElementChild.textContent = count ? said(news, count) : "";
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
