// The device's own time zone, in fields that ask for it: <select data-zone-guess>.
// A form with data-zone-submit is sent once, by GET, when the address names no zone yet.
(() => {
  "use strict";
  let zone = "";
  try {
    zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  } catch {
    return;
  }
  if (!zone) return;

  const offers = (field) =>
    field.tagName !== "SELECT" || [...field.options].some((option) => option.value === zone);
  const address = new URLSearchParams(window.location.search);

  for (const field of document.querySelectorAll("[data-zone-guess]")) {
    const decided = address.has(field.name) || field.hasAttribute("data-zone-chosen");
    if (decided || field.value === zone || !offers(field)) continue;
    field.value = zone;
    if (field.form && field.form.hasAttribute("data-zone-submit")) {
      field.form.requestSubmit();
      return;
    }
  }
})();
