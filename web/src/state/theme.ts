import { useEffect, useState } from "react";

export type Theme = "system" | "light" | "dark";
const NAME = "penchant-theme";

function kept(): Theme {
  const told = localStorage.getItem(NAME);
  return told === "light" || told === "dark" ? told : "system";
}

/** Light, dark, or as the system has it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(kept);
  useEffect(() => {
    if (theme === "system") {
      delete document.documentElement.dataset["theme"];
      localStorage.removeItem(NAME);
    } else {
      document.documentElement.dataset["theme"] = theme;
      localStorage.setItem(NAME, theme);
    }
  }, [theme]);
  return [theme, setTheme];
}
