import { useEffect } from "react";
import { get } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { minute } from "../../parts/numbers";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { Begin } from "./Begin";
import { LOOKS, nameOf, OneJob, OPEN } from "./OneJob";

const LOOK_AGAIN_MS = 4_000;

/** Jobs of the service: one at a time, live, stopped and resumed from here. */
export function Jobs() {
  const [chosen, choose] = useParam("job");
  const answer = useAnswer((signal) => get("/v1/jobs", { query: { limit: 50 }, signal }), "jobs");
  const jobs = answer.value?.jobs ?? [];
  const job = jobs.find((one) => one.id === chosen) ?? jobs[0];
  const moving = jobs.some((one) => OPEN.includes(one.status));
  useEffect(() => {
    if (!moving) return;
    const timer = window.setInterval(answer.again, LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [moving, answer.again]);
  if (answer.problem) return <ErrorBox problem={answer.problem} again={answer.again} />;
  if (!answer.value) return <Loading label="jobs" />;
  return (
    <div className="training-jobs">
      <div className="stack">
        <Begin
          begun={(begun) => {
            choose(begun.id);
            answer.again();
          }}
        />
        {jobs.length > 0 && (
          <Section title="Jobs" note="newest first">
            <ul className="training-list">
              {jobs.map((one) => (
                <li key={one.id}>
                  <button
                    type="button"
                    aria-pressed={one.id === job?.id}
                    onClick={() => choose(one.id)}
                  >
                    <span>{nameOf(one)}</span>
                    <span className="row between">
                      <span className="fine">{minute(one.created)}</span>
                      <span className={`chip ${LOOKS[one.status]}`}>{one.status}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </Section>
        )}
      </div>
      {job ? (
        <OneJob key={job.id} job={job} changed={answer.again} />
      ) : (
        <EmptyState title="No job yet" command="penchant serve MODEL --models models --data DATA">
          Begin one here. The service needs a data set folder to learn from, and a folder for the
          models it fits.
        </EmptyState>
      )}
    </div>
  );
}
