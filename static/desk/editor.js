// The editor saves itself while one writes, and shows the settings of a kind once it is chosen.
// Without this script the same page works by its buttons.
(() => {
  "use strict";
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  const note = form.querySelector("[data-note]");
  const look = document.querySelector("[data-look]");
  const words = form.dataset;
  const pause = 1500;
  let timer = 0;
  let saving = null;
  let sending = false;

  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

  const save = async () => {
    const data = new FormData(form);
    data.set("do", "autosave");
    note.textContent = words.wordsSaving;
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, redirect: "error" });
      if (answer.status === 409) {
        note.textContent = words.wordsConflict;
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      form.elements.revision.value = (await answer.json()).revision;
      note.textContent = words.wordsSaved;
      if (look) look.contentWindow.location.reload();
    } catch {
      note.textContent = words.wordsFailed;
    }
  };

  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      await saving;
      if (sending) return;
      saving = save();
      await saving;
      saving = null;
    }, pause);
  };

  form.addEventListener("input", soon);

  // A save under way would make the button's own look like another window's.
  form.addEventListener("submit", async (event) => {
    window.clearTimeout(timer);
    if (sending || !saving) {
      sending = true;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    await saving;
    sending = true;
    form.requestSubmit(button);
  });

  form.addEventListener("change", (event) => {
    const kind = event.target.dataset.kind;
    if (!kind) return;
    form.requestSubmit(form.querySelector(`button[value="${kind}"]`));
  });

  // Back from the next page, the browser may show this one as it was left.
  window.addEventListener("pageshow", () => {
    sending = false;
  });
})();
