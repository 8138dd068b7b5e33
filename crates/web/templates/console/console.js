// What makes the console quicker. Every page works without it.
"use strict";
(() => {
  const on = () => {
    try { return localStorage.getItem("shortcuts") !== "off"; } catch { return true; }
  };
  const visible = (element) => element.getClientRects().length > 0;
  const help = document.getElementById("help");
  const openHelp = () => { if (help && !help.open) help.showModal(); };
  const button = document.getElementById("help-open");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", openHelp);
  }
  const box = document.getElementById("help-on");
  if (box) {
    box.checked = on();
    box.addEventListener("change", () => {
      try { localStorage.setItem("shortcuts", box.checked ? "on" : "off"); } catch { /* it holds for this page only */ }
    });
  }

  // What somebody has moved elsewhere: what is pressed, and what it stands for. The key that it had does nothing then.
  const moved = new Map();
  const left = new Set();
  for (const pair of (document.querySelector('meta[name="keys"]')?.content ?? "").split(" ").filter(Boolean)) {
    const [pressed, meant] = pair.split("=");
    moved.set(pressed, meant);
    left.add(meant);
  }
  const meaning = (code) => moved.get(code) ?? (left.has(code) ? "" : code);

  // Keys are known by their position, so that they are the same on an Arabic keyboard.
  const move = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (rows.length === 0) return;
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[next].focus();
  };
  const typing = (target) =>
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit"].includes(target.type));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !on()) return;
    if (typing(event.target) || (help && help.open)) return;
    if (event.key === "?" || event.key === "؟" || (event.code === "Slash" && event.shiftKey)) {
      event.preventDefault();
      openHelp();
      return;
    }
    if (event.shiftKey) return;
    const code = meaning(event.code);
    if (code === "KeyJ" || code === "KeyK") {
      event.preventDefault();
      move(code === "KeyJ" ? 1 : -1);
      return;
    }
    const found = [...document.querySelectorAll("[data-key]")]
      .find((element) => element.dataset.key === code && visible(element));
    if (!found) return;
    event.preventDefault();
    found.focus();
    found.click();
  });

  // Whoever has a case shows that they are there; whoever has lost it is told.
  const alive = document.querySelector("form[data-alive]");
  if (alive) {
    const tell = async () => {
      try {
        const body = new URLSearchParams(new FormData(alive));
        const answer = await fetch(alive.action, { method: "POST", body, credentials: "same-origin" });
        if (answer.status === 409) {
          document.getElementById("lost").hidden = false;
          clearInterval(beat);
        }
      } catch { /* the next one may come through */ }
    };
    const beat = setInterval(tell, 60000);
  }

  // A passkey is asked for at once, and again by a button.
  const ceremony = document.querySelector("form[data-passkey]");
  if (ceremony) {
    const again = document.getElementById("passkey-again");
    const failed = document.getElementById("passkey-failed");
    const wait = document.getElementById("passkey-wait");
    const ask = async () => {
      again.hidden = failed.hidden = true;
      wait.hidden = false;
      try {
        const asked = JSON.parse(ceremony.dataset.question);
        const question = asked.publicKey || asked;
        const answer = ceremony.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) });
        ceremony.elements.answer.value = JSON.stringify(answer.toJSON());
        ceremony.submit();
      } catch {
        wait.hidden = true;
        again.hidden = failed.hidden = false;
        again.focus();
      }
    };
    again.addEventListener("click", ask);
    ask();
  }

  // How long something can still be undone.
  for (const element of document.querySelectorAll("[data-until]")) {
    const until = Date.parse(element.dataset.until);
    const words = element.textContent;
    const count = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      element.textContent = left > 0 ? `${words} (${left})` : words;
      if (left <= 0) clearInterval(ticking);
    };
    const ticking = setInterval(count, 1000);
    count();
  }
})();
