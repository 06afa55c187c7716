import { useEffect, useId, useRef, useState } from "preact/hooks";

import type { Schema } from "../api/client";
import { suggest } from "../api/registry";
import { go } from "../state/router";
import { firstValue } from "../state/typed";

type Suggestion = Schema<"Suggestion">;

/** Pause in typing before suggestions are requested, in milliseconds. */
const PAUSE = 120;

const GROUPS: Record<Suggestion["resource"], string> = { council: "Council", theme: "Theme", organisation: "Organisation", initiative: "Initiative" };

interface Props {
  /** The current search. */
  words: string;
  onSearch: (words: string) => void;
  /** Called when a suggested theme is chosen. */
  onTheme: (theme: string) => void;
}

/** The search box: filters the list by words, or opens a suggestion (ARIA combobox with a list). */
export function Search({ words, onSearch, onTheme }: Props) {
  const [typed, setTyped] = useState(() => firstValue("q", words));
  const [found, setFound] = useState<Suggestion[]>([]);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const asked = useRef<AbortController | null>(null);
  const timer = useRef(0);
  const list = useId();
  const before = useRef(words);

  // The address is authoritative, also after the back button.
  useEffect(() => {
    if (words !== before.current) setTyped(words);
    before.current = words;
  }, [words]);
  useEffect(() => () => (window.clearTimeout(timer.current), asked.current?.abort()), []);

  const close = () => {
    window.clearTimeout(timer.current);
    asked.current?.abort();
    setOpen(false);
    setActive(-1);
  };

  const type = (value: string) => {
    setTyped(value);
    window.clearTimeout(timer.current);
    asked.current?.abort();
    setActive(-1);
    if (value.trim().length < 2) {
      setFound([]);
      setOpen(false);
      return;
    }
    timer.current = window.setTimeout(() => {
      const stop = new AbortController();
      asked.current = stop;
      // The search works without suggestions, so ignore errors.
      suggest(value.trim().slice(0, 200), stop.signal).then(
        ({ data }) => {
          setFound(data);
          setOpen(data.length > 0);
        },
        () => setOpen(false),
      );
    }, PAUSE);
  };

  const pick = ({ resource, slug }: Suggestion) => {
    close();
    if (resource === "theme") {
      setTyped("");
      onTheme(slug);
    } else {
      go(`/${resource}s/${slug}`);
    }
  };

  const submit = (event: Event) => {
    event.preventDefault();
    const chosen = open ? found[active] : undefined;
    if (chosen) pick(chosen);
    else {
      close();
      onSearch(typed.trim());
    }
  };

  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (found.length === 0) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One position more than the suggestions: the box itself.
      const places = found.length + 1;
      const place = open ? active + 1 : 0;
      setActive(((place + step + places) % places) - 1);
      setOpen(true);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    }
  };

  return (
    <form class="search" id="find" role="search" action="/" onSubmit={submit}>
      <label for="find-box">Search initiatives, councils, organisations and themes</label>
      <div class="box">
        <input
          id="find-box"
          type="text"
          enterKeyHint="search"
          name="q"
          maxLength={200}
          autoComplete="off"
          spellcheck={true}
          placeholder="Housing, credit unions, Oldham …"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={list}
          aria-activedescendant={open && active >= 0 ? `${list}-${active}` : undefined}
          value={typed}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={press}
          onBlur={() => close()}
        />
        <button type="submit">
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <circle cx="8.5" cy="8.5" r="5.5" />
            <path d="M12.8 12.8L17.5 17.5" />
          </svg>
          <span>Search</span>
        </button>
        <ul id={list} role="listbox" aria-label="Suggestions" hidden={!open}>
          {found.map((one, index) => (
            <li
              key={one.id}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === active}
              // Keep the focus in the box: losing it would close the list.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(one)}
            >
              <span>{one.text}</span>
              <small>{GROUPS[one.resource]}</small>
            </li>
          ))}
        </ul>
      </div>
      <span class="unseen" role="status">
        {open ? `${found.length} ${found.length === 1 ? "suggestion" : "suggestions"}. Use the arrow keys to choose.` : ""}
      </span>
    </form>
  );
}
