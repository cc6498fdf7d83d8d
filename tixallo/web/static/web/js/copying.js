// data-copy="ID": puts a field's value into the clipboard, or selects it where there is none (plain http).
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
    select(source);
    tell(button, say("selected"));
  }
});

function select(source) {
  if (source.select) return source.select();
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

function tell(button, sentence) {
  const label = button.querySelector("[data-label]") ?? button;
  button.dataset.was ??= label.textContent;
  label.textContent = sentence;
  announce(sentence);
  setTimeout(() => (label.textContent = button.dataset.was), 2_000);
}
