import { useEffect, useState } from "react";
import { post, remove, type ProblemShape } from "../../api/client";
import { ErrorBox } from "../../parts/ErrorBox";
import { Section } from "../../parts/Page";
import { digits, minute } from "../../parts/numbers";
import { problemOf } from "../../state/answer";
import { Bar, lasting, Live } from "./Live";
import { useLog, type Job } from "./log";

export const LOOKS: Record<Job["status"], string> = {
  queued: "",
  running: "accent",
  cancelling: "evidence",
  succeeded: "good",
  failed: "bad",
  cancelled: "evidence",
  interrupted: "evidence",
};
export const OPEN: readonly Job["status"][] = ["queued", "running", "cancelling"];

/** A job: how far it is, its curves, and what can be done with it. */
export function OneJob({ job, changed }: { job: Job; changed: () => void }) {
  const log = useLog(job.id, job.attempts);
  const [problem, setProblem] = useState<ProblemShape>();
  const now = log.ended ?? job;
  const open = OPEN.includes(now.status);
  const begun = log.progress.length > 0;
  useEffect(() => {
    if (log.ended || begun) changed();
  }, [log.ended, begun]);
  const act = (what: () => Promise<unknown>) => {
    what().then(
      () => {
        setProblem(undefined);
        changed();
      },
      (error: unknown) => setProblem(problemOf(error)),
    );
  };
  const path = { job_id: job.id };
  return (
    <Section
      title={nameOf(job)}
      note={
        <>
          <span className={`chip ${LOOKS[now.status]}`}>{now.status}</span> begun{" "}
          {minute(job.created)}
          {now.started && now.ended && ` · took ${lasting((now.ended - now.started) / 1e6)}`}
          {job.attempts > 1 && ` · attempt ${job.attempts}`}
        </>
      }
      actions={
        <div className="row">
          {open && (
            <button type="button" onClick={() => act(() => remove("/v1/jobs/{job_id}", { path }))}>
              Stop
            </button>
          )}
          {["interrupted", "cancelled", "failed"].includes(now.status) && (
            <button
              type="button"
              className="primary"
              onClick={() => act(() => post("/v1/jobs/{job_id}:resume", { path }))}
            >
              Resume
            </button>
          )}
        </div>
      }
    >
      <div className="stack tight">
        {problem && <ErrorBox problem={problem} />}
        {log.problem && <ErrorBox problem={log.problem} />}
        {now.problem && <p className="training-problem">{now.problem}</p>}
        {job.before !== null && open && job.before > 0 && (
          <p className="fine">{job.before} before it in the queue.</p>
        )}
        {open && <Bar progress={log.progress} />}
        {now.result?.model && (
          <p>
            Left the model <strong>{now.result.model}</strong>.
          </p>
        )}
        {now.result?.metrics && <Measured metrics={now.result.metrics} />}
        <Live progress={log.progress} />
        {log.notes.length > 0 && (
          <details>
            <summary>What it said ({log.notes.length})</summary>
            <pre className="training-notes" tabIndex={0}>
              {log.notes.join("\n")}
            </pre>
          </details>
        )}
        <details>
          <summary>What was asked</summary>
          <pre tabIndex={0}>{JSON.stringify(job.request, null, 2)}</pre>
        </details>
      </div>
    </Section>
  );
}

function Measured({ metrics }: { metrics: Record<string, Record<string, number>> }) {
  return (
    <ul className="training-measured">
      {Object.entries(metrics).map(([model, values]) => (
        <li key={model}>
          <strong>{model}</strong>{" "}
          {Object.entries(values).map(([metric, value]) => (
            <span key={metric} className="chip">
              {metric} {digits(value)}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

export function nameOf(job: Job): string {
  const asked = job.request;
  if (asked.kind === "train") return `Train ${asked.name ?? asked.method}`;
  if (asked.kind === "update") return `Update ${asked.model ?? "the active model"}`;
  if (asked.kind === "evaluate") return `Evaluate ${asked.models.join(", ")}`;
  return `Recommend to ${asked.users ? `${asked.users.length} people` : "everybody"}`;
}
