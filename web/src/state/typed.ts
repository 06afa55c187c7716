/** What stands in the text boxes of the server's page when the page's own script takes over, by their names. */
let typed: ReadonlyMap<string, string> = new Map();

/** Keeps what stands in the text boxes of an element while `render` replaces them. */
export function keepTyped(place: HTMLElement, render: () => void): void {
  typed = new Map([...place.querySelectorAll<HTMLInputElement>("input[type=text]")].map((input) => [input.name, input.value]));
  render();
  typed = new Map();
}

/** The first value of a text box: what was typed before the script was there, or else the given one. */
export function firstValue(name: string, value: string): string {
  return typed.get(name) ?? value;
}
