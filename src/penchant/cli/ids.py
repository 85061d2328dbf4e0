"""``penchant ids``: build, show, check and append to an index of items as codes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.cli import options
from penchant.cli.edge import verb

if TYPE_CHECKING:
    from rich.tree import Tree

    from penchant.core import Json
    from penchant.data import Catalog, Check, Split
    from penchant.indexing import Coded, PrefixGroup

app = typer.Typer(
    help="Items as codes that a model can write: build, show, check, append.", no_args_is_help=True
)
Index = Annotated[Path, typer.Argument(help="A folder of `ids build`, or a model with codes.")]
Folder = Annotated[Path, typer.Option("--out", "-o", help="Folder for the index.")]
SplitOrNone = Annotated[
    str,
    typer.Option("--split", help="Learn from the training part of this split; or none."),
]


@app.command("build")
@verb
def build_command(
    scheme: Annotated[str, typer.Argument(help="A scheme by name, such as sequential.")],
    data: options.Data,
    out: Folder,
    items: options.Items = None,
    mapping: options.Map = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="An option of the scheme: levels=4. May be repeated."),
    ] = None,
    split: SplitOrNone = "none",
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Make codes for all items, save the index and tell how good it is."""
    from penchant.cli.output import show_json, show_text
    from penchant.cli.progress import watching
    from penchant.cli.source import build_scheme, open_data, split_data
    from penchant.core import Run
    from penchant.indexing import write_index

    chosen = build_scheme(scheme, settings)
    with watching(quiet=quiet) as watch:
        found = open_data(data, items=items, mapping=mapping, watch=watch)
        known = found if split == "none" else split_data(found, split, seed).train
        coded = chosen.code(known, Run(seed=seed, watch=watch))
        write_index(coded, known.catalog, out)
    about = _about(coded)
    if as_json:
        show_json({"index": str(out), **about})
    else:
        show_text(f"{_as_text(about)}\nindex: {out}\nnext:  penchant ids show {out}")


@app.command("show")
@verb
def show_command(
    index: Index,
    depth: Annotated[int, typer.Option("--depth", help="Codes that are shown as branches.")] = 2,
    branches: Annotated[int, typer.Option("--branches", help="Largest ones of each node.")] = 6,
    titles: Annotated[int, typer.Option("--titles", help="Items under a branch.")] = 3,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw an index as a tree: how many items begin with which codes, and some of their titles."""
    from penchant.cli.output import save_json, show_json, show_rich, show_text
    from penchant.core import UsageError
    from penchant.indexing import read_index

    if min(depth, branches, titles) < 1:
        raise UsageError(f"--depth {depth} --branches {branches} --titles {titles}: need 1 or more")
    coded, catalog = read_index(index)
    about = _about(coded)
    nodes = _nodes(coded, catalog, depth, (branches, titles))
    document = {**about, "tree": nodes}
    save_json(document, out)
    if as_json:
        show_json(document)
    else:
        show_text(_as_text(about))
        show_rich(_drawn(f"{about['n_items']:,} items", nodes))


@app.command("check")
@verb
def check_command(
    index: Index,
    data: Annotated[
        str | None, typer.Option("--data", "-d", help="Data that it must fit, and must not know.")
    ] = None,
    split: Annotated[
        str, typer.Option("--split", help="The split whose held-out part it must not know.")
    ] = "last",
    items: options.Items = None,
    mapping: options.Map = None,
    seed: options.Seed = 0,
    out: options.Out = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Whether codes are whole, unique, of this catalogue, and made without held-out events.

    Exit code 3 if not.
    """
    from dataclasses import asdict

    from penchant.cli.output import save_json, show_json, show_text
    from penchant.cli.progress import watching
    from penchant.cli.source import open_data, split_data
    from penchant.indexing import read_index

    coded, _ = read_index(index)
    parts = None
    if data is not None:
        with watching(quiet=quiet) as watch:
            found = open_data(data, items=items, mapping=mapping, watch=watch)
            parts = split_data(found, split, seed)
    checks = _checks(coded, parts)
    ok = all(check.outcome != "failed" for check in checks)
    document = {"ok": ok, "checks": [asdict(check) for check in checks]}
    save_json(document, out)
    show_json(document) if as_json else show_text("\n".join(map(str, checks)))
    if not ok:
        raise typer.Exit(3)


@app.command("append")
@verb
def append_command(
    index: Index,
    data: options.Data,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Another folder; default: in place.")
    ] = None,
    items: options.Items = None,
    mapping: options.Map = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Items that the data lack lose their codes.")
    ] = False,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Codes for the items that an index does not have yet; those it has keep theirs."""
    from penchant.cli.output import show_json, show_text
    from penchant.cli.progress import watching
    from penchant.cli.source import open_data
    from penchant.core import Run, UsageError
    from penchant.indexing import after_present, read_index, write_index

    coded, present = read_index(index)
    if out is None and not (index / "index.json").exists():
        raise UsageError(f"{index} is a model: name another folder for the index with --out")
    with watching(quiet=quiet) as watch:
        newer = open_data(data, items=items, mapping=mapping, watch=watch).catalog
        catalog = after_present(present, newer)
        grown = coded.appended(catalog, Run(seed=seed, watch=watch))
    gone = (newer.ids.rows(present.ids.series()) < 0).nonzero()[0]
    gone = gone if remove else gone[:0]
    grown = grown.without(gone)
    write_index(grown, catalog, out or index)
    added = len(catalog) - len(present)
    if as_json:
        show_json({"index": str(out or index), "added": added, "removed": len(gone)})
    else:
        show_text(f"{added:,} items added, {len(gone):,} removed\nindex: {out or index}")


def _about(coded: "Coded") -> "dict[str, Json]":
    from penchant.indexing import report_index

    index = coded.index
    report = report_index(index, tells_apart=coded.tells_apart)
    return {"scheme": index.scheme, "widths": list(index.widths), **report.json()}


def _as_text(about: "dict[str, Json]") -> str:
    def row(values: "Json", digits: str) -> str:
        return "  ".join(format(value, digits) for value in values)

    lines = [
        f"{about['scheme']}: {about['n_items']:,} items, {about['without_codes']:,} without codes",
        f"codes of each level   {row(about['widths'], ',')}",
        f"share of them used    {row(about['usage'], '.3f')}",
        f"perplexity            {row(about['perplexity'], '.1f')}",
        f"different beginnings  {row(about['prefixes'], ',')}",
        f"bits they tell        {row(about['prefix_entropy'], '.2f')}",
        f"told apart by the last code alone  {about['collisions']:.1%} of the items, "
        f"at most {about['most_alike']:,} at once",
    ]
    return "\n".join(lines)


def _nodes(coded: "Coded", catalog: "Catalog", depth: int, shown: tuple[int, int]) -> "list[Json]":
    """The largest branches, in words, with what is under each."""
    from penchant.codes import item_words
    from penchant.indexing import prefix_groups

    words, names, (branches, titles) = item_words(coded.index), catalog.titles(), shown
    children: dict[tuple[int, ...], list[PrefixGroup]] = {}
    for at in range(1, depth + 1):
        for group in prefix_groups(coded.index, at):
            if len(group.codes) == at:
                children.setdefault(group.codes[:-1], []).append(group)

    def under(prefix: tuple[int, ...]) -> "list[Json]":
        return [
            {
                "codes": "".join(words[code] for code in group.codes),
                "items": len(group.items),
                "titles": [names[item] for item in group.items[:titles]],
                "branches": under(group.codes),
            }
            for group in children.get(prefix, [])[:branches]
        ]

    return under(())


def _drawn(label: str, nodes: "list[Json]") -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(label))
    for node in nodes:
        count, below = node["items"], node["branches"]
        said = f"{node['codes']}  {count:,} item{'s' if count > 1 else ''}"
        if not below:
            more = ", …" if count > len(node["titles"]) else ""
            said += f": {', '.join(node['titles'])}{more}"
        tree.add(_drawn(said, below))
    return tree


def _checks(coded: "Coded", parts: "Split | None") -> "list[Check]":
    from penchant.core import UsageError
    from penchant.data import Check
    from penchant.indexing import check_events, probe_leak

    index, found = coded.index, []
    try:
        leaves = index.trie().n_leaves
        found.append(Check("unique", "passed", leaves, "every item can be told from the others"))
    except UsageError as error:
        return [Check("unique", "failed", None, str(error))]
    holes = len(index) - leaves
    said = f"{holes:,} of {len(index):,} items have no codes and are never answered"
    found.append(Check("whole", "warned" if holes else "passed", holes, said))
    if parts is not None:
        try:
            found.append(probe_leak(index, parts))
            found.append(check_events(coded, parts))
        except UsageError as error:
            found.append(Check("catalogue", "failed", None, str(error)))
    return found
