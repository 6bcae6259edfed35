"""Made tables: our own, with two header rows, merged cells and more rows than a page holds.

A bar in a column's name parts the group above ("Dry|Steel" is "Steel" below "Dry").
"""

from __future__ import annotations

from table_truth import TrueTable


def _long_ja() -> tuple[tuple[str, ...], ...]:
    parts = ("供給ポンプ", "戻りポンプ", "送りローラ", "押さえローラ", "ヒータ", "冷却ファン", "切断刃", "搬出ベルト")
    items = (
        ("起動遅れ", "秒", 0.5),
        ("停止遅れ", "秒", 0.2),
        ("上限速度", "r/min", 120),
        ("異常判定時間", "秒", 3),
        ("再試行回数", "回", 2),
    )
    rows = []
    for p, part in enumerate(parts):
        for i, (item, unit, base) in enumerate(items):
            value = round(base * (1 + p), 1)
            rows.append((f"K-{p + 1}{i + 1:02}", f"{part} {item}", f"{value:g}", f"0～{value * 5:g}", unit))
    return tuple(rows)


def _long_en() -> tuple[tuple[str, ...], ...]:
    stations = ("infeed", "turner", "sealer", "printer", "reject gate", "outfeed", "stacker", "scale")
    items = (
        ("start delay", "s", 0.4),
        ("stop delay", "s", 0.3),
        ("top speed", "mm/s", 90),
        ("sensor filter", "ms", 15),
        ("retries", "-", 2),
    )
    rows = []
    for s, station in enumerate(stations):
        for i, (item, unit, base) in enumerate(items):
            value = round(base * (2 + s), 1)
            rows.append((f"N{s + 1}{i:02}", f"{station} {item}", f"{value:g}", f"0 to {value * 4:g}", unit))
    return tuple(rows)


MADE: tuple[tuple[TrueTable, ...], ...] = (
    (
        TrueTable(
            "en",
            "",
            "Gear pump GP-7: technical data of the three sizes.",
            "Bolt torques",
            "Tightening torques in N·m",
            ("Bolt", "Steel housing|Dry", "Steel housing|Oiled", "Aluminium housing|Dry", "Aluminium housing|Oiled"),
            (
                ("M5 cover bolt", "6.1", "4.9", "4.0", "3.2"),
                ("M6 flange bolt", "10.4", "8.5", "7.1", "5.8"),
                ("M8 foot bolt", "25.2", "20.6", "17.3", "14.0"),
                ("M10 coupling bolt", "49.5", "40.7", "33.9", "27.4"),
                ("M12 base bolt", "86.0", "70.3", "58.8", "47.6"),
            ),
        ),
        TrueTable(
            "en",
            "",
            "Gear pump GP-7: technical data of the three sizes.",
            "Lubrication",
            "",
            ("Area", "Point", "Grease", "Amount", "Interval"),
            (
                ("Drive", "Motor bearing", "EP 2", "12 g", "4000 h"),
                ("Drive", "Coupling", "EP 0", "30 g", "2000 h"),
                ("Drive", "Chain", "Chain oil 68", "5 ml", "200 h"),
                ("Pump", "Shaft seal", "Silicone S4", "2 g", "1000 h"),
                ("Pump", "Idler bush", "EP 2", "6 g", "1500 h"),
                ("Valve", "Spindle nut", "Copper paste", "3 g", "yearly"),
            ),
        ),
        TrueTable(
            "en",
            "",
            "Gear pump GP-7: technical data of the three sizes.",
            "Limits by size",
            "",
            ("Size", "Flow (l/min)", "Pressure (bar)", "Noise (dB)", "Note"),
            (
                ("GP-7 S", "14", "160", "62", "Closes by itself when the inlet pressure falls below the set value."),
                ("GP-7 M", "22", "160", "66", ""),
                ("GP-7 L", "38", "120", "71", "Runs with a cooled shaft seal only; see the seal kit."),
            ),
        ),
    ),
    (
        TrueTable(
            "ja",
            "",
            "乾燥機 DR-9 の主な数値をまとめた。",
            "端子と電線",
            "端子の締付けトルク",
            ("端子", "動力|ねじ", "動力|トルク [N·m]", "制御|ねじ", "制御|トルク [N·m]"),
            (
                ("ヒータ端子台", "M6", "4.2", "M3", "0.6"),
                ("送風機端子台", "M5", "2.8", "M3.5", "0.9"),
                ("主ブレーカ", "M8", "9.5", "M4", "1.4"),
                ("接地端子", "M5", "3.1", "M4", "1.5"),
            ),
        ),
        TrueTable(
            "ja",
            "",
            "乾燥機 DR-9 の主な数値をまとめた。",
            "点検のめやす",
            "",
            ("部位", "箇所", "周期", "基準", "担当"),
            (
                ("加熱部", "ヒータ絶縁", "6か月", "5 MΩ以上", "保全"),
                ("加熱部", "温度センサ", "1か月", "±2 ℃以内", "運転"),
                ("加熱部", "断熱材", "1年", "割れや欠けがなく、表面温度が 60 ℃を超えないこと。", "保全"),
                ("送風部", "吸込みフィルタ", "1週間", "目詰まりなし", "運転"),
                ("送風部", "羽根車", "3か月", "振動 4.5 mm/s 以下", "保全"),
                ("搬送部", "網ベルトの張り", "1か月", "たわみ 15 mm", "運転"),
            ),
        ),
        TrueTable(
            "ja",
            "",
            "乾燥機 DR-9 の主な数値をまとめた。",
            "設定一覧",
            "",
            ("番号", "名称", "初期値", "範囲", "単位"),
            _long_ja(),
        ),
    ),
    (
        TrueTable(
            "en",
            "",
            "Carton line CL-12: settings of all stations.",
            "Settings",
            "",
            ("Setting", "Name", "Default", "Range", "Unit"),
            _long_en(),
        ),
    ),
)
