// Search in the guide: reads the index at the first use and looks for every word in titles, headings and texts.
"use strict";

(() => {
  const form = document.querySelector(".search");
  const input = form.querySelector("input");
  const found = form.querySelector(".found");
  const status = found.querySelector("p");
  const list = found.querySelector("ol");
  const MOST = 12;
  const AROUND = 70;
  let index;

  /** The index, fetched once. */
  const load = () => {
    index ??= fetch(form.dataset.index)
      .then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.json();
      })
      .catch((error) => {
        index = undefined;
        throw error;
      });
    return index;
  };

  /** Lower case, without accents. */
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  /** Score of an entry: 0 if a word is missing. */
  const score = (entry, words) => {
    const [title, heading, text] = [entry.title, entry.heading, entry.text].map(fold);
    let sum = 0;
    for (const word of words) {
      const points = (title.includes(word) ? 5 : 0) + (heading.includes(word) ? 8 : 0) + (text.includes(word) ? 1 : 0);
      if (points === 0) return 0;
      sum += points;
    }
    return entry.heading === "" && words.every((word) => title.includes(word)) ? sum + 10 : sum;
  };

  /** Adds a text to an element, with the words marked. */
  const mark = (element, text, words) => {
    const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
    text.split(pattern).forEach((part, position) => {
      if (position % 2 === 0) {
        element.append(part);
      } else {
        const hit = document.createElement("mark");
        hit.textContent = part;
        element.append(hit);
      }
    });
  };

  /** The part of a text around the first word. */
  const excerpt = (text, words) => {
    const places = words.map((word) => fold(text).indexOf(word)).filter((place) => place >= 0);
    const first = Math.max(0, Math.min(...places, text.length) - AROUND);
    const start = places.length === 0 ? 0 : first;
    const part = text.slice(start, start + 2 * AROUND);
    return (start > 0 ? "…" : "") + part + (start + 2 * AROUND < text.length ? "…" : "");
  };

  const show = async () => {
    const asked = input.value;
    const words = fold(asked).split(/\s+/).filter(Boolean);
    if (words.length === 0) {
      found.hidden = true;
      return;
    }
    let entries;
    try {
      entries = await load();
    } catch {
      status.textContent = "Search could not be loaded. Try again.";
      list.replaceChildren();
      found.hidden = false;
      return;
    }
    if (asked !== input.value) return;
    const hits = entries
      .map((entry) => ({ entry, points: score(entry, words) }))
      .filter((hit) => hit.points > 0)
      .sort((a, b) => b.points - a.points);
    const shown = hits.slice(0, MOST).map(({ entry }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const small = document.createElement("small");
      link.href = entry.address;
      mark(link, entry.heading === "" ? entry.title : `${entry.title}: ${entry.heading}`, words);
      mark(small, excerpt(entry.text, words), words);
      link.append(small);
      item.append(link);
      return item;
    });
    list.replaceChildren(...shown);
    status.textContent = hits.length === 0 ? "No results" : hits.length === 1 ? "1 result" : `${hits.length} results`;
    found.hidden = false;
  };

  const close = () => {
    found.hidden = true;
  };

  form.hidden = false;
  input.addEventListener("focus", () => void load().catch(() => {}));
  input.addEventListener("input", () => void show());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (!found.hidden && first) location.assign(first.href);
  });
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const place = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      input.focus();
    } else if (event.key === "ArrowDown" && !found.hidden && links.length > 0) {
      event.preventDefault();
      links[Math.min(place + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && place >= 0) {
      event.preventDefault();
      (links[place - 1] ?? input).focus();
    }
  });
  list.addEventListener("click", close);
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) close();
  });
})();
