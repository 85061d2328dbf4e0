import { useState } from "react";
import { post, type ProblemShape } from "../../api/client";
import { ErrorBox } from "../../parts/ErrorBox";
import { Link } from "../../parts/Link";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { problemOf } from "../../state/answer";
import type { ModelCard } from "./models";

/** All models, and a button for each that could answer in place of the one that does. */
export function Models({ models, again }: { models: ModelCard[]; again: () => void }) {
  const [problem, setProblem] = useState<ProblemShape>();
  const [busy, setBusy] = useState("");
  const activate = async (name: string) => {
    setBusy(name);
    setProblem(undefined);
    try {
      await post("/v1/models/{name}:activate", { path: { name } });
      again();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy("");
    }
  };
  const action: Column<ModelCard> = {
    name: "action",
    title: "",
    text: () => "",
    sortable: false,
    cell: (model) =>
      model.active || model.problem ? null : (
        <button
          type="button"
          className="quiet"
          disabled={busy !== ""}
          aria-label={`${busy === model.name ? "Changing" : "Let it answer"}: ${model.name}`}
          onClick={() => void activate(model.name)}
        >
          {busy === model.name ? "Changing" : "Let it answer"}
        </button>
      ),
  };
  return (
    <Section title="All models" note="Choose one to see what it recommends.">
      {problem && <ErrorBox problem={problem} />}
      <Table
        caption="Models that are served, and those that lie ready"
        captionUnseen
        columns={[...COLUMNS, action]}
        rows={models}
        rowKey={(model) => model.name}
        csv="models"
      />
    </Section>
  );
}

const COLUMNS: Column<ModelCard>[] = [
  {
    name: "name",
    title: "Model",
    text: (model) => model.name,
    cell: (model) => (
      <>
        {model.loaded ? (
          <Link href={`/explorer?model=${encodeURIComponent(model.name)}`}>{model.name}</Link>
        ) : (
          model.name
        )}{" "}
        {model.active && <span className="chip accent">answers</span>}
        {!model.loaded && !model.problem && <span className="chip">lies ready</span>}
        {model.problem && <span className="chip bad">{model.problem}</span>}
      </>
    ),
  },
  { name: "method", title: "Method", text: (model) => model.method },
  { name: "items", title: "Items", text: (model) => model.items, number: true },
  { name: "people", title: "People", text: (model) => model.people, number: true },
  { name: "data", title: "Learned from", text: (model) => model.data },
];
