// Lists that are walked by letters: data-rows on the list, rows with a .rows-link. j and k move the focus, x ticks the
// row's box; Enter is the link's own.
import { areOn, isWriting } from "./shortcuts.js";

// A table's rows and links say it by an attribute, as the classes would draw them as a list's.
const ROW = ".rows-item, [data-row]";
const ROW_LINK = ".rows-link, [data-row-link]";

document.addEventListener("keydown", (event) => {
  if (!areOn() || event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isWriting(event.target) || document.querySelector("dialog:modal")) return;
  const list = event.target.closest?.("[data-rows]") ?? document.querySelector("[data-rows]");
  if (!list || !list.checkVisibility()) return;
  const step = { j: 1, k: -1 }[event.key];
  // Where the page itself has a next and a previous one (a conversation), those go first.
  if (step && !document.querySelector(`[data-key="${event.key}"]`)) {
    event.preventDefault();
    const links = [...list.querySelectorAll(ROW_LINK)];
    const here = document.activeElement.closest?.(ROW)?.querySelector(ROW_LINK);
    const at = links.indexOf(here ?? list.querySelector("[aria-current]"));
    links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
  }
  if (event.key === "x") {
    const box = document.activeElement.closest?.(ROW)?.querySelector("input[type=checkbox]");
    if (box) {
      event.preventDefault();
      box.click();
    }
  }
});
