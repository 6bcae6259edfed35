"""PROBE_TEXTS: what a converted tokenizer must split as its source does: languages, codes, widths, emoji, spaces."""

from __future__ import annotations

PROBE_TEXTS: tuple[str, ...] = (
    "The spindle stops when alarm AL-16 is raised.",
    "Check parameter P1-05 before the restart; don't open the cover while it's running.",
    "Turn the power OFF, wait 5 minutes, then remove 4 screws (M4 x 12).",
    "主軸が停止したときは、アラーム AL-16 を確認し、電源を切ってください。",
    "モーターが過熱した場合は 30 分待ってから再起動する。",
    "圧力が 0.5MPa 以下になると E5101 が表示される。",
    "アラームＡＬ－１６が、１００Ｖで発生。",
    "ﾓｰﾀｰ ｱﾗｰﾑ ｶﾊﾞｰ を全角にする。",
    "MR-J4-200B / SC-200 / 8003[7] / 0x1F / E4O1 / #12-3",
    "値は ±5 ℃、①②③、㍿、㎜、½、№ 7、 ※1 を参照。",
    "髙橋、﨑、𠮷野家、齉、葛󠄀城",
    "温度 🔥 35℃、警告 ⚠️、合図 👷🏽‍♀️、旗 🇯🇵",
    "1.\n2.\n\n  - 電源を切る\r\n",
    "列1\t列2\t 列3",
    " leading and trailing ",
    "    four   spaces  between　全角空白　も",
    "12345 １２３４５ 3.14159 1,000,000 2026-11-30 15:30",
    "snake_case camelCase kebab-case UPPER_CASE x=y*z%3",
    "https://192.168.0.1:8080/a?b=c&d=%20#e",
    "std::vector<string> は <s> と </s> を含む。",
    "é e\u0301 がぎぐ か\u3099 ﬁ ſ İ",
    "한국어 и кириллица، العربية",
    "「引用」『二重』（括弧）［角］【隅】〈山〉～〜―—–−ー",
    "???!!! …… ・・・ 、、、。。。",
    "x" * 70,
    "止" * 40,
    "\u00a0\u200b\ufeff見えない文字",
    "\"quoted\" 'single' `code` \\back\\",
)
