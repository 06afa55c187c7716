/** An element with attributes and content. Text is never parsed as HTML. */
export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes?: Record<string, string>, ...content: (Node | string)[]): HTMLElementTagNameMap[Name];
export function make(name: string, attributes?: Record<string, string>, ...content: (Node | string)[]): HTMLElement;
export function make(name: string, attributes: Record<string, string> = {}, ...content: (Node | string)[]): HTMLElement {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...content);
  return element;
}
