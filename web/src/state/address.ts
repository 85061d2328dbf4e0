import { useCallback, useSyncExternalStore } from "react";

/** What the address says, so that every view is a link. */
const MOVED = "penchant:moved";

function listen(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(MOVED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(MOVED, listener);
  };
}

/** Goes to an address of this page; `replace` leaves no step in the browser's history. */
export function go(address: string, replace = false): void {
  if (replace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
  window.dispatchEvent(new Event(MOVED));
}

export function usePath(): string {
  return useSyncExternalStore(listen, () => window.location.pathname);
}

export function useSearch(): URLSearchParams {
  return new URLSearchParams(useSyncExternalStore(listen, () => window.location.search));
}

/** Changes parameters of the address; an empty value takes its parameter out. */
export function setParams(changes: Record<string, string>, replace = true): void {
  const search = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  const told = search.size ? `?${search}` : "";
  go(window.location.pathname + told, replace);
}

/** A parameter of the address as a piece of state. */
export function useParam(name: string, otherwise = ""): [string, (value: string) => void] {
  const value = useSearch().get(name) ?? otherwise;
  const change = useCallback(
    (next: string) => setParams({ [name]: next === otherwise ? "" : next }),
    [name, otherwise],
  );
  return [value, change];
}

/** A list in the address: ids, each encoded, between commas. */
export function useListParam(name: string): [string[], (value: string[]) => void] {
  const [text, change] = useParam(name);
  const values = text ? text.split(",").map(decodeURIComponent) : [];
  const changeList = useCallback(
    (next: string[]) => change(next.map(encodeURIComponent).join(",")),
    [change],
  );
  return [values, changeList];
}

export function useNumberParam(name: string, otherwise: number): [number, (value: number) => void] {
  const [text, change] = useParam(name, String(otherwise));
  const value = Number(text);
  const changeNumber = useCallback((next: number) => change(String(next)), [change]);
  return [Number.isFinite(value) ? value : otherwise, changeNumber];
}
