// Passkeys: a form with data-passkey="create" or "get" asks the browser for one and sends what it answers. The challenge
// is made when the button is pressed, at data-challenge.

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    form.hidden = true;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const said = form.querySelector("[data-passkey-error]");
    said.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      // Closed, timed out, or no passkey at hand: the browser has said which.
      said.hidden = false;
    }
  });
}

async function ask(form) {
  const { publicKey } = await challenge(form);
  if (form.dataset.passkey === "create") {
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    };
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}

async function challenge(form) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(form.dataset.challenge, { method: "POST", body, redirect: "manual" });
  // Who they are must be confirmed again first: the page leads there and back.
  if (answer.type === "opaqueredirect") location.reload();
  if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
  return answer.json();
}
