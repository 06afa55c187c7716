import { useEffect, useRef, useState } from "preact/hooks";

import { Refusal } from "../api/client";

interface Props {
  /** Text of the button. */
  label: string;
  /** The text to copy, requested when the button is pressed. */
  text: () => Promise<string>;
  /** Class of the button. */
  class?: string;
}

/** Copies a text to the clipboard. If the browser forbids that, shows the text in a box to copy by hand. */
export function Copy({ label, text, class: style }: Props) {
  const [said, setSaid] = useState("");
  const [shown, setShown] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);

  useEffect(() => area.current?.select(), [shown]);

  const copy = async () => {
    setSaid("");
    setShown("");
    try {
      const found = await text();
      try {
        await navigator.clipboard.writeText(found);
        setSaid("Copied");
      } catch {
        // Plain HTTP, or permission denied.
        setShown(found);
        setSaid("Copy the text from the box");
      }
    } catch (error) {
      setSaid(error instanceof Refusal ? `${error.message}. ${error.detail}` : "The text could not be copied");
    }
  };

  return (
    <div class="copy">
      <button type="button" class={style} onClick={copy}>
        {label}
      </button>
      <span role="status">{said}</span>
      {shown && <textarea ref={area} readOnly rows={8} value={shown} aria-label={label} />}
    </div>
  );
}
