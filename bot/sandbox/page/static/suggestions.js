// Asks the bot for choices while someone types: not at every key, and never showing an old answer.

import * as api from "./api.js";
import { filled, isEmpty, problem } from "./commandline.js";
import { state } from "./store.js";

const PAUSE_MS = 220;

export class Suggestions {
  constructor(onNews) {
    this.onNews = onNews;
    this.clear();
  }

  clear() {
    clearTimeout(this.timer);
    this.asked = "";
    this.loading = false;
    this.choices = [];
    this.error = "";
  }

  /** Asks unless this very question is already asked. */
  ask(draft, field) {
    const { options } = filled({ fields: draft.fields.filter((other) => other !== field && !isEmpty(other) && !problem(other)) });
    const question = JSON.stringify([draft.command.path, field.option.name, field.text, options, state.me]);
    if (question === this.asked) return;
    const fresh = this.asked === "";
    this.asked = question;
    this.loading = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(question, draft, field, options), fresh ? 0 : PAUSE_MS);
  }

  async send(question, draft, field, options) {
    const answer = await api
      .complete(state.me, state.open, draft.command.path, options, { name: field.option.name, value: field.text })
      .catch((refused) => ({ choices: [], error: refused.message }));
    if (question !== this.asked) return;
    this.loading = false;
    this.choices = answer.choices;
    this.error = answer.error ?? "";
    this.onNews();
  }
}
