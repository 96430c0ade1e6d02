"""``models``: what is known and installed, licences, download and verification."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from .. import hub, profiles
from .. import manifest as manifests
from ..engines import Place, build, causal, gemma
from ..errors import ModelUnavailable, PolicyRefused, SummarizeError, UsageError
from ..profiles import Profile
from . import options as o
from .session import say

app = typer.Typer(help="Models: what is known, installed, licensed.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A model.", autocompletion=o.complete_models)]

SMOKE = {
    "fr": "Le ministre a signé un accord avec l’entreprise pour créer un centre de recherche.",
    "en": "The minister signed an agreement with the company to create a research centre.",
}


@app.command("list")
def list_() -> None:
    """List the models: tasks, licence, whether it is installed, measured quality.

    Example: summarize-cli models list
    """
    for name in profiles.names():
        profile = profiles.load(name)
        state = "installed" if profile.installed() is not None else "-"
        mark = "" if profile.commercial else " (NON-COMMERCIAL)"
        licence = f"{profile.about.get('licence')}{mark}"
        typer.echo(
            f"{name:27} {','.join(profile.tasks):26} {state:10} {licence:34} "
            f"{profile.about.get('quality', '')}"
        )
    typer.echo("\nsets, best first (--models):")
    for name, members in profiles.sets().items():
        typer.echo(f"  {name:10} {', '.join(dict.fromkeys(members.values()))}")


@app.command()
def show(name: Name) -> None:
    """Show everything that a profile says, and what was pulled.

    Example: summarize-cli models show opus-mt-fr-ar
    """
    profile = profiles.load(name)
    typer.echo((profile.folder / "profile.toml").read_text(encoding="utf-8").rstrip())
    card = profile.folder / "card.md"
    if card.exists():
        typer.echo(f"\ncard: {card}")
    for task in profile.tasks:
        typer.echo(f"signature: {build(profile, task).signature}")
    record = profile.installed()
    if record is None:
        typer.echo(f"not installed; summarize-cli models pull {name}")
    elif record:
        typer.echo(f"installed: commit {record['commit']} in {profile.home}")


@app.command()
def licences() -> None:
    """List every model's licence and source.

    Example: summarize-cli models licences
    """
    for name in profiles.names():
        about = profiles.load(name).about
        use = "commercial use allowed" if about.get("commercial") else "NON-COMMERCIAL ONLY"
        typer.echo(f"{name}: {about.get('licence')}, {use}; {about.get('source', 'this project')}")


@app.command()
def pull(
    names: Annotated[
        list[str],
        typer.Argument(help="Models, or a set of them.", autocompletion=o.complete_models),
    ],
    update: Annotated[
        bool, typer.Option("--update", help="Take the newest revision, not the recorded one.")
    ] = False,
    commercial_only: o.Commercial = False,
) -> None:
    """Download models from the Hub: the only command that uses the network.

    Example: summarize-cli models pull opus-mt-fr-en opus-mt-fr-ar
    """
    wanted = [m for name in names for m in profiles.sets().get(name, {name: name}).values()]
    for profile in map(profiles.load, dict.fromkeys(wanted)):
        if "hub" not in profile.weights:
            typer.echo(f"{profile.name}: nothing to pull, it comes with the package", err=True)
            continue
        about = profile.about
        typer.echo(f"{profile.name}: {about.get('licence')}, {about.get('source')}", err=True)
        if not profile.commercial:
            if commercial_only:
                raise PolicyRefused(
                    f"{profile.name} is under {about.get('licence')}, not for commercial use",
                    "leave out --commercial-only to pull it all the same",
                )
            typer.echo("  not for commercial use", err=True)
        if about.get("size_mb"):
            typer.echo(f"  about {about['size_mb']} MB", err=True)
        typer.echo(str(hub.pull(profile, update=update)))


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Models; all installed ones by default.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="What run --manifest wrote: are these models those of then?")
    ] = None,
    outputs: Annotated[
        Path | None, typer.Option(help="With --manifest: a folder whose files must be those of then.")
    ] = None,
) -> None:
    """Check the checksums of installed models and let each make a short translation.

    Example: summarize-cli models verify embedded
    """
    if outputs and not manifest:
        raise UsageError("--outputs needs what they must be", "--manifest FILE")
    if manifest:
        _held_to(manifest, outputs)
        return
    chosen = [profiles.load(name) for name in names or profiles.names()]
    failures: list[SummarizeError] = []
    for profile in chosen:
        if profile.installed() is None and not names:
            continue
        try:
            verify_one(profile)
            typer.echo(f"{profile.name}: good")
        except SummarizeError as error:
            failures.append(error)
            say(error)
    if failures:
        raise typer.Exit(failures[0].exit_code)


def _held_to(path: Path, outputs: Path | None) -> None:
    """Say what differs from a manifest: exit code 4 for other models, 1 for other files."""
    content = manifests.read(path)
    engines = [*manifests.other_engines(content)]
    files = [*manifests.other_outputs(content, outputs)] if outputs else []
    for difference in [*engines, *files]:
        typer.echo(difference)
    if engines or files:
        raise typer.Exit(4 if engines else 1)
    typer.echo(f"{path}: {len(content['engines'])} engines and {len(content['documents'])} documents agree")


def verify_one(profile: Profile) -> None:
    """Raise ModelUnavailable if a model is not installed, damaged, or answers nonsense."""
    if profile.installed() is None:
        raise ModelUnavailable(
            f"the model {profile.name} is not installed",
            f"summarize-cli models pull {profile.name}",
        )
    if bad := hub.damaged(profile):
        raise ModelUnavailable(
            f"{', '.join(bad)} of {profile.name} is missing or not what was pulled",
            f"summarize-cli models pull {profile.name}",
        )
    if "package" in profile.weights and profile.kind == "causal":
        folder = causal.CausalEngine(profile, next(iter(profile.tasks)), {}, Place()).folder()
        if bad := gemma.damaged(folder):
            typer.echo(f"{profile.name}: {', '.join(bad)} was damaged, preparing it again", err=True)
            shutil.rmtree(folder)
    for task in profile.tasks:
        source = SMOKE["en" if task.startswith("en") else "fr"]
        answer = build(profile, task, place=Place()).generate([source])[0]
        arabic = sum("\u0600" <= c <= "\u06ff" for c in answer)
        if not answer or (profile.kind != "echo" and task.endswith("-ar") != (arabic > 5)):
            raise ModelUnavailable(
                f"{profile.name} does not translate: {answer[:60]!r}",
                f"summarize-cli models pull --update {profile.name}",
            )
