import { useTheme, type Theme } from "../state/theme";
import { giveKey, useKey } from "../api/key";
import { PAGES } from "../pages";
import { Link } from "./Link";

const THEMES: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };

export function Navigation({ path }: { path: string }) {
  const [theme, setTheme] = useTheme();
  const { key } = useKey();
  const groups = [...new Set(PAGES.map((page) => page.group))];
  return (
    <header className="side">
      <Link href="/" className="brand" aria-label="Penchant, home">
        <Mark />
        <span>Penchant</span>
      </Link>
      <nav aria-label="Pages">
        {groups.map((group) => (
          <div key={group} className="side-group">
            {group && <p className="side-title">{group}</p>}
            <ul>
              {PAGES.filter((page) => page.group === group).map((page) => (
                <li key={page.path}>
                  <Link href={page.path} aria-current={page.path === path ? "page" : undefined}>
                    {page.title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="side-foot">
        <label className="quiet-field">
          <span>Appearance</span>
          <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
            {Object.entries(THEMES).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        {key && (
          <button type="button" className="quiet" onClick={() => giveKey("")}>
            Forget the key
          </button>
        )}
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect className="mark-ground" width="32" height="32" rx="7" />
      <g className="mark-bars">
        <rect x="7" y="8" width="18" height="3.6" rx="1.8" />
        <rect x="7" y="14.2" width="12" height="3.6" rx="1.8" opacity=".8" />
        <rect x="7" y="20.4" width="7" height="3.6" rx="1.8" opacity=".6" />
      </g>
    </svg>
  );
}
