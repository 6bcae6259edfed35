"""Wording of andon bench and andon bundle."""

from __future__ import annotations

from ui.wording import Entry

BENCH: dict[str, Entry] = {
    "bench.head": {
        "ja": "モデル {model}({quantisation})、機器 {board}、{runtime}、スレッド {threads}",
        "en": "Model {model} ({quantisation}) on {board}, {runtime}, {threads} threads",
    },
    "bench.busy": {
        "ja": "測定前からほかのプログラムが動いています(負荷 {load})。値は実力より低くなります",
        "en": "Other programs were at work before the measurement (load {load}); the figures are too low",
    },
    "bench.line": {
        "ja": "{name}: 入力 {prompt} トークン/秒、生成 {speed} トークン/秒、"
        "最初の文字まで {cold} ms(同じ前文の 2 回目 {warm} ms)",
        "en": "{name}: reads {prompt} tokens/s, speaks {speed} tokens/s, "
        "first text after {cold} ms cold, {warm} ms warm",
    },
    "bench.roofline": {
        "ja": "    メモリ帯域の上限({gb} GB/s、{by})の {percent} %",
        "en": "    {percent} % of what the memory's bandwidth allows ({gb} GB/s, {by})",
    },
    "bench.by.nominal": {"ja": "公称値", "en": "nominal"},
    "bench.by.measured": {"ja": "実測値", "en": "measured by copying"},
    "bench.short": {
        "ja": "    回答が {wanted} トークンの前に終わりました({tokens} トークン)。同じ長さの測定とは比べられません",
        "en": "    The answers ended at {tokens} of {wanted} tokens; do not compare with ones of full length",
    },
    "bench.skipped": {"ja": "{name}: 測定しません({reason})", "en": "{name}: not measured ({reason})"},
    "bench.memory": {
        "ja": "メモリ {figure} MB(PSS {pss} MB と空きメモリの減少 {available_drop} MB の大きいほう。"
        "VmHWM {resident_peak} MB)",
        "en": "Memory {figure} MB (the larger of PSS {pss} MB and the drop of MemAvailable {available_drop} MB; "
        "VmHWM {resident_peak} MB)",
    },
    "bench.written": {"ja": "{path} に書きました。", "en": "Written to {path}."},
    "bench.differs": {
        "ja": "条件が違います: {name}: {first} / {second}",
        "en": "Not alike: {name}: {first} / {second}",
    },
    "bench.unlike": {
        "ja": "条件が違うため比べません。違いを承知で比べるには --force を付けてください。",
        "en": "Not compared, since the conditions differ; --force compares all the same.",
    },
    "bundle.made": {
        "ja": "{path} に配布フォルダを作りました({megabytes} MB、{release})。",
        "en": "The bundle {release} is in {path} ({megabytes} MB).",
    },
    "bundle.next": {
        "ja": "フォルダごと機器にコピーし、その中の install.sh を実行してください。",
        "en": "Copy the folder to the box and run install.sh in it.",
    },
    "bundle.missing": {"ja": "ありません: {name}", "en": "missing: {name}"},
    "bundle.altered": {"ja": "変わっています: {name}", "en": "altered: {name}"},
    "bundle.extra": {"ja": "一覧にありません: {name}", "en": "not in the list: {name}"},
    "bundle.whole": {"ja": "{count} 個のファイルはすべて一覧のとおりです。", "en": "All {count} files are as listed."},
    "bundle.broken": {
        "ja": "一覧の {count} 個のファイルと一致しません。もう一度コピーしてください。",
        "en": "The folder is not as its list of {count} files says. Copy it again.",
    },
}
