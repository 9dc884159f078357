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

  // Browsers report some places by an older name (Asia/Calcutta) than the list offers.
  const offer = (field) => {
    if (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === zone)) return;
    field.add(new Option(zone.replaceAll("_", " "), zone));
  };
  const address = new URLSearchParams(window.location.search);

  for (const field of document.querySelectorAll("[data-zone-guess]")) {
    const decided = address.has(field.name) || field.hasAttribute("data-zone-chosen");
    if (decided || field.value === zone) continue;
    offer(field);
    field.value = zone;
    if (field.form && field.form.hasAttribute("data-zone-submit")) {
      field.form.requestSubmit();
      return;
    }
  }
})();
