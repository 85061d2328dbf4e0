import { useState, type FormEvent } from "react";
import { post, type Body, type ProblemShape } from "../../api/client";
import { ErrorBox } from "../../parts/ErrorBox";
import { Section } from "../../parts/Page";
import { problemOf } from "../../state/answer";
import type { Job } from "./log";

type Asked = Body<"/v1/jobs", "post">;

const SPLITS = ["none", "time", "last", "ratio", "cold-users", "cold-items"] as const;
const METHODS = ["covisit", "ease", "itemknn", "sasrec", "tiger", "popular"];

/** Begins a training: a method, its options, what it learns from. */
export function Begin({ begun }: { begun: (job: Job) => void }) {
  const [method, setMethod] = useState("");
  const [options, setOptions] = useState("");
  const [split, setSplit] = useState<(typeof SPLITS)[number]>("time");
  const [activate, setActivate] = useState(false);
  const [problem, setProblem] = useState<ProblemShape>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const told = options.trim() ? (JSON.parse(options) as Record<string, unknown>) : {};
      const body = { kind: "train", method: method.trim(), options: told, split, activate };
      begun(await post("/v1/jobs", { body: body as Asked }));
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof SyntaxError ? unreadable(error) : problemOf(error));
    }
  };
  return (
    <Section title="Train a model" note="on the data of this service">
      <form className="stack tight" onSubmit={submit}>
        <label className="field">
          <span>Method</span>
          <input
            type="text"
            required
            list="training-methods"
            value={method}
            onChange={(event) => setMethod(event.target.value)}
            placeholder="such as sasrec"
          />
          <datalist id="training-methods">
            {METHODS.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <label className="field">
          <span>Options, as JSON</span>
          <textarea
            rows={3}
            value={options}
            onChange={(event) => setOptions(event.target.value)}
            placeholder='{"training": {"steps": 400}}'
          />
        </label>
        <label className="field">
          <span>Learns from the training part of this split</span>
          <select value={split} onChange={(event) => setSplit(event.target.value as typeof split)}>
            {SPLITS.map((name) => (
              <option key={name} value={name}>
                {name === "none" ? "none: all events" : name}
              </option>
            ))}
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={activate}
            onChange={(event) => setActivate(event.target.checked)}
          />
          Let it answer once it is fitted
        </label>
        {problem && <ErrorBox problem={problem} />}
        <div>
          <button type="submit" className="primary">
            Train
          </button>
        </div>
      </form>
    </Section>
  );
}

function unreadable(error: SyntaxError): ProblemShape {
  return {
    type: "about:blank",
    title: "The options are no JSON",
    status: 0,
    detail: error.message,
    code: "json",
    hint: 'Names stand in double quotes: {"training": {"steps": 400}}',
  };
}
