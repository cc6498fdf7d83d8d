// The words that scripts say stand in the page, in the person's language.
const words = document.getElementById("words")?.dataset ?? {};

/** Return the word of this name, with `value` in the place of %s. */
export const say = (name, value = "") => (words[name] ?? "").replace("%s", value);

/** Let screen readers say a sentence when they have a pause. */
export function announce(sentence) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = sentence;
}
