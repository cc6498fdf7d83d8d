// data-copy="ID": puts a field's value into the clipboard, or selects it where there is none (plain http).
import { toast } from "./toasts.js";
import { announce, say } from "./words.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text.trim());
    tell(button, say("copied"));
  } catch {
    if (source.type === "hidden") return copyUnseen(text.trim()) ? tell(button, say("copied")) : toast(text.trim());
    select(source);
    tell(button, say("selected"));
  }
});

// What cannot be seen is of no use selected. Browsers still know the way from before there was a clipboard.
function copyUnseen(text) {
  const [field, before] = [document.createElement("textarea"), document.activeElement];
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before.focus();
  return done;
}

function select(source) {
  if (source.select) return source.select();
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

function tell(button, sentence) {
  // The palette also presses what stands in a closed menu.
  if (!button.checkVisibility()) return toast(sentence);
  const label = button.querySelector("[data-label]") ?? button;
  button.dataset.was ??= label.textContent;
  label.textContent = sentence;
  announce(sentence);
  setTimeout(() => (label.textContent = button.dataset.was), 2_000);
}
