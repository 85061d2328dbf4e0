import { useEffect, useId, useState, type KeyboardEvent } from "react";
import { problemOf, useSettled } from "../state/answer";
import type { ProblemShape } from "../api/client";
import { ErrorBox } from "./ErrorBox";

export interface Choice {
  id: string;
  title: string;
  note?: string;
}

export interface Found {
  choices: Choice[];
  cursor: string | null;
}

interface Given {
  label: string;
  placeholder?: string;
  find: (words: string, cursor: string | null, signal: AbortSignal) => Promise<Found>;
  pick: (choice: Choice) => void;
  /** Takes what is typed as an id, too, when nothing is chosen from the list. */
  free?: boolean;
  hint?: string;
}

const MORE = "more";

/** A field that looks things up as one types: a page at a time, with the keyboard or the mouse. */
export function Picker({ label, placeholder, find, pick, free = false, hint }: Given) {
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const { found, problem, more } = useFound(useSettled(text, 150), open, find);
  const choices = found.choices;
  const last = choices.length - (found.cursor ? 0 : 1);
  const take = (place: number) => {
    if (place === choices.length && found.cursor) return more();
    const choice = choices[place] ?? (free && text.trim() ? idAlone(text) : undefined);
    if (!choice) return;
    pick(choice);
    setText("");
    setOpen(false);
    setActive(0);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") return setOpen(false);
    if (event.key === "Enter") {
      event.preventDefault();
      return take(open ? active : -1);
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    if (open) setActive(Math.max(0, Math.min(last, active + step)));
    setOpen(true);
  };
  const option = (place: number) => `${id}-${place}`;
  return (
    <div className="picker" onBlur={(event) => leaves(event, () => setOpen(false))}>
      <label className="field">
        <span>{label}</span>
        <input
          type="text"
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && choices.length ? option(active) : undefined}
          placeholder={placeholder}
          value={text}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
            setOpen(true);
          }}
          onKeyDown={keys}
        />
      </label>
      {hint && <p className="fine">{hint}</p>}
      {problem && <ErrorBox problem={problem} />}
      <ul
        role="listbox"
        id={`${id}-list`}
        aria-label={label}
        className="picker-list"
        hidden={!open || (!choices.length && !text)}
      >
        {choices.map((choice, place) => (
          <li
            key={choice.id}
            id={option(place)}
            role="option"
            aria-selected={place === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(place)}
          >
            <span className="picker-title">{choice.title}</span>
            <span className="picker-note">{choice.note ?? choice.id}</span>
          </li>
        ))}
        {found.cursor && (
          <li
            key={MORE}
            id={option(choices.length)}
            role="option"
            aria-selected={active === choices.length}
            className="picker-more"
            onMouseDown={(event) => event.preventDefault()}
            onClick={more}
          >
            Show more
          </li>
        )}
        {!choices.length && text && !problem && (
          <li role="option" aria-selected={free} aria-disabled={!free} onClick={() => take(-1)}>
            {free ? `Use “${text.trim()}” as it is` : "Nothing of that name"}
          </li>
        )}
      </ul>
    </div>
  );
}

function idAlone(text: string): Choice {
  return { id: text.trim(), title: text.trim() };
}

function leaves(event: React.FocusEvent<HTMLElement>, then: () => void): void {
  if (!event.currentTarget.contains(event.relatedTarget)) then();
}

function useFound(words: string, open: boolean, find: Given["find"]) {
  const [found, setFound] = useState<Found>({ choices: [], cursor: null });
  const [problem, setProblem] = useState<ProblemShape>();
  useEffect(() => {
    if (!open) return;
    const control = new AbortController();
    find(words, null, control.signal).then(
      (next) => {
        setProblem(undefined);
        setFound(next);
      },
      (error: unknown) => {
        if (!control.signal.aborted) setProblem(problemOf(error));
      },
    );
    return () => control.abort();
  }, [words, open]);
  const more = () => {
    find(words, found.cursor, new AbortController().signal).then(
      (next) => setFound({ ...next, choices: [...found.choices, ...next.choices] }),
      (error: unknown) => setProblem(problemOf(error)),
    );
  };
  return { found, problem, more };
}
