// Listens to the sandbox for as long as the page is open and comes back by itself.

import { change, reduce } from "./store.js";

const KINDS = ["snapshot", "message", "message_gone", "channel", "channel_gone", "commands", "interaction", "typing"];
const RETRY_MS = 1500;

export function listen() {
  const source = new EventSource("/events");
  source.onopen = () => change((state) => (state.connected = true));
  source.onerror = () => {
    change((state) => (state.connected = false));
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_MS);
  };
  for (const kind of KINDS) source.addEventListener(kind, (event) => reduce(kind, JSON.parse(event.data)));
}
