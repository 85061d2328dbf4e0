import { useId, useRef, type KeyboardEvent, type ReactNode } from "react";

export interface Tab {
  name: string;
  title: string;
  /** Shown behind the title, such as a count. */
  note?: string;
  content: () => ReactNode;
}

interface Given {
  label: string;
  tabs: readonly Tab[];
  chosen: string;
  choose: (name: string) => void;
}

/** Tabs that arrow keys move through; which is open belongs to the caller (and the address). */
export function Tabs({ label, tabs, chosen, choose }: Given) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const open = tabs.find((tab) => tab.name === chosen) ?? tabs[0];
  const move = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (step === undefined || !open) return;
    const place = (tabs.indexOf(open) + step + tabs.length) % tabs.length;
    const next = tabs[place];
    if (!next) return;
    choose(next.name);
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[place]?.focus();
  };
  if (!open) return null;
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={move} className="tab-list">
        {tabs.map((tab) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${id}-${tab.name}`}
            aria-selected={tab === open}
            aria-controls={`${id}-panel`}
            tabIndex={tab === open ? 0 : -1}
            onClick={() => choose(tab.name)}
          >
            {tab.title}
            {tab.note && <span className="tab-note">{tab.note}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${open.name}`} tabIndex={0}>
        {open.content()}
      </div>
    </div>
  );
}
