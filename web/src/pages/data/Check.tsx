import { useState, type DragEvent } from "react";
import { addressOf, send, type Shapes } from "../../api/client";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { problemOf } from "../../state/answer";
import { useParam } from "../../state/address";
import type { ProblemShape } from "../../api/client";
import { Report } from "./Report";

type Checked = Shapes["Checked"];

const MOST = 500;
const FORMATS: Record<string, string> = {
  csv: "csv",
  tsv: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};
const TABLES = { events: "events: who chose what", items: "items: the catalogue", people: "people" };

/** A file is sent, looked through and forgotten; what is wrong is told at its cell. */
export function Check() {
  const [table, setTable] = useParam("table", "events");
  const [over, setOver] = useState(false);
  const { file, report, problem, busy, mapping, check, choose } = useCheck(table);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped) void check(dropped);
  };
  return (
    <div className="stack">
      <section
        className={`card drop ${over ? "over" : ""}`}
        aria-label="Choose a file"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <label className="field">
          <span>It holds</span>
          <select value={table} onChange={(event) => setTable(event.target.value)}>
            {Object.entries(TABLES).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>A file (.csv, .tsv, .jsonl, .parquet); it may be dropped here, too</span>
          <input
            type="file"
            accept=".csv,.tsv,.jsonl,.ndjson,.parquet"
            onChange={(event) => {
              const given = event.target.files?.[0];
              if (given) void check(given);
            }}
          />
        </label>
        {file && (
          <button type="button" disabled={busy} onClick={() => void check(file, mapping)}>
            Check again
          </button>
        )}
      </section>
      {problem && <ErrorBox problem={problem} />}
      {busy && !report && <Loading label="the report" lines={6} />}
      {report && file && <Report name={file.name} report={report} busy={busy} choose={choose} />}
      {!report && !busy && !problem && (
        <EmptyState title="Nothing is checked yet" command="penchant data check events.csv">
          Choose a log of events or a catalogue: every row that cannot be read is named with its column, its
          value and what was wanted. Nothing of it is kept. Larger files are checked at the command line.
        </EmptyState>
      )}
    </div>
  );
}

function useCheck(table: string) {
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<Checked | null>(null);
  const [problem, setProblem] = useState<ProblemShape>();
  const [busy, setBusy] = useState(false);
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const check = async (given: File, mapped: Record<string, string> = {}) => {
    if (given !== file) setReport(null);
    setFile(given);
    setMapping(mapped);
    setBusy(true);
    setProblem(undefined);
    try {
      const format = FORMATS[given.name.split(".").pop()?.toLowerCase() ?? ""] ?? "csv";
      const map = Object.entries(mapped).map(([role, column]) => `${role}=${column}`);
      const address = addressOf("/v1/data:check", {}, { format, table, map, limit: MOST });
      const headers = { "content-type": "application/octet-stream" };
      const reply = await send(address, { method: "POST", headers, body: given });
      setReport((await reply.json()) as Checked);
    } catch (error) {
      setReport(null);
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const choose = (role: string, column: string) => {
    if (file) void check(file, { ...mapping, [role]: column });
  };
  return { file, report, problem, busy, mapping, check, choose };
}
