// Finds names in the list of clients, in the page alone: what is typed goes nowhere.
const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLocaleLowerCase();

for (const form of document.querySelectorAll("[data-whom]")) {
  const box = form.querySelector("[data-whom-find]");
  const none = form.querySelector("[data-whom-none]");
  const rows = [...form.querySelectorAll("li:has(input[name=client])")];
  const find = () => {
    const wanted = plain(box.querySelector("input").value.trim());
    for (const row of rows) {
      // What is ticked stays in sight.
      const stays = row.querySelector("input").checked;
      row.hidden = !stays && !plain(row.textContent).includes(wanted);
    }
    none.hidden = rows.some((row) => !row.hidden);
  };
  box.hidden = false;
  box.addEventListener("input", find);
  box.addEventListener("keydown", (event) => {
    // Enter looks for a name here; it does not go on with nobody.
    if (event.key === "Enter") event.preventDefault();
  });
}
