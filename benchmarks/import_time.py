"""How long ``import penchant`` and ``penchant --help`` take, and what they load.

Promise: under 0.2 s and under 0.5 s, with polars, torch and transformers not loaded.
"""

import subprocess
import sys

from record import seconds_of, write_record

HEAVY = ("matplotlib", "pandas", "polars", "scipy", "sklearn", "torch", "transformers")


def call(*arguments: str) -> str:
    """Output of a fresh Python process."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def main() -> None:
    """Medians of 15 fresh processes each, after two that warm the disk's cache."""
    loaded = call("-c", "import sys, penchant; print(*sys.modules)").split()
    help_code = (
        "import sys; from penchant.cli import main; sys.argv = ['penchant', '--help']; main()"
    )
    of = {"python": ("-c", "pass"), "import": ("-c", "import penchant"), "help": ("-c", help_code)}
    took = {
        name: seconds_of(lambda code=code: call(*code), repeats=15, warm_up=2)
        for name, code in of.items()
    }
    write_record(
        "import_time",
        {
            "python_alone_s": took["python"],
            "import_penchant_s": took["import"] - took["python"],
            "penchant_help_s": took["help"],
            "heavy_modules_loaded": sorted(set(HEAVY) & set(loaded)),
        },
        note="penchant --help counts the interpreter's own start; import penchant does not",
    )


if __name__ == "__main__":
    main()
