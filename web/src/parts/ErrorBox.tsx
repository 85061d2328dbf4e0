import type { ProblemShape } from "../api/client";

/** A problem document: what is wrong, where, what to do. */
export function ErrorBox({ problem, again }: { problem: ProblemShape; again?: () => void }) {
  return (
    <div className="error-box" role="alert">
      <p className="error-title">{problem.title}</p>
      <p className={problem.detail.includes("\n") ? "error-place" : undefined}>{problem.detail}</p>
      {problem.hint && <p className="error-hint">{problem.hint}</p>}
      <div className="row between">
        <p className="fine">
          {problem.status > 0 && <span>{problem.status} · </span>}
          <code>{problem.code}</code>
          {problem.pointer && (
            <>
              {" at "}
              <code>{problem.pointer}</code>
            </>
          )}
          {problem.request_id && (
            <>
              {" · request "}
              <code>{problem.request_id}</code>
            </>
          )}
        </p>
        {again && (
          <button type="button" onClick={again}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}
