// Small helps on a step: finding a feeling by typing, taps that turn the page, taking one back.
// Without this script the same page works with words between commas and the button below.
(() => {
  "use strict";

  const word = (input) => input.nextElementSibling.textContent.trim();

  // Whether the last press was a finger's or a mouse's own. Screen readers press for their users,
  // with a point instead of a finger or with no pressure; for them no page turns by itself.
  let pressed = { isReal: false, isTouch: false };
  document.addEventListener(
    "pointerdown",
    (event) => {
      const isPoint = event.width === 0 && event.height === 0;
      const isLight = event.pointerType === "mouse" && event.pressure === 0;
      const isTouch = event.pointerType === "touch" || event.pointerType === "pen";
      pressed = { isReal: event.isTrusted && !isPoint && !isLight, isTouch };
    },
    true,
  );
  document.addEventListener("keydown", () => (pressed = { isReal: false, isTouch: false }), true);
  const isTap = (event) => event.detail > 0 && pressed.isReal;

  // --- Feelings --------------------------------------------------------------------------

  const folded = (text) => text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");

  function picker(box) {
    const name = box.dataset.feelings;
    const field = box.querySelector("input:not([type=checkbox])");
    const sentence = box.querySelector("[data-chosen]");
    const families = box.querySelector(".families");
    const chips = () => [...families.querySelectorAll("input[type=checkbox]")];
    let chosen = chips().filter((input) => input.checked);

    const own = document.createElement("div");
    own.className = "chips own-words";
    families.before(own);
    const add = document.createElement("button");
    add.type = "button";
    add.className = "btn btn-secondary";
    add.hidden = true;
    own.before(add);

    const tell = () => {
      const words = chosen.map(word);
      const fill = words.length > 1 ? box.dataset.many : box.dataset.one;
      const first = words.length > 1 ? words.slice(0, -1).join(", ") : words[0];
      const last = words.at(-1);
      sentence.replaceChildren();
      if (!words.length) return;
      for (const part of fill.split(/(%\(first\)s|%\(last\)s)/)) {
        const isWord = part.startsWith("%(");
        const node = document.createElement(isWord ? "em" : "span");
        node.textContent = isWord ? (part === "%(first)s" ? first : last) : part;
        sentence.append(node);
      }
    };

    const filter = () => {
      const typed = folded(field.value);
      let same = false;
      for (const family of families.children) {
        let found = false;
        for (const chip of family.querySelectorAll(".chip")) {
          const label = folded(word(chip.firstElementChild));
          chip.hidden = Boolean(typed) && !label.includes(typed);
          found ||= !chip.hidden;
          same ||= label === typed;
        }
        family.hidden = !found;
      }
      add.hidden = !typed || same;
      add.textContent = box.dataset.add.replace("%s", field.value.trim());
    };

    const clear = () => {
      field.value = "";
      filter();
    };

    const choose = (input) => {
      chosen = chosen.filter((other) => other !== input);
      if (input.checked) chosen.push(input);
      tell();
    };

    const ownChip = (text) => {
      const label = document.createElement("label");
      label.className = "chip";
      const input = document.createElement("input");
      Object.assign(input, { type: "checkbox", name, value: text, checked: true });
      const shown = document.createElement("span");
      shown.textContent = text;
      shown.dir = "auto";
      label.append(input, shown);
      own.append(label);
      return input;
    };

    // A word of the list is chosen there, any other becomes a chip of the person's own.
    const take = () => {
      for (const part of field.value.split(/[,;،、，]/)) {
        const text = part.trim().replace(/\s+/g, " ");
        if (!text) continue;
        const everywhere = [...chips(), ...own.querySelectorAll("input")];
        const input = everywhere.find((one) => folded(word(one)) === folded(text)) || ownChip(text);
        input.checked = true;
        choose(input);
      }
      clear();
    };

    const takeAndKeep = () => {
      take();
      field.dispatchEvent(new Event("autosave", { bubbles: true }));
    };

    field.addEventListener("input", () => (/[,;،、，]/.test(field.value) ? takeAndKeep() : filter()));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      takeAndKeep();
    });
    add.addEventListener("click", () => {
      takeAndKeep();
      field.focus();
    });
    box.addEventListener("change", (event) => {
      if (event.target.type !== "checkbox") return;
      choose(event.target);
      if (field.value) clear();
    });
    // Sent in the order in which they were chosen: the first is what it is most of all.
    field.form.addEventListener("formdata", ({ formData }) => {
      formData.delete(name);
      for (const input of chosen) formData.append(name, input.value);
      if (field.value.trim()) formData.append(name, field.value);
    });
    const refused = field.classList.contains("is-invalid");
    if (field.value && !refused) take();
    const places = box.dataset.order.split(",");
    chosen.sort((one, other) => places.indexOf(one.value) - places.indexOf(other.value));
    tell();
  }

  // --- A question folded away once it was picked ---------------------------------------------

  function folding(box) {
    const summary = box.querySelector("[data-summary]");
    const asked = summary.textContent;
    const show = (close) => {
      const input = box.querySelector("input[type=radio]:checked");
      summary.textContent = input ? word(input) : asked;
      if (close) box.open = false;
    };
    box.addEventListener("click", (event) => {
      if (event.target.type === "radio" && event.detail > 0) show(true);
    });
    box.addEventListener("change", () => show(false));
    show(Boolean(box.querySelector("input[type=radio]:checked")));
  }

  // --- A scale that ends its step, a choice that is all of it -----------------------------------------------------------

  function turning(scale) {
    const on = scale.form ? scale.form.querySelector("[data-on]") : null;
    const words = scale.querySelector("[data-turns-words]");
    if (!on || !words) return;
    words.hidden = false;
    let timer = 0;
    // Only a finger or a mouse: with the keys one passes other numbers on the way to one's own.
    scale.addEventListener("click", (event) => {
      window.clearTimeout(timer);
      if (event.target.type !== "radio" || !isTap(event)) return;
      timer = window.setTimeout(() => scale.form.requestSubmit(on), 450);
    });
  }

  // --- One feeling, on a step that asks for nothing else --------------------------------------

  // After the first tapped word the page goes on by itself, slowly. Whatever else is touched
  // meanwhile, or another word, keeps it here for good. Not with a mouse, which wanders about.
  function turningSlowly(box) {
    const form = box.closest("form");
    const on = form.querySelector("[data-on]");
    const note = form.querySelector("[data-turning]");
    const stay = form.querySelector("[data-stay]");
    const words = box.querySelector("[data-turns-words]");
    if (!on || !note || !stay || !words || !window.matchMedia("(any-pointer: coarse)").matches) return;
    words.hidden = false;
    let timer = 0;
    let over = false;

    const cancel = () => {
      if (!timer) return;
      over = true;
      window.clearTimeout(timer);
      timer = 0;
      note.textContent = "";
      stay.hidden = true;
    };
    for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) {
      document.addEventListener(kind, cancel, { capture: true, passive: true });
    }
    document.addEventListener("visibilitychange", cancel);

    box.addEventListener("click", (event) => {
      const isWord = event.target.type === "checkbox" && event.target.checked;
      if (!isWord || !isTap(event) || !pressed.isTouch || over || timer) return;
      if (box.querySelectorAll("input[type=checkbox]:checked").length !== 1) return;
      note.textContent = stay.dataset.words;
      stay.hidden = false;
      timer = window.setTimeout(() => {
        note.textContent = "";
        stay.hidden = true;
        form.requestSubmit(on);
      }, 3_000);
    });
  }

  // --- Taking a choice back -------------------------------------------------------------------

  // Without this script the button does the same by way of the server.
  function clearing(button) {
    const fieldset = button.closest("fieldset");
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const chosen = fieldset.querySelector("input[type=radio]:checked");
      if (!chosen) return;
      chosen.checked = false;
      chosen.dispatchEvent(new Event("input", { bubbles: true }));
      // The button is gone with the choice; the keys go on from where it was made.
      chosen.focus();
    });
  }

  for (const box of document.querySelectorAll("[data-feelings]")) picker(box);
  for (const box of document.querySelectorAll("details.tucked")) folding(box);
  for (const scale of document.querySelectorAll("fieldset[data-turns]")) turning(scale);
  for (const box of document.querySelectorAll("[data-feelings][data-turns]")) turningSlowly(box);
  for (const button of document.querySelectorAll("[data-clear]")) clearing(button);
})();
