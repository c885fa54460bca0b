// Passkeys: adding one on one's own page, and logging in with one. Everything else there works without this.
"use strict";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const toText = (data) => btoa(String.fromCharCode(...new Uint8Array(data))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const isAble = () => "PublicKeyCredential" in window && isSecureContext;

// What was asked of the server, or the words in which it has refused.
async function asked(path, body) {
  const token = document.querySelector("meta[name=csrf]")?.content;
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token ? { "X-CSRF-Token": token } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.detail || told.title);
  return told;
}

class Refused extends Error {}

async function add(form) {
  const { name, password, code } = form.elements;
  const options = await asked("/v1/me/passkeys/begin", { password: password.value, code: code?.value.trim() ?? "" });
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: toBytes(one.id) })),
    },
  });
  await asked("/v1/me/passkeys", {
    name: name.value.trim(),
    credential: {
      rawId: toText(made.rawId),
      response: {
        clientDataJSON: toText(made.response.clientDataJSON),
        attestationObject: toText(made.response.attestationObject),
      },
    },
  });
  location.assign("/me?done=passkey");
}

async function logIn(form) {
  const options = await asked("/v1/login/passkey/begin");
  const shown = await navigator.credentials.get({ publicKey: { ...options, challenge: toBytes(options.challenge) } });
  await asked("/v1/login/passkey/finish", {
    rawId: toText(shown.rawId),
    response: {
      clientDataJSON: toText(shown.response.clientDataJSON),
      authenticatorData: toText(shown.response.authenticatorData),
      signature: toText(shown.response.signature),
      userHandle: toText(shown.response.userHandle ?? new ArrayBuffer(0)),
    },
  });
  location.assign(form.elements.back.value);
}

const ways = { add, login: logIn };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const told = form.querySelector("[data-told]");
  if (!isAble()) {
    if (form.dataset.unable) told.textContent = form.dataset.unable;
    continue;
  }
  form.classList.remove("later");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    told.textContent = "";
    try {
      await ways[form.dataset.passkey](form);
    } catch (error) {
      if (error instanceof Refused) told.textContent = error.message;
      else told.textContent = error instanceof DOMException ? form.dataset.cancelled : form.dataset.failed;
      button.disabled = false;
    }
  });
}
