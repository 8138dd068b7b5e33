// Ways in beside name and password: a passkey of a device, and an OpenID provider of another site.

import assert from "node:assert/strict";
import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { comeIn, healthy, launch, start } from "./service.mjs";

const password = "four knights and a rook";
let service, browser, provider, site, folder;

/** A port that is free a moment later. */
function freePort() {
  return new Promise((done) => {
    const socket = createSocket();
    socket.listen(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => done(port));
    });
  });
}

const base64 = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** What a stranger may name a device, or an account elsewhere. */
const foreign = "\u202e<img src=//x.example>";

/** A provider that lets everybody in as `subject`, and checks what a client must show. */
async function startProvider() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const codes = new Map();
  const self = { subject: `amal-at-the-league ${foreign}`, audience: "basira", wrongNonce: false };
  const server = createServer((request, response) => {
    const url = new URL(request.url, self.issuer);
    const json = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (url.pathname === "/.well-known/openid-configuration") {
      json(200, {
        issuer: self.issuer,
        authorization_endpoint: `${self.issuer}/authorize`,
        token_endpoint: `${self.issuer}/token`,
        jwks_uri: `${self.issuer}/keys`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      });
    } else if (url.pathname === "/keys") {
      json(200, { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "RS256" }] });
    } else if (url.pathname === "/authorize") {
      assert.equal(url.searchParams.get("client_id"), "basira");
      assert.equal(url.searchParams.get("code_challenge_method"), "S256");
      const code = `code-${codes.size}`;
      codes.set(code, { challenge: url.searchParams.get("code_challenge"), nonce: url.searchParams.get("nonce") });
      const back = new URL(url.searchParams.get("redirect_uri"));
      back.searchParams.set("code", code);
      back.searchParams.set("state", url.searchParams.get("state"));
      response.writeHead(302, { location: back.href }).end();
    } else if (url.pathname === "/token") {
      let text = "";
      request.on("data", (piece) => { text += piece; });
      request.on("end", () => {
        const form = new URLSearchParams(text);
        const known = codes.get(form.get("code"));
        codes.delete(form.get("code"));
        const shown = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
        const client = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
        if (!known || known.challenge !== shown || client !== "basira:a-secret") return json(400, { error: "invalid_grant" });
        const now = Math.floor(Date.now() / 1000);
        const claims = { iss: self.issuer, sub: self.subject, name: foreign, email: `${foreign}@league.example`, preferred_username: foreign, aud: self.audience, iat: now, exp: now + 300, nonce: self.wrongNonce ? "other" : known.nonce };
        const head = `${base64({ alg: "RS256", kid: "one" })}.${base64(claims)}`;
        const signature = createSign("RSA-SHA256").update(head).sign(privateKey, "base64url");
        return json(200, { access_token: "none", token_type: "Bearer", id_token: `${head}.${signature}` });
      });
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  self.issuer = `http://127.0.0.1:${server.address().port}`;
  self.stop = () => server.close();
  return self;
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "basira-sign-in-"));
  writeFileSync(join(folder, "secret"), "a-secret\n");
  provider = await startProvider();
  const port = await freePort();
  site = `http://localhost:${port}`;
  service = await start("--listen", `127.0.0.1:${port}`, "--console-url", site, "--oidc-issuer", provider.issuer,
    "--oidc-client", "basira", "--oidc-secret", join(folder, "secret"), "--oidc-name", "League");
  browser = await launch(chromium);
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await service?.stop();
  provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options = {}) {
  const context = await browser.newContext({ locale: "en", ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => { if (message.type() === "error" && /policy|Trusted/i.test(message.text())) wrong.push(message.text()); });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => { if (new URL(request.url()).hostname === "x.example") wrong.push(request.url()); });
  return { page, wrong };
}

/** That nothing of what strangers named is shown as anything but text, or turns the text around it. */
async function harmless(page, isShown) {
  const text = await page.locator("main").innerText();
  assert.ok(!text.includes("\u202e"));
  assert.equal(await page.locator("main img").count(), 0);
  if (isShown) assert.ok(text.includes("<img") && text.includes("U+202E"), text);
}

/** A device with a passkey store of its own, whose owner shows who they are. */
async function device(page, presence = true) {
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  const { authenticatorId } = await client.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: presence, automaticPresenceSimulation: true },
  });
  return { client, authenticatorId };
}

test("a passkey is made, opens the console without a password, and opens nothing when it was taken away", { timeout: 60_000 }, async () => {
  const { page, wrong } = await open();
  const { client, authenticatorId } = await device(page);
  const link = new URL(service.link);
  await comeIn(page, site + link.pathname, password);
  await page.goto(`${site}/console/account`);
  await page.locator("#passkey-name").fill(`laptop ${foreign}`);
  await page.locator("#passkey-password").fill("not my password");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("alert").waitFor();
  await page.goto(`${site}/console/account`);
  await page.locator("#passkey-name").fill(`laptop ${foreign}`);
  await page.locator("#passkey-password").fill(password);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.waitForURL(/account$/);
  await page.getByText("not used yet").waitFor();
  await healthy(page, "account");
  await harmless(page, true);
  const { credentials } = await client.send("WebAuthn.getCredentials", { authenticatorId });
  assert.equal(credentials.length, 1);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(/queue/);

  // What was shown once is no answer to another question.
  const [request] = await Promise.all([
    page.waitForRequest((request) => request.url().endsWith("/console/passkey/shown")),
    (async () => {
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    })(),
  ]);
  await page.waitForURL(/queue/);
  const again = await fetch(`${site}/console/passkey/shown`, {
    method: "POST", redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: site, "sec-fetch-site": "same-origin" },
    body: request.postData(),
  });
  assert.equal(again.status, 403);

  await page.goto(`${site}/console/account`);
  await page.getByRole("button", { name: /Remove laptop/ }).click();
  await page.waitForURL(/account$/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByText("this passkey opens nothing here").waitFor();
  assert.deepEqual(wrong, []);
  await page.context().close();
});

test("a device that has no passkey says so, in Arabic too", async () => {
  const { page } = await open({ locale: "ar" });
  await device(page);
  await page.goto(`${site}/console/sign-in`);
  await healthy(page, "sign-in");
  await page.getByRole("button", { name: "تسجيل الدخول بمفتاح مرور" }).click();
  await page.locator("#passkey-failed").waitFor({ state: "visible" });
  await healthy(page, "passkey");
  await page.context().close();
});

test("an account at a provider opens the console when it was linked, and nothing else does", { timeout: 60_000 }, async () => {
  const { page, wrong } = await open();
  await page.goto(`${site}/console/sign-in`);
  // Whom nobody has linked comes in by no door.
  await page.locator("#provider").click();
  await page.getByText("nobody's here").waitFor();
  await page.goto(`${site}/console/sign-in`);
  await page.locator("#name").fill("administrator");
  await page.locator("#password").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL(/queue/);
  await page.goto(`${site}/console/account`);
  await page.locator("#identity-password").fill(password);
  await page.getByRole("button", { name: "Link it" }).click();
  await healthy(page, "provider");
  await page.locator("#onward").click();
  await page.waitForURL(/console\/account$/);
  await page.getByText("Your account there is linked").waitFor();
  for (const path of ["account", "people", "log"]) {
    await page.goto(`${site}/console/${path}`);
    await harmless(page, false);
  }
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#provider").click();
  await page.waitForURL(/queue/);

  // A token that was made for another sign-in, or for another service, or for somebody else.
  await page.getByRole("button", { name: "Sign out" }).click();
  for (const [change, words] of [
    [{ wrongNonce: true }, "the provider cannot be asked"],
    [{ audience: "another" }, "the provider cannot be asked"],
    [{ subject: "somebody-else" }, "nobody's here"],
  ]) {
    const before = { ...provider };
    Object.assign(provider, change);
    await page.goto(`${site}/console/sign-in`);
    await page.locator("#provider").click();
    await page.getByText(words).waitFor();
    Object.assign(provider, before);
  }
  // A code that another browser was given is of no use here.
  await page.goto(`${site}/console/oidc/callback?state=abc&code=code-0`);
  await page.getByText("nobody was sent to the provider from this browser").waitFor();
  assert.deepEqual(wrong, []);
  await page.context().close();
});
