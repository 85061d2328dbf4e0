import { useCallback, useEffect, useRef, useState } from "react";
import { ApiProblem, type ProblemShape } from "../api/client";
import { useKey } from "../api/key";

/** Where a request stands. The last value stays while the next is on its way. */
export interface Answered<T> {
  value: T | undefined;
  problem: ProblemShape | undefined;
  loading: boolean;
  again: () => void;
}

/**
 * Asks when `inputs` change, and calls off what is no longer wanted.
 *
 * @param load What to ask; `null` asks nothing yet.
 * @param inputs What the question depends on; compared as JSON.
 */
export function useAnswer<T>(
  load: ((signal: AbortSignal) => Promise<T>) | null,
  inputs: unknown,
): Answered<T> {
  const { version } = useKey();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<Omit<Answered<T>, "again">>({
    value: undefined,
    problem: undefined,
    loading: load !== null,
  });
  const latest = useRef(load);
  latest.current = load;
  const asks = load !== null;
  const question = JSON.stringify([inputs, version, attempt, asks]);
  useEffect(() => {
    const ask = latest.current;
    if (!ask) {
      setState({ value: undefined, problem: undefined, loading: false });
      return;
    }
    const control = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    ask(control.signal).then(
      (value) => {
        if (!control.signal.aborted) setState({ value, problem: undefined, loading: false });
      },
      (error: unknown) => {
        if (!control.signal.aborted)
          setState({ value: undefined, problem: problemOf(error), loading: false });
      },
    );
    return () => control.abort();
  }, [question]);
  const again = useCallback(() => setAttempt((n) => n + 1), []);
  return { ...state, again };
}

/** Any error as a problem document. */
export function problemOf(error: unknown): ProblemShape {
  if (error instanceof ApiProblem) return error.document;
  return {
    type: "about:blank",
    title: "The page failed",
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: "page",
  };
}

/** A value that has not changed for a while: what is typed is not asked letter by letter. */
export function useSettled<T>(value: T, after_ms = 200): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), after_ms);
    return () => window.clearTimeout(timer);
  }, [value, after_ms]);
  return settled;
}
