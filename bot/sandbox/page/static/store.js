// All that the page knows, and how each change told by the sandbox alters it.

export const state = {
  connected: false,
  ready: false,
  notice: "",
  guild: { id: "", name: "" },
  people: [],
  bot: "",
  users: new Map(),
  channels: new Map(),
  messages: new Map(), // channel → its messages, oldest first
  complete: new Set(), // channels whose first message is loaded
  interactions: new Map(),
  commands: [],
  typing: new Map(), // channel → moment until which the bot writes there
  me: sessionStorage.getItem("me") ?? "",
  open: "",
  read: new Map(), // person and channel → the newest message seen
  mine: new Set(), // interactions that began in this tab
  closed: new Set(), // modals and failures that were put away
  drawer: false,
  picker: "",
  pictures: null,
  spotlight: "", // the message that a link leads to
  follow: false, // the person has just written something and wants to see the answer
  scenery: 0, // counts what any message may show: channels, people, commands, forms put away
  pressed: new Map(), // message → how often something happened at its controls
};

const MOST_INTERACTIONS = 300;
const listeners = [];
let scheduled = false;
let drawing = false;

export function onChange(listener) {
  listeners.push(listener);
}

/** Alters the state and draws it once, at the next frame. */
export function change(alter) {
  alter?.(state);
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => scheduled && draw());
}

/** Alters the state and draws it at once: for keys, so that the next one finds the focus where it belongs. */
export function changeNow(alter) {
  change(alter);
  if (!drawing) draw();
}

function draw() {
  scheduled = false;
  drawing = true;
  for (const listener of listeners) listener(state);
  drawing = false;
}

export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

const SCENERY = new Set(["snapshot", "channel", "channel_gone", "commands"]);
const REDUCERS = {
  snapshot: takeSnapshot,
  message: (it) => keepMessage(it),
  message_gone: ({ id, channel }) => {
    const kept = (state.messages.get(channel) ?? []).filter((message) => message.id !== id);
    state.messages.set(channel, kept);
  },
  channel: keepChannel,
  channel_gone: ({ id }) => {
    state.channels.delete(id);
    if (state.open === id) state.open = firstChannel();
  },
  commands: ({ commands }) => (state.commands = commands),
  interaction: keepInteraction,
  typing: ({ channel }) => {
    state.typing.set(channel, Date.now() + 8000);
    setTimeout(change, 8100);
  },
};

export function reduce(kind, data) {
  change(() => {
    REDUCERS[kind](data);
    if (SCENERY.has(kind)) state.scenery += 1;
  });
}

export function putAway(interaction) {
  change(() => {
    state.closed.add(interaction);
    state.scenery += 1;
  });
}

function takeSnapshot(told) {
  Object.assign(state, { notice: told.notice, guild: told.guild, bot: told.bot, commands: told.commands, people: told.people });
  state.users = byId(told.users);
  state.channels = byId(told.channels);
  state.interactions = byId(told.interactions);
  state.messages = new Map();
  state.complete = new Set(told.complete);
  told.messages.forEach(keepMessage);
  if (!state.people.includes(state.me)) state.me = state.people[0] ?? "";
  if (!state.channels.has(state.open)) state.open = asked() ?? firstChannel();
  if (!state.ready) markAllRead();
  state.ready = true;
  markRead();
}

function byId(things) {
  return new Map(things.map((thing) => [thing.id, thing]));
}

function asked() {
  const id = location.hash.match(/^#\/(\d+)/)?.[1];
  return state.channels.has(id) ? id : undefined;
}

function firstChannel() {
  return topChannels().find((channel) => channel.kind === "text")?.id ?? "";
}

/** A channel that is new now has nothing earlier to load. */
function keepChannel(it) {
  if (!state.channels.has(it.id)) state.complete.add(it.id);
  state.channels.set(it.id, it);
}

function keepMessage(message) {
  const list = state.messages.get(message.channel) ?? [];
  const at = list.findIndex((held) => compareIds(held.id, message.id) >= 0);
  const next = [...list];
  if (at < 0) next.push(message);
  else next.splice(at, list[at].id === message.id ? 1 : 0, message);
  state.messages.set(message.channel, next);
}

/** The latest ones are enough to know what is pressed, failed or asks something. */
function keepInteraction(it) {
  state.interactions.set(it.id, it);
  if (it.source) state.pressed.set(it.source, (state.pressed.get(it.source) ?? 0) + 1);
  if (state.interactions.size > MOST_INTERACTIONS) state.interactions.delete(state.interactions.keys().next().value);
}

export function keepEarlier(channel, messages) {
  change(() => {
    messages.forEach(keepMessage);
    if (messages.length === 0) state.complete.add(channel);
  });
}

// ── looking

export const me = () => state.users.get(state.me);
export const opened = () => state.channels.get(state.open);
export const userName = (id) => state.users.get(id)?.display ?? "unknown person";

export function topChannels() {
  return [...state.channels.values()]
    .filter((channel) => channel.kind !== "thread" && !channel.hidden_from.includes(state.me))
    .sort((a, b) => a.position - b.position);
}

export function threadsOf(parent) {
  return [...state.channels.values()]
    .filter((channel) => channel.parent === parent && channel.kind === "thread")
    .sort((a, b) => compareIds(b.last_message ?? b.id, a.last_message ?? a.id));
}

export function visibleMessages(channel) {
  return (state.messages.get(channel) ?? []).filter((message) => isFor(message, state.me));
}

function isFor(message, person) {
  return message.only_for === null || message.only_for === person;
}

/** How far the person is behind in a channel: nothing, news, or so many mentions. */
export function news(channel) {
  const read = state.read.get(`${state.me} ${channel}`) ?? "";
  const unread = visibleMessages(channel).filter((message) => compareIds(message.id, read) > 0 && message.author !== state.me);
  return { unread: unread.length > 0, mentions: unread.filter((message) => message.mentions.includes(state.me)).length };
}

export function markRead() {
  const newest = visibleMessages(state.open).at(-1);
  if (newest) state.read.set(`${state.me} ${state.open}`, newest.id);
}

function markAllRead() {
  for (const [channel, messages] of state.messages)
    for (const person of state.people) if (messages.length) state.read.set(`${person} ${channel}`, messages.at(-1).id);
}

export function isBusy(message, customId) {
  for (const it of state.interactions.values())
    if (it.source === message && it.custom_id === customId && it.state === "waiting") return true;
  return false;
}

/** What failed at a message's controls and has not been put away. */
export function failureAt(message) {
  return [...state.interactions.values()].find(
    (it) => it.source === message && it.user === state.me && it.state === "failed" && !state.closed.has(it.id),
  );
}

/** Commands of the person in the open channel that wait for the first answer, or never got it. */
export function pendingCommands() {
  return [...state.interactions.values()].filter(
    (it) =>
      it.kind === "command" &&
      it.channel === state.open &&
      it.user === state.me &&
      (it.state === "waiting" || it.state === "failed") &&
      !state.closed.has(it.id),
  );
}

// ── moving about

export function goTo(channel, message = "") {
  if (!state.channels.has(channel)) return;
  change(() => {
    state.open = channel;
    state.drawer = false;
    state.spotlight = message;
    history.replaceState(null, "", `#/${channel}`);
  });
}

export function become(person) {
  change(() => {
    state.me = person;
    sessionStorage.setItem("me", person);
  });
}
