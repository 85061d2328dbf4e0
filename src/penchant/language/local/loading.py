"""Language models of transformers: found, loaded, told apart."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import HfApi, try_to_load_from_cache
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from penchant.backbones import MODELS
from penchant.backbones.models import WEIGHTS
from penchant.core import AssetError, Run, fetch, hash_file
from penchant.language.local.causal import OpenCausal
from penchant.language.local.masked import OpenMasked
from penchant.language.local.value import LocalLM

HUB_S = 10.0
"""The longest wait for the hub to say whether it has a model."""
_NAMES = [
    name
    for name, asset in MODELS.items()
    if any(file.path == "config.json" for file in asset.files) and "instruct" in name
]
RECIPE = "1"
"""Of how prompts are laid out and answers read off; changes whenever answers may."""


def load(options: LocalLM, run: Run) -> OpenCausal | OpenMasked:
    """See :meth:`LocalLM.open`."""
    folder = options.name
    if folder in MODELS:
        folder = str(fetch(MODELS[folder], run.watch))
    dtype = precision(options, run)
    with _quiet():
        try:
            _refuse_unknown(folder)
            config = AutoConfig.from_pretrained(folder)
            masked = _is_masked(config, options.name)
            tokenizer = AutoTokenizer.from_pretrained(folder)
            kind = AutoModelForMaskedLM if masked else AutoModelForCausalLM
            loaded: Any = kind.from_pretrained(folder, dtype=dtype, output_loading_info=True)
            model, found = loaded  # Any: its type knows no loading info
        except (OSError, ValueError, KeyError) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise AssetError(
                f"no language model {options.name!r}: {first}\n  hint: name one of"
                f" {', '.join(_NAMES)}, a folder with a model, or a model of a hub"
            ) from error
    if found["missing_keys"]:
        missing = sorted(found["missing_keys"])
        raise AssetError(
            f"{options.name!r} lacks {len(missing)} weights of {type(model).__name__}, such as"
            f" {missing[0]}: it was not made to write or to fill in masks"
        )
    if not masked and "past_key_values" not in signature(model.forward).parameters:
        raise AssetError(
            f"{options.name!r} is {type(model).__name__}, which keeps no keys and values: name a"
            " transformer that goes on with texts"
        )
    model = model.eval().to(run.device)
    fingerprint = _fingerprint(options, folder, model, tokenizer)
    return (OpenMasked if masked else OpenCausal)(options, model, tokenizer, fingerprint)


def _refuse_unknown(name: str) -> None:
    """Asks the hub once whether it has a model; the loading itself would ask for a minute.

    Raises:
        OSError: It has none, or cannot be asked.
    """
    if Path(name).is_dir() or isinstance(try_to_load_from_cache(name, "config.json"), str):
        return
    try:
        HfApi().model_info(name, timeout=HUB_S)
    except Exception as error:  # what its transport raises has no kind of its own
        raise OSError(f"no folder here, and from the hub: {error}") from error


def precision(options: LocalLM, run: Run) -> torch.dtype:
    """The numbers that a model computes with."""
    if options.precision != "auto":
        named: torch.dtype = getattr(torch, options.precision)
        return named
    if run.device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if run.device != "cpu":
        return torch.float32
    flags = _processor_flags()
    return torch.bfloat16 if flags & {"avx512_bf16", "amx_bf16"} else torch.float32


def _processor_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    found = next((line for line in lines if line.startswith("flags")), "")
    return set(found.partition(":")[2].split())


def _is_masked(config: PreTrainedConfig, name: str) -> bool:
    made: str = (getattr(config, "architectures", None) or [""])[0]
    if config.is_encoder_decoder:
        raise AssetError(
            f"{name!r} is {made or 'an encoder-decoder'}: a LocalLM goes on with a text, or fills"
            " in masks; name a model of one of these kinds"
        )
    return made.endswith("ForMaskedLM")


def _fingerprint(
    options: LocalLM, folder: str, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> str:
    parts = [RECIPE, str(model.dtype), str(options.window), options.too_long]
    parts.append(str(tokenizer.chat_template))
    if options.name in WEIGHTS:
        parts.append(WEIGHTS[options.name])
    else:
        files = sorted(Path(folder).glob("*.safetensors")) if Path(folder).is_dir() else []
        parts += [hash_file(file) for file in files] or [_hash_weights(model)]
        parts.append(str(sorted(tokenizer.get_vocab().items())))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _hash_weights(model: PreTrainedModel) -> str:
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(name.encode() + tensor.float().cpu().numpy().tobytes())
    return digest.hexdigest()


@contextmanager
def _quiet() -> Iterator[None]:
    """No bars and reports of other libraries: who watches is told by the run."""
    shown, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped there
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there
