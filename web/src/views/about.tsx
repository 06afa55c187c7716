import { Heading } from "../parts/heading";
import { EVIDENCE } from "../words";
import text from "./about.html?raw";

/** The levels of evidence as HTML. Name and meaning are the registry's own words. */
const LEVELS = EVIDENCE.map(({ name, means }, level) => {
  const bar = [1, 2, 3, 4, 5].map((step) => (step <= level ? '<i class="on"></i>' : "<i></i>")).join("");
  return `<div><dt><span class="evidence"><span class="bar" data-level="${level}" aria-hidden="true">${bar}</span><span>${name}</span></span></dt><dd>${means}</dd></div>`;
});

/** The purpose of the registry, and how to read its records. The server's page has the same text. */
export function About() {
  return (
    <div class="wide narrow about">
      <Heading title="About">About this registry</Heading>
      <div dangerouslySetInnerHTML={{ __html: text.replace("<!--levels-->", `<dl class="levels">${LEVELS.join("")}</dl>`) }} />
    </div>
  );
}
