import "./styles/type.css";
import "./styles/record.css";
import "./styles/councils.css";
import "./styles/map.css";
import "./styles/still-true.css";
import "./styles/print.css";

import { render } from "preact";

import { Refusal } from "./api/client";
import { App, prepare } from "./app";
import { watchConnection } from "./parts/offline";
import { here, start } from "./state/router";
import { keepTyped } from "./state/typed";

/** Time between attempts to load what the first view shows, in milliseconds. */
const AGAIN = 15_000;

/**
 * The server has written the view as HTML. The page takes it over once it has the same data, so that nothing flickers:
 * elements that are there already stay, with the focus and what was typed.
 */
async function enhance(main: HTMLElement): Promise<void> {
  watchConnection();
  // Until then, links and forms are the browser's, as without scripts.
  while (main.childElementCount > 0 && !(await isReady())) await pause();
  start();
  keepTyped(main, () => render(<App />, main));
}

/** True once the data are there, or the view has an error to show in place of them. */
async function isReady(): Promise<boolean> {
  return prepare(here()).then(
    () => true,
    (error: unknown) => !(error instanceof Refusal) || ![0, 429, 502, 503, 504].includes(error.status),
  );
}

function pause(): Promise<void> {
  return new Promise((again) => {
    window.setTimeout(again, AGAIN);
    window.addEventListener("online", () => again(), { once: true });
  });
}

const main = document.getElementById("content");
if (main) void enhance(main);
