import { useEffect, useState } from "react";
import { get, post, type Shapes } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { PersonPicker } from "../../parts/PersonPicker";
import { useNumberParam, useParam } from "../../state/address";
import { useAnswer, useSettled } from "../../state/answer";
import { Ways } from "./Ways";

const STEP_MS = 1_100;

/** How an answer came about, code by code, for a person. */
export function Beams({ scheme }: { scheme: Shapes["IdScheme"] }) {
  const { model } = scheme;
  const [wanted, setUser] = useParam("user");
  const [beams, setBeams] = useNumberParam("beams", 10);
  const settled = useSettled(beams, 200);
  const first = useAnswer(
    wanted || !scheme.beams ? null : (signal) => get("/v1/people", { query: { limit: 1 }, signal }),
    wanted,
  );
  const user = wanted || first.value?.people[0]?.user_id || "";
  const answer = useAnswer(
    user && scheme.beams
      ? (signal) =>
          post("/v1/ids/beams", {
            body: { user_id: user, model, k: Math.min(10, settled), beams: settled, died: 8 },
            signal,
          })
      : null,
    [user, model, settled],
  );
  if (!scheme.beams)
    return (
      <EmptyState title={`${model} cannot tell its ways`}>
        Only a model that writes items code by code, such as Tiger, has beams to show.
      </EmptyState>
    );
  return (
    <Section
      title="Beams that lived and died"
      note="At each level the likeliest beginnings are followed on; the others are given up, with all items below them."
    >
      <div className="row ids-asking">
        <PersonPicker label="For whom" pick={(person) => setUser(person.id)} />
        <label className="field">
          <span>Ways followed at once: {beams}</span>
          <input
            type="range"
            min={2}
            max={20}
            value={beams}
            onChange={(event) => setBeams(Number(event.target.value))}
          />
        </label>
        {user && <span className="chip accent">{user}</span>}
      </div>
      {answer.problem && <ErrorBox problem={answer.problem} again={answer.again} />}
      {!answer.value && answer.loading && <Loading label="beams" lines={8} />}
      {answer.value && (
        <div className={answer.loading ? "stale" : undefined}>
          <Played key={user} answer={answer.value} />
        </div>
      )}
    </Section>
  );
}

function Played({ answer }: { answer: Shapes["BeamsAnswer"] }) {
  const levels = answer.levels.length;
  const [shown, setShown] = useState(levels);
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const timer = window.setInterval(() => setShown((now) => Math.min(levels, now + 1)), STEP_MS);
    return () => window.clearInterval(timer);
  }, [playing, levels]);
  useEffect(() => {
    if (shown >= levels) setPlaying(false);
  }, [shown, levels]);
  const play = () => {
    setShown(1);
    setPlaying(true);
  };
  return (
    <>
      <div className="row ids-steps">
        <button type="button" onClick={playing ? () => setPlaying(false) : play}>
          {playing ? "Pause" : "Play"}
        </button>
        <label className="check">
          <span>
            Level {Math.min(shown, levels)} of {levels}
          </span>
          <input
            type="range"
            min={1}
            max={Math.max(1, levels)}
            value={Math.min(shown, levels)}
            onChange={(event) => setShown(Number(event.target.value))}
          />
        </label>
      </div>
      <Ways answer={answer} shown={shown} />
      {answer.notes.map((note) => (
        <p key={note} className="fine">
          {note}
        </p>
      ))}
    </>
  );
}
