// Requests to the server, and messages to the user: on the page, and for screen readers.

export class Failure extends Error {
  constructor(status, error) {
    super(error?.message ?? "The server gave no answer that this page understands");
    this.status = status;
    this.error = error ?? {};
  }
}

let asked = 0;

function waiting(change) {
  asked += change;
  document.documentElement.classList.toggle("waiting", asked > 0);
}

export async function ask(path, options) {
  waiting(1);
  try {
    return await answerTo(path, options);
  } finally {
    waiting(-1);
  }
}

async function answerTo(path, { method = "GET", body, signal } = {}) {
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0, { message: "The server does not answer; is `extract review` still running?" });
  }
  const data = await answer.json().catch(() => null);
  if (answer.status === 401) {
    throw new Failure(401, { message: "The server was started anew: open the link that it printed" });
  }
  if (!answer.ok) throw new Failure(answer.status, data?.error);
  return data;
}

let hiding = 0;

export function say(message, bad = false) {
  const toast = document.getElementById("toast");
  document.getElementById("said").textContent = message;
  toast.textContent = message;
  toast.classList.toggle("bad", bad);
  clearTimeout(hiding);
  hiding = setTimeout(() => (toast.textContent = ""), bad ? 9000 : 3500);
}

export function complain(error) {
  if (error.name === "AbortError") return;
  say(error.message, true);
  if (!(error instanceof Failure)) throw error;
}
