// The look of a message follows what is typed. Without this script a button shows it.
(() => {
  "use strict";
  const form = document.querySelector("[data-letter]");
  if (!form) return;
  const look = form.querySelector("[data-look]");
  const pause = 800;
  let timer = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => form.requestSubmit(look), pause);
  });
  form.addEventListener("submit", () => window.clearTimeout(timer));
})();
