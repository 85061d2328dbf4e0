import { useSyncExternalStore } from "react";

/** The key of this tab: kept until the tab is closed, sent to this service only. */
const NAME = "penchant-key";

interface Held {
  key: string;
  /** Whether the service asks for a key, or for another one. */
  wanted: boolean;
  /** Grows with each new key, so that what was refused is asked again. */
  version: number;
}

let held: Held = { key: sessionStorage.getItem(NAME) ?? "", wanted: false, version: 0 };
const listeners = new Set<() => void>();

function hold(next: Held): void {
  held = next;
  for (const listener of listeners) listener();
}

export function keyHeaders(): Record<string, string> {
  return held.key ? { authorization: `Bearer ${held.key}` } : {};
}

export function giveKey(key: string): void {
  if (key) sessionStorage.setItem(NAME, key);
  else sessionStorage.removeItem(NAME);
  hold({ key, wanted: false, version: held.version + 1 });
}

/** The service refused the key that it was sent. */
export function refuseKey(): void {
  if (!held.wanted) hold({ ...held, wanted: true });
}

export function useKey(): Held {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}
