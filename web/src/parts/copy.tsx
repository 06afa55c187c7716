import { useEffect, useRef, useState } from "preact/hooks";

import { Refusal } from "../api/client";

interface Props {
  /** What stands on the button. */
  label: string;
  /** The text, asked for when the button is pressed. */
  text: () => Promise<string>;
}

/** A button that puts a text on the clipboard. Where the browser does not let it, the text is shown to be copied by hand. */
export function Copy({ label, text }: Props) {
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
        // Over plain HTTP, or when it was not allowed.
        setShown(found);
        setSaid("Copy it from the box");
      }
    } catch (error) {
      setSaid(error instanceof Refusal ? `${error.message}. ${error.detail}` : "That did not work");
    }
  };

  return (
    <div class="copy">
      <button type="button" onClick={copy}>
        {label}
      </button>
      <span role="status">{said}</span>
      {shown && <textarea ref={area} readOnly rows={8} value={shown} aria-label={label} />}
    </div>
  );
}
