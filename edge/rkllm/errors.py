"""Errors of the NPU's runtime, under those of the edge.

EdgeFailed
├── ModelUnreadable
│   └── RuntimeUnusable      librkllmrt.so: something about it keeps it from being called
│       ├── RuntimeMissing       it is not there
│       ├── RuntimeUnknown       its release is not known, so its structures are not; calling it would crash
│       └── DriverUnusable       the kernel's driver of the NPU is older than the runtime needs, or another
├── NpuLoadFailed            the runtime refused the model: memory, platform, context
├── ContextRefused           a context length that the runtime does not take
├── SecondModel              a model is in the NPU's memory already
├── ToolkitUnusable          rkllm-toolkit's environment is missing, or not the one that is known to convert well
├── ConversionBroke          the toolkit failed; its last lines say why
└── ConversionRefused
    ├── DtypeRefused             numbers that an RK3588 does not compute with (w4a16)
    └── CalibrationTooSmall      too few questions to measure the ranges of numbers by
"""

from __future__ import annotations

from edge.errors import ConversionRefused, EdgeFailed, ModelUnreadable


class RuntimeUnusable(ModelUnreadable):
    code = "npu_runtime_unusable"


class RuntimeMissing(RuntimeUnusable):
    code = "npu_runtime_missing"


class RuntimeUnknown(RuntimeUnusable):
    code = "npu_runtime_unknown"


class DriverUnusable(RuntimeUnusable):
    code = "npu_driver_unusable"


class NpuLoadFailed(EdgeFailed):
    code = "npu_load_failed"


class ContextRefused(EdgeFailed):
    code = "npu_context_refused"


class SecondModel(EdgeFailed):
    code = "npu_second_model"


class ToolkitUnusable(EdgeFailed):
    code = "npu_toolkit_unusable"


class DtypeRefused(ConversionRefused):
    code = "npu_dtype_refused"


class CalibrationTooSmall(ConversionRefused):
    code = "npu_calibration_too_small"


class ConversionBroke(EdgeFailed):
    code = "npu_conversion_broke"
