import type { Shapes } from "../../api/client";

type Understood = NonNullable<Shapes["Checked"]["understood"]>;

/** Which column plays which role; another choice reads the file anew. */
export function Roles(given: {
  understood: Understood;
  busy: boolean;
  choose: (role: string, column: string) => void;
}) {
  const { understood, busy, choose } = given;
  return (
    <fieldset className="roles" disabled={busy}>
      <legend className="fine">Read as {understood.format}; its columns are</legend>
      {understood.playable.map((role) => (
        <label key={role} className="field">
          <span>{role}</span>
          <select value={understood.roles[role] ?? ""} onChange={(event) => choose(role, event.target.value)}>
            <option value="">none</option>
            {understood.columns.map((column) => (
              <option key={column} value={column}>
                {column}
              </option>
            ))}
          </select>
        </label>
      ))}
      {understood.unused.length > 0 && (
        <p className="fine">not used: {understood.unused.join(", ")}</p>
      )}
    </fieldset>
  );
}
