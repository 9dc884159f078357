// A breath to follow: a circle that grows, rests and shrinks, with the same in words.
// Never in the way: the next button of the page works from the first second.
(() => {
  "use strict";
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const small = 0.55;

  function phases(box) {
    const seconds = (name, fallback) => {
      const value = Number.parseFloat(box.dataset[name]);
      return Number.isFinite(value) && value >= 0 ? value : fallback;
    };
    const round = [
      { words: box.dataset.wordsIn || "", seconds: seconds("inhale", 4), scale: 1 },
      { words: box.dataset.wordsRest || "", seconds: seconds("rest", 0), scale: 1 },
      { words: box.dataset.wordsOut || "", seconds: seconds("exhale", 6), scale: small },
    ].filter((phase) => phase.seconds > 0);
    return { round, total: seconds("seconds", 60) };
  }

  function start(box) {
    const circle = box.querySelector(".breath-circle");
    const words = box.querySelector(".breath-words");
    const left = box.querySelector(".breath-left");
    const toggle = box.querySelector("[data-breath-toggle]");
    const next = document.querySelector("[data-breath-next]");
    const { round, total } = phases(box);
    const numbers = (box.dataset.wordsCount || "").split(" ");
    if (!round.length) return;
    let index = -1;
    let phaseLeft = 0;
    let totalLeft = total;
    let clock = 0;

    const move = (scale, seconds) => {
      if (!circle || still.matches) return;
      circle.style.transitionDuration = `${seconds}s`;
      circle.style.transform = `scale(${scale})`;
    };

    const hold = () => {
      if (!circle || still.matches) return;
      circle.style.transform = window.getComputedStyle(circle).transform;
      circle.style.transitionDuration = "0s";
    };

    // With nothing moving, the count itself is the pace: upwards, in words where they are given.
    const show = () => {
      if (!left) return;
      const count = Math.ceil(round[index].seconds - phaseLeft) + 1;
      left.textContent = still.matches ? numbers[count - 1] || String(count) : String(Math.ceil(phaseLeft));
    };

    const enter = () => {
      index = (index + 1) % round.length;
      phaseLeft = round[index].seconds;
      words.textContent = round[index].words;
      move(round[index].scale, phaseLeft);
    };

    const finish = () => {
      window.clearInterval(clock);
      words.textContent = box.dataset.wordsDone || "";
      if (left) left.textContent = "";
      if (toggle) toggle.hidden = true;
      if (next && next.dataset.wordsNext) next.textContent = next.dataset.wordsNext;
      move(small, 2);
    };

    // A breath that has begun is finished: the end is looked for only after breathing out.
    const tick = () => {
      phaseLeft -= 1;
      totalLeft -= 1;
      if (phaseLeft <= 0) {
        if (totalLeft <= 0 && index === round.length - 1) return finish();
        enter();
      }
      return show();
    };

    const run = () => {
      clock = window.setInterval(tick, 1000);
    };

    if (toggle) {
      const pause = toggle.textContent;
      toggle.hidden = false;
      toggle.addEventListener("click", () => {
        if (clock) {
          window.clearInterval(clock);
          clock = 0;
          hold();
          toggle.textContent = toggle.dataset.wordsGo || pause;
        } else {
          toggle.textContent = pause;
          move(round[index].scale, phaseLeft);
          run();
        }
      });
    }

    enter();
    show();
    run();
  }

  for (const box of document.querySelectorAll("[data-breath]")) {
    window.setTimeout(() => start(box), 800);
  }
})();
