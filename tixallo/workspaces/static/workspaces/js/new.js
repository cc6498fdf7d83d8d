// The form of a new workspace: the browser's time zone goes along, and the address follows the name until it is edited.

for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

const slug = document.querySelector("[data-slug-of]");
const name = slug?.form.elements[slug.dataset.slugOf];

function fromName() {
  const plain = name.value.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 63).replace(/-+$/, "");
}

if (slug && name) {
  let follows = slug.value === "" || slug.value === fromName();
  name.addEventListener("input", () => {
    if (follows) slug.value = fromName();
  });
  slug.addEventListener("input", () => {
    follows = slug.value === "";
  });
}
