"""Wording of what andon doctor finds on the box: board, clocks, drivers, memory, heat; each with what helps."""

from __future__ import annotations

from ui.wording import Entry

BOARD: dict[str, Entry] = {
    "doctor.model_too_large": {
        "ja": "モデル {name} は空きメモリに収まりません: {reason}",
        "en": "The model {name} does not fit into what memory is free: {reason}",
    },
    "board.name": {"ja": "機器: {name}", "en": "Box: {name}"},
    "board.processor": {
        "ja": "CPU: {model}({cpus} コア)、命令: {features}",
        "en": "Processor: {model} ({cpus} cores), instructions: {features}",
    },
    "board.processor_slow": {
        "ja": "CPU に {missing} 命令がありません。回答の生成が数倍遅くなります: {model}({cpus} コア)、命令: {features}",
        "en": "The processor lacks {missing}, so answers are several times slower: {model} ({cpus} cores), "
        "instructions: {features}",
    },
    "board.processor_slow.help": {
        "ja": "原文の検索だけで使うか(ANDON_MODEL=none)、新しい CPU の機器に移してください",
        "en": "use it for quotes alone (ANDON_MODEL=none), or take a box with a newer processor",
    },
    "board.memory": {
        "ja": "メモリ {total} GB、空き {free} GB、スワップ {swap} GB",
        "en": "Memory {total} GB, {free} GB free, swap {swap} GB",
    },
    "board.memory_unknown": {"ja": "メモリの量は調べられません", "en": "How much memory there is could not be read"},
    "board.memory_low": {
        "ja": "空きメモリが {free} GB しかありません(全体 {total} GB、スワップ {swap} GB)",
        "en": "Only {free} GB of {total} GB of memory are free (swap {swap} GB)",
    },
    "board.memory_low.help": {
        "ja": "ほかのプログラムとデスクトップ画面を止め、context_tokens を下げるか、小さいモデルにしてください",
        "en": "stop other programs and the desktop, lower context_tokens, or take a smaller model",
    },
    "board.no_swap": {
        "ja": "スワップがありません(メモリ {total} GB)。大きなマニュアルの登録中にサービスが落ちる恐れがあります",
        "en": "There is no swap beside {total} GB of memory: reading a large manual may end the service",
    },
    "board.no_swap.help": {
        "ja": "sudo apt-get install zram-tools、またはスワップファイルを作成(docs/ja/jetson.md、docs/ja/rk3588.md)",
        "en": "sudo apt-get install zram-tools, or make a swap file (docs/jetson.md, docs/rk3588.md)",
    },
    "board.desktop": {
        "ja": "デスクトップ画面が起動する設定です。1 GB 前後のメモリを使います",
        "en": "The box starts a desktop, which takes about 1 GB of its memory",
    },
    "board.desktop.help": {
        "ja": "sudo systemctl set-default multi-user.target を実行し、再起動",
        "en": "sudo systemctl set-default multi-user.target, then restart",
    },
    "board.disk": {"ja": "ディスクの空き {free} GB", "en": "{free} GB of disk free"},
    "board.disk_low": {"ja": "ディスクの空きが {free} GB しかありません", "en": "Only {free} GB of disk free"},
    "board.disk_low.help": {
        "ja": "不要なファイルを消すか、--data で大きいディスクのフォルダを指定してください",
        "en": "delete what is not needed, or name a folder on a larger disk with --data",
    },
    "board.disk_full": {
        "ja": "ディスクがほぼ一杯です(空き {free} GB)。マニュアルの登録も記録もできなくなります",
        "en": "The disk is nearly full ({free} GB free): soon no manual and no record can be written",
    },
    "board.disk_full.help": {
        "ja": "すぐに空きを作るか、--data で大きいディスクのフォルダを指定してください",
        "en": "make room now, or name a folder on a larger disk with --data",
    },
    "board.jetpack": {
        "ja": "JetPack {jetpack}(L4T {l4t})、CUDA {cuda}",
        "en": "JetPack {jetpack} (L4T {l4t}), CUDA {cuda}",
    },
    "board.jetpack_memory": {
        "ja": "JetPack {jetpack}(L4T {l4t})には、8 GB の機種で GPU の大きなメモリ確保が失敗する不具合があります",
        "en": "JetPack {jetpack} (L4T {l4t}): large GPU allocations fail on boards with 8 GB in this release",
    },
    "board.jetpack_memory.help": {
        "ja": "JetPack 6.2.2(L4T 36.5)以降に更新。すぐに更新できなければ、再起動後に最初にモデルを読み込ませてください",
        "en": "update to JetPack 6.2.2 (L4T 36.5) or newer; until then restart and load the model first",
    },
    "board.jetpack_old": {
        "ja": "JetPack {jetpack}(L4T {l4t})は古く、Python 3.10 がありません",
        "en": "JetPack {jetpack} (L4T {l4t}) is old and has no Python 3.10",
    },
    "board.jetpack_old.help": {
        "ja": "JetPack 6.2.2 以降を書き込み直してください(docs/ja/jetson.md)",
        "en": "flash JetPack 6.2.2 or newer (docs/jetson.md)",
    },
    "board.cuda_build_missing": {
        "ja": "llama.cpp が CUDA なしでビルドされています。GPU を使えません",
        "en": "llama.cpp was built without CUDA, so the GPU is not used",
    },
    "board.cuda_build_missing.help": {
        "ja": "配布フォルダの install.sh を実行し直すか、CMAKE_ARGS='-DGGML_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES={arch}' "
        "で llama-cpp-python を作り直してください(docs/ja/jetson.md)",
        "en": "run the bundle's install.sh again, or build llama-cpp-python with CMAKE_ARGS='-DGGML_CUDA=ON "
        "-DCMAKE_CUDA_ARCHITECTURES={arch}' (docs/jetson.md)",
    },
    "board.gpu_unused": {
        "ja": "GPU を使えるのに、モデルは CPU で動く設定です(gpu_layers = 0)",
        "en": "The GPU could be used, and the model runs on the processor (gpu_layers = 0)",
    },
    "board.gpu_unused.help": {
        "ja": "andon.toml に gpu_layers = -1 を書くか、ANDON_GPU_LAYERS=-1 を設定",
        "en": "write gpu_layers = -1 into andon.toml, or set ANDON_GPU_LAYERS=-1",
    },
    "board.power": {"ja": "電力モード {mode}", "en": "Power mode {mode}"},
    "board.power_low": {
        "ja": "電力モードが {mode} です。{best} より大幅に遅くなります",
        "en": "The power mode is {mode}, much slower than {best}",
    },
    "board.power_low.help": {
        "ja": "sudo nvpmodel -m {number}(冷却と電源の容量を確かめてから)",
        "en": "sudo nvpmodel -m {number} (once cooling and power supply are known to bear it)",
    },
    "board.npu": {"ja": "NPU ドライバ rknpu {version}({place})", "en": "NPU driver rknpu {version} ({place})"},
    "board.npu_old": {
        "ja": "NPU ドライバ rknpu {version} は古く、rkllm が失敗します({wanted} 以降が必要です。{place})",
        "en": "The NPU driver rknpu {version} is too old for rkllm, which needs {wanted} ({place})",
    },
    "board.npu_old.help": {
        "ja": "ベンダーのカーネルを更新し、再起動してください(docs/ja/rk3588.md)。"
        "それまでは GGUF モデルを CPU で使えます",
        "en": "update the vendor's kernel and restart (docs/rk3588.md); until then run a GGUF model on the processor",
    },
    "board.npu_mainline": {
        "ja": "NPU ドライバが標準カーネルの rocket です。rkllm では使えません",
        "en": "The NPU's driver is the mainline kernel's (rocket), which rkllm cannot use",
    },
    "board.npu_mainline.help": {
        "ja": "ベンダーのカーネル(5.10 または 6.1)の OS イメージを書き込むか、GGUF モデルを CPU で使ってください"
        "(docs/ja/rk3588.md)",
        "en": "flash a system with the vendor's kernel (5.10 or 6.1), or run a GGUF model on the processor "
        "(docs/rk3588.md)",
    },
    "board.npu_missing": {"ja": "NPU ドライバがありません", "en": "There is no NPU driver"},
    "board.npu_missing.help": {
        "ja": "NPU を使うなら、ベンダーのカーネル(5.10 または 6.1)の OS イメージが必要です(docs/ja/rk3588.md)",
        "en": "to use the NPU, a system with the vendor's kernel (5.10 or 6.1) is needed (docs/rk3588.md)",
    },
    "board.npu_version_unread": {
        "ja": "NPU ドライバはありますが、バージョンを読めません(debugfs は root だけが読めます)",
        "en": "There is an NPU driver, but its version cannot be read (debugfs is root's)",
    },
    "board.npu_version_unread.help": {
        "ja": "sudo cat /sys/kernel/debug/rknpu/version で 0.9.8 以降か確かめてください",
        "en": "sudo cat /sys/kernel/debug/rknpu/version; it must be 0.9.8 or newer",
    },
    "board.ddr_missing": {
        "ja": "DDR のクロックを調べられません(/sys/class/devfreq/dmc がありません)。"
        "最高クロックで動いていない恐れがあります",
        "en": "The memory's clock cannot be seen or set (no /sys/class/devfreq/dmc); it may not run at its highest",
    },
    "board.ddr_missing.help": {
        "ja": "ブートローダ(SPI)をボードのベンダーの新しいものに更新し、"
        "andon bench の結果を docs/bench.md と比べてください",
        "en": "update the boot loader (SPI) to the vendor's newest, then compare andon bench with docs/bench.md",
    },
    "board.clocks": {
        "ja": "クロックは最高に固定されています: {clocks}",
        "en": "Clocks are held at their highest: {clocks}",
    },
    "board.clocks_jetson": {
        "ja": "クロックが固定されていません({loose}): {clocks}。応答時間がばらつき、測定値を比べられません",
        "en": "Clocks are not held ({loose}): {clocks}. Times vary, and measurements cannot be compared",
    },
    "board.clocks_jetson.help": {"ja": "sudo jetson_clocks", "en": "sudo jetson_clocks"},
    "board.clocks_rk3588": {
        "ja": "クロックが固定されていません({loose}): {clocks}。応答時間がばらつき、測定値を比べられません",
        "en": "Clocks are not held ({loose}): {clocks}. Times vary, and measurements cannot be compared",
    },
    "board.clocks_rk3588.help": {
        "ja": "sudo sh fix_freq_rk3588.sh、または docs/ja/rk3588.md の andon-clocks サービス",
        "en": "sudo sh fix_freq_rk3588.sh, or the andon-clocks service of docs/rk3588.md",
    },
    "board.heat": {"ja": "温度 最高 {celsius} °C", "en": "Hottest sensor {celsius} °C"},
    "board.hot": {"ja": "温度が {celsius} °C あります", "en": "The box is at {celsius} °C"},
    "board.hot.help": {
        "ja": "ファンと通風を確かめてください。85 °C 前後から自動的に遅くなります",
        "en": "look after fan and airflow: from about 85 °C on it slows itself down",
    },
    "board.slowed": {
        "ja": "いま速度が落とされています: {slowed}({celsius} °C)",
        "en": "The box is being slowed down now: {slowed} ({celsius} °C)",
    },
    "board.slowed.help": {
        "ja": "ファンと通風を確かめ、それでも続くなら電力モードを下げてください",
        "en": "look after fan and airflow; if it goes on, take a lower power mode",
    },
    "board.slowed_before": {
        "ja": "起動後に速度が落とされたことがあります: {events}",
        "en": "The box was slowed down since it started: {events}",
    },
    "board.slowed_before.help": {
        "ja": "oc は電源の不足です(AC アダプタとケーブルを確認)。それ以外は温度です(ファンと通風を確認)",
        "en": "oc: a weak supply (look after adapter and cable); others: heat (look after fan and airflow)",
    },
}
