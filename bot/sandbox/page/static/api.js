// What a person does, sent to the sandbox; every refusal comes back as words.

export class Refused extends Error {}

async function post(path, body) {
  const form = body instanceof FormData;
  const request = {
    method: "POST",
    body: form ? body : JSON.stringify(body),
    headers: form ? {} : { "Content-Type": "application/json" },
  };
  const response = await fetch(path, request).catch(() => {
    throw new Refused("The sandbox does not answer. It may have been stopped; this page reconnects by itself.");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `The sandbox refused this (${response.status}).`);
  return answer;
}

export const say = (as, channel, content, replyTo, files) =>
  post("/api/say", withFiles({ as, channel, content, reply_to: replyTo }, files.map((file, index) => [index, file])));
export const type = (as, channel, text) => post("/api/type", { as, channel, text });
export const complete = (as, channel, path, options, focused) =>
  post("/api/autocomplete", { as, channel, path, options, focused });
export const click = (as, message, customId) => post("/api/click", { as, message, custom_id: customId });
export const select = (as, message, customId, values) =>
  post("/api/select", { as, message, custom_id: customId, values });
export const submit = (as, interaction, fields) => post("/api/submit", { as, interaction, fields });
export const react = (as, message, emoji, present) => post("/api/react", { as, message, emoji, present });
export const menu = (as, message, name) => post("/api/menu", { as, message, name });
export const dismiss = (as, message) => post("/api/dismiss", { as, message });

export const command = (as, channel, path, options, files) =>
  post("/api/command", withFiles({ as, channel, path, options }, [...files]));

/** Files travel beside the call, each under its name. */
function withFiles(call, files) {
  if (files.length === 0) return call;
  const form = new FormData();
  form.append("call", JSON.stringify(call));
  for (const [name, file] of files) form.append(`file:${name}`, file, file.name);
  return form;
}

export async function history(channel, before) {
  const query = new URLSearchParams({ channel, before });
  const response = await fetch(`/api/history?${query}`);
  return response.ok ? (await response.json()).messages : [];
}
