"""Errors of the edge, as a tree.

EdgeFailed
├── ModelMissing          the model file, or its catalogue entry, is not there
│   └── FolderIncomplete      a folder to convert lacks a file that belongs to it
├── ModelUnreadable       the file is there and no model comes out of it
│   ├── ModelAltered          its bytes are not those of the catalogue
│   ├── ModelTruncated        its end is missing
│   ├── ModelTooLarge         it needs more memory than is free
│   └── NotAModel             it is something else
├── EntryRefused          the catalogue cannot take this entry
├── DiskFull              there is no room for what would be written
├── AdapterUnknown        the LoRA adapter asked for was not loaded with the model
├── AdapterUnreadable     its file is not there, is none, or was made for another model
├── PromptTooLong         prompt and answer together do not fit into the context
├── AskRefused            the runner cannot do what Sampling asks for
│   └── GrammarWrong          a grammar or JSON schema that cannot be followed
├── GenerationFailed      the runtime broke while it was computing
│   ├── ModelCrashed          the process that holds the model ended
│   └── GenerationStuck       it computes and does not come back, time after time
├── EndpointFailed        the model is behind an address, and no answer comes from there
│   ├── EndpointAway          nothing answers at the address
│   ├── EndpointBusy          the server turns callers away for now
│   ├── EndpointSlow          it took the question and no word comes in time
│   ├── EndpointBroken        its answer broke off or cannot be understood
│   ├── EndpointRefused       it will not answer this request: key, model or parameters
│   └── AddressRefused        the address is none, or not on the site
├── HubFailed             a file could not be fetched
│   ├── OfflineRefused        the settings forbid to reach out
│   ├── HubAway               the Hub does not answer, or breaks off
│   ├── HubMissing            it has no such repository or file
│   ├── HubGated              the file must be asked for
│   └── HubRefused            it answers in a way that cannot be trusted
├── ConversionRefused     a model whose conversion would not be faithful
│   ├── ArchitectureUnknown   its network is none that is computed alike here
│   └── TokenizerUnknown      its text would be split differently here
├── BundleRefused         a bundle cannot be made of what is here, or is none
├── QuantizationFailed    the installed library could not quantise the file
│   └── QuantizedAlready      the source is quantised; doing it again costs quality
└── edge.rkllm.errors     what the NPU's runtime refuses
"""

from __future__ import annotations


class EdgeFailed(Exception):
    """Base of all errors here. ``remedy`` is the sentence or command that helps; ``code`` is stable for programs and
    for the wording in the reader's language."""

    code = "edge_failed"

    def __init__(self, message: str, remedy: str = "", **details: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class ModelMissing(EdgeFailed):
    code = "model_missing"


class FolderIncomplete(ModelMissing):
    code = "folder_incomplete"


class ModelUnreadable(EdgeFailed):
    code = "model_unreadable"


class ModelAltered(ModelUnreadable):
    code = "model_altered"


class ModelTruncated(ModelUnreadable):
    code = "model_truncated"


class NotAModel(ModelUnreadable):
    code = "not_a_model"


class EntryRefused(EdgeFailed):
    code = "entry_refused"


class DiskFull(EdgeFailed):
    code = "disk_full"


class AdapterUnknown(EdgeFailed):
    code = "adapter_unknown"


class ModelTooLarge(ModelUnreadable):
    code = "model_too_large"


class AdapterUnreadable(EdgeFailed):
    code = "adapter_unreadable"


class PromptTooLong(EdgeFailed):
    code = "prompt_too_long"


class AskRefused(EdgeFailed):
    code = "ask_refused"


class GrammarWrong(AskRefused):
    code = "grammar_wrong"


class GenerationFailed(EdgeFailed):
    code = "generation_failed"


class ModelCrashed(GenerationFailed):
    code = "model_crashed"


class GenerationStuck(GenerationFailed):
    code = "generation_stuck"


class EndpointFailed(EdgeFailed):
    code = "endpoint_failed"


class EndpointAway(EndpointFailed):
    code = "endpoint_away"


class EndpointBusy(EndpointFailed):
    code = "endpoint_busy"


class EndpointSlow(EndpointFailed):
    code = "endpoint_slow"


class EndpointBroken(EndpointFailed):
    code = "endpoint_broken"


class EndpointRefused(EndpointFailed):
    code = "endpoint_refused"


class AddressRefused(EndpointFailed):
    code = "address_refused"


class HubFailed(EdgeFailed):
    code = "hub_failed"


class OfflineRefused(HubFailed):
    code = "offline_refused"


class HubAway(HubFailed):
    code = "hub_away"


class HubMissing(HubFailed):
    code = "hub_missing"


class HubGated(HubFailed):
    code = "hub_gated"


class HubRefused(HubFailed):
    code = "hub_refused"


class ConversionRefused(EdgeFailed):
    code = "conversion_refused"


class ArchitectureUnknown(ConversionRefused):
    code = "architecture_unknown"


class TokenizerUnknown(ConversionRefused):
    code = "tokenizer_unknown"


class QuantizationFailed(EdgeFailed):
    code = "quantization_failed"


class QuantizedAlready(QuantizationFailed):
    code = "quantized_already"


class BundleRefused(EdgeFailed):
    code = "bundle_refused"
