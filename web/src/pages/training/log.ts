import { useEffect, useState } from "react";
import type { ProblemShape, Shapes } from "../../api/client";
import { eventsOf, type Sent } from "../../api/stream";
import { problemOf } from "../../state/answer";

export type Job = Shapes["Job"];
export type Progress = Shapes["Progress"];

/** What a job told so far. */
export interface Log {
  progress: Progress[];
  notes: string[];
  ended: Job | null;
  problem: ProblemShape | null;
}

const EMPTY: Log = { progress: [], notes: [], ended: null, problem: null };
const AGAIN_MS = 1_500;
const BATCH_MS = 80;

/** Listens to a job until it is over; a line that breaks is taken up behind the last one. */
export function useLog(job: string, attempts: number): Log {
  const [log, setLog] = useState<Log>(EMPTY);
  useEffect(() => {
    setLog(EMPTY);
    const control = new AbortController();
    void listen(job, control.signal, (change) => setLog(change));
    return () => control.abort();
  }, [job, attempts]);
  return log;
}

type Change = (change: (log: Log) => Log) => void;

async function listen(job: string, signal: AbortSignal, change: Change): Promise<void> {
  let last = "";
  const tell = batched((told) => {
    if (!signal.aborted) change((log) => ({ ...added(log, told), problem: null }));
  });
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = last ? { "last-event-id": last } : {};
      const address = `/v1/jobs/${encodeURIComponent(job)}/log`;
      for await (const sent of eventsOf(address, { headers, signal })) {
        last = sent.id || last;
        tell(sent);
        if (sent.event === "end") return;
      }
    } catch (error) {
      if (signal.aborted) return;
      const problem = problemOf(error);
      change((log) => ({ ...log, problem }));
      if (problem.status >= 400 && problem.status < 500) return;
    }
    await new Promise((resolve) => window.setTimeout(resolve, AGAIN_MS));
  }
}

/** Passes on what comes within a moment at once: a long log is not drawn line by line. */
function batched(pass: (told: readonly Sent[]) => void): (sent: Sent) => void {
  let waiting: Sent[] = [];
  return (sent) => {
    if (!waiting.length)
      window.setTimeout(() => {
        const told = waiting;
        waiting = [];
        pass(told);
      }, BATCH_MS);
    waiting.push(sent);
  };
}

function added(log: Log, told: readonly Sent[]): Log {
  const [progress, notes] = [[...log.progress], [...log.notes]];
  let ended = log.ended;
  for (const { event, data } of told) {
    const one = JSON.parse(data) as { text?: string };
    if (event === "progress") progress.push(one as Progress);
    else if (event === "end") ended = one as Job;
    else notes.push(one.text ?? data);
  }
  return { ...log, progress, notes, ended };
}

/** Steps in a second, and seconds that are left, of the stage under way. */
export function paceOf(
  progress: readonly Progress[],
): { rate: number; left_s: number | null } | null {
  const last = progress.at(-1);
  if (!last) return null;
  const { steps_per_s, remaining_s } = last.figures;
  if (steps_per_s) return { rate: steps_per_s, left_s: remaining_s ?? null };
  const first = progress.find((one) => one.stage === last.stage);
  if (!first || last.at <= first.at || last.done <= first.done) return null;
  const rate = (last.done - first.done) / ((last.at - first.at) / 1e6);
  return { rate, left_s: last.total === null ? null : (last.total - last.done) / rate };
}
