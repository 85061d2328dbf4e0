"""What everything else stands on: ragged arrays, runs, states, options, errors, whole files."""

from penchant.core.errors import (
    AssetError,
    DataError,
    DeadlinePassed,
    Interrupted,
    MissingExtra,
    PenchantError,
    SpecError,
    StorageError,
    UnknownName,
    UsageError,
    did_you_mean,
)
from penchant.core.files import hash_file, sweep, sync, write_file, write_folder
from penchant.core.options import Kind, read_fields, read_options, write_options
from penchant.core.ragged import Ragged, offsets_of
from penchant.core.run import Deadline, Run, Silent, Stage, Stateful, Watcher
from penchant.core.state import Json, State, read_state, write_state

__all__ = [
    "AssetError",
    "DataError",
    "Deadline",
    "DeadlinePassed",
    "Interrupted",
    "Json",
    "Kind",
    "MissingExtra",
    "PenchantError",
    "Ragged",
    "Run",
    "Silent",
    "SpecError",
    "Stage",
    "State",
    "Stateful",
    "StorageError",
    "UnknownName",
    "UsageError",
    "Watcher",
    "did_you_mean",
    "hash_file",
    "offsets_of",
    "read_fields",
    "read_options",
    "read_state",
    "sweep",
    "sync",
    "write_file",
    "write_folder",
    "write_options",
    "write_state",
]
