"""Wording of the NPU: what its runtime, its driver and its converter refuse."""

from __future__ import annotations

from ui.wording import Entry

NPU: dict[str, Entry] = {
    "npu.calibrated": {
        "ja": "{name} から {count} 件の質問を校正に使います。",
        "en": "Calibrated on {count} questions of {name}.",
    },
    "npu.converted": {
        "ja": "変換しました: {path} ({size})。フォルダごとボードにコピーし、設定 model で指定してください。",
        "en": "Converted: {path} ({size}). Copy its whole folder to the board and name it in the setting model.",
    },
}
NPU_ERRORS: dict[str, Entry] = {
    "adapter_unknown": {
        "ja": "指定された追加学習の差分(LoRA)は、回答モデルに読み込まれていません。管理者に連絡してください。",
        "en": "The adapter asked for was not loaded with the answer model. Tell your admin.",
    },
    "npu_runtime_unusable": {
        "ja": "NPU のランタイム(librkllmrt.so)を使用できません。原文はそのまま見られます。管理者に連絡してください。",
        "en": "The NPU's runtime (librkllmrt.so) cannot be used. The manual's own words can still be read. "
        "Tell your admin.",
    },
    "npu_runtime_missing": {
        "ja": "NPU のランタイム(librkllmrt.so)がありません。モデルと同じフォルダに置くか、"
        "設定 rkllm_library で場所を指定してください。",
        "en": "The NPU's runtime (librkllmrt.so) is missing. Copy it beside the model, "
        "or name it in the setting rkllm_library.",
    },
    "npu_runtime_unknown": {
        "ja": "NPU のランタイムのバージョンを確認できないため、使用しませんでした。"
        "librkllmrt.so の 1.3.0 または 1.2.3 を入れてください。",
        "en": "The release of the NPU's runtime is not known, so it was not used. "
        "Install librkllmrt.so 1.3.0 or 1.2.3.",
    },
    "npu_driver_unusable": {
        "ja": "このカーネルの NPU ドライバは使用できません。"
        "rknpu 0.9.8 以降が入ったメーカーのカーネルに更新してください。",
        "en": "This kernel's NPU driver cannot be used. Update to the maker's kernel with rknpu 0.9.8 or newer.",
    },
    "npu_load_failed": {
        "ja": "NPU に回答モデルを読み込めませんでした。メモリ不足か、別のチップ用に変換されたモデルです。"
        "ほかのプログラムを終了するか、小さいモデルに替えてください。",
        "en": "The NPU could not load the answer model: memory is short, or it was converted for another chip. "
        "Close other programs, or take a smaller model.",
    },
    "npu_context_refused": {
        "ja": "このコンテキスト長は NPU では使えません。context_tokens を 32 の倍数、16384 以下にしてください。",
        "en": "The NPU does not take a context of this length. Set context_tokens to a multiple of 32, at most 16384.",
    },
    "npu_toolkit_unusable": {
        "ja": "変換ツール(rkllm-toolkit)の環境がないか、動作確認済みのバージョンと異なります。"
        "専用の仮想環境に、指定のバージョンで入れ直してください。",
        "en": "The environment of rkllm-toolkit is missing, or not the one that is known to work. "
        "Install it anew in an environment of its own, with its pinned versions.",
    },
    "npu_dtype_refused": {
        "ja": "この数値形式(w4a16 など)は RK3588 の NPU では使えません。w8a8 で変換してください。"
        "4 ビットにする場合は、GGUF の Q4_0 を CPU で使ってください。",
        "en": "The RK3588's NPU does not compute with such numbers (w4a16). Convert to w8a8, "
        "or run a GGUF file in Q4_0 on the CPU.",
    },
    "npu_calibration_too_small": {
        "ja": "校正に使える質問が足りません。答え付きの質問を 8 件以上(20 件以上を推奨)用意してください。",
        "en": "There are too few questions to calibrate on. Give at least 8 with answers, better 20 or more.",
    },
    "npu_conversion_broke": {
        "ja": "変換ツール(rkllm-toolkit)が途中で失敗しました。表示された内容を確認してください。",
        "en": "rkllm-toolkit failed. See what it said.",
    },
    "npu_second_model": {
        "ja": "NPU には別のモデルがすでに読み込まれています。同時に使えるモデルは 1 つだけです。",
        "en": "The NPU holds a model already. Only one model can be in use at a time.",
    },
}
