// Keeps a step on the server while it is written: <form data-autosave="…" data-step="2">.
// Nothing is stored in the browser. While something could not be kept it stays on the page,
// says so, and is tried again; a form is sent only once its words have arrived.
(() => {
  "use strict";
  const PAUSE = 700;
  const LONGEST_WAIT = 20_000;
  // A line that says nothing for so long is lost; a long page is given more, for a slow one.
  const PATIENCE = 15_000;
  const LETTERS_PER_MS = 10;

  // Signing in again in another tab changes the token, so it is read anew each time.
  const freshToken = (form) => {
    const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
    const field = form.querySelector("[name=csrfmiddlewaretoken]");
    if (cookie && field) field.value = cookie.slice("csrftoken=".length);
    return field ? field.value : "";
  };

  const answersOf = (form) => {
    const answers = {};
    for (const [name, value] of new FormData(form)) {
      if (name.startsWith("_") || name === "csrfmiddlewaretoken") continue;
      (answers[name] ||= []).push(value);
    }
    return answers;
  };

  function keep(form) {
    const note = form.querySelector("[data-saved-note]");
    const signIn = form.querySelector("[data-sign-in]");
    const help = document.querySelector("[data-help-at-once]");
    const words = form.dataset;
    let changes = 0;
    let kept = 0;
    let unkeptWords = false;
    let wait = 2_000;
    let timer = 0;
    let running = null;

    const say = (text) => {
      if (note && note.textContent !== text) note.textContent = text;
    };

    const mark = (errors) => {
      for (const slot of form.querySelectorAll("[data-error-of]")) {
        const message = errors[slot.dataset.errorOf] || "";
        const field = form.querySelector(`[aria-describedby~="${slot.id}"]`);
        field.classList.toggle("is-invalid", Boolean(message));
        field.setAttribute("aria-invalid", String(Boolean(message)));
        if (slot.textContent.trim() === message) continue;
        slot.replaceChildren();
        if (!message) continue;
        const line = document.createElement("p");
        line.textContent = message;
        slot.append(line);
      }
    };

    const later = (pause) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, pause);
    };

    // What the page was shown with, so that the server can tell what another device wrote since.
    const was = form.querySelector("[name=_was]");

    // Where two devices wrote into one text, both stand in it now; what was typed since stays.
    const showBoth = (texts, sent) => {
      let shown = true;
      for (const [name, text] of Object.entries(texts)) {
        const field = form.elements.namedItem(name);
        const mine = (sent[name] || []).join("");
        const typedSince = field.value.slice(mine.length);
        if (field.value.startsWith(mine) && text.startsWith(mine)) {
          const at = field.selectionStart;
          field.value = mine + typedSince + text.slice(mine.length);
          field.setSelectionRange(at, at);
        } else if (field.value === mine) {
          field.value = text;
        } else {
          shown = false;
        }
      }
      return shown;
    };

    const failed = (text) => {
      say(navigator.onLine === false ? words.wordsOffline : text);
      later(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      return false;
    };

    const arrived = async (response, change, sent) => {
      if (signIn) signIn.hidden = response.status !== 401;
      if (response.status === 401) return failed(words.wordsSignedOut);
      const told = await response.json().catch(() => ({}));
      if (response.status === 409 || response.status === 413) {
        // No use in trying again; the words stay where they are.
        say(told.message || words.wordsFailed);
        return response.status === 409;
      }
      if (!response.ok) return failed(words.wordsFailed);
      wait = 2_000;
      kept = Math.max(kept, change);
      unkeptWords = kept < changes && unkeptWords;
      const texts = told.texts || {};
      // Fingerprints only of what stands here: else the next saving would take it for seen.
      if (was && showBoth(texts, sent)) was.value = told.was || "";
      mark(told.errors || {});
      // Where to find help comes with the answer that asks for it, not only on the next page.
      if (help && "help" in told && help.innerHTML.trim() !== told.help.trim()) {
        help.innerHTML = told.help;
      }
      const refused = Object.keys(told.errors || {}).length > 0;
      const both = Object.keys(texts).length > 0;
      say(refused ? words.wordsRefused : both ? words.wordsBoth : told.said || words.wordsSaved);
      // Nobody is sent on past words they have not seen.
      return !refused && !both;
    };

    const send = async (change) => {
      const answers = answersOf(form);
      const told = { step: Number(form.dataset.step), answers };
      const body = JSON.stringify(was ? { ...told, was: was.value } : told);
      const lost = new AbortController();
      const patience = PATIENCE + body.length / LETTERS_PER_MS;
      const giveUp = window.setTimeout(() => lost.abort(), patience);
      try {
        const response = await fetch(form.dataset.autosave, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-CSRFToken": freshToken(form) },
          body,
          redirect: "error",
          signal: lost.signal,
          // Lets a short page arrive although its tab is being closed.
          keepalive: body.length < 30_000,
        });
        return await arrived(response, change, answers);
      } catch {
        return failed(words.wordsFailed);
      } finally {
        window.clearTimeout(giveUp);
      }
    };

    // One at a time and in order, so that an older state never overwrites a newer one.
    async function save() {
      window.clearTimeout(timer);
      while (running) await running;
      if (kept === changes) return true;
      running = send(changes);
      try {
        return await running;
      } finally {
        running = null;
      }
    }

    const changed = (event) => {
      if (event.target.name && event.target.name.startsWith("_")) return;
      changes += 1;
      unkeptWords ||= event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
      later(PAUSE);
    };
    form.addEventListener("input", changed);
    form.addEventListener("autosave", changed);

    form.addEventListener("submit", async (event) => {
      freshToken(form);
      if (navigator.onLine === false) {
        // Instead of the browser's own page without a way back.
        event.preventDefault();
        say(words.wordsOffline);
        return;
      }
      // A tap is easily made again; words are not, so they arrive before the page is left.
      if (!unkeptWords || kept === changes) return;
      event.preventDefault();
      say(words.wordsSaving);
      if (!(await save())) {
        form.querySelector(".is-invalid")?.focus();
        return;
      }
      unkeptWords = false;
      form.requestSubmit(event.submitter);
    });

    const now = () => {
      if (kept !== changes) save();
    };
    document.addEventListener("visibilitychange", now);
    window.addEventListener("online", () => {
      say("");
      now();
    });
    // A page the browser kept whole may be older than what was written since, here or elsewhere.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && kept === changes) window.location.replace(window.location.pathname);
    });
    window.addEventListener("beforeunload", (event) => {
      if (unkeptWords && kept !== changes) event.preventDefault();
    });
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) keep(form);
  for (const form of document.querySelectorAll("form[data-fresh-token]")) {
    form.addEventListener("submit", () => freshToken(form));
  }
})();
