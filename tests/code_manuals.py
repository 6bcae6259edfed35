"""Made manuals of six makers for tuning how codes are found: PDF tables, headings, lists, HTML and CSV; ja and en."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Row = tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """An entry of a made manual: its ``codes`` as printed (the first is the usual one), ``kind`` of code, words that
    name its machine and its table, and ``remedy``, which stands in no other entry. ``lang`` of its page."""

    file: str
    kind: str
    codes: tuple[str, ...]
    remedy: str
    machine: tuple[str, str] = ("", "")
    table: tuple[str, str] = ("", "")
    lang: str = "en"


SERVO: tuple[Row, ...] = (
    ("7", "Drive power lost", "Contactor K3 opened", "Measure the coil of K3."),
    ("12", "Axis overload", "Arm touches an obstacle", "Move the arm by hand and free it."),
    ("23", "Resolver signal weak", "Cable worn in the elbow", "Replace the resolver cable."),
    ("31", "Brake stays closed", "Brake supply below 22 V", "Measure the brake supply."),
    ("104", "Joint too hot", "Duty cycle too high", "Add a pause to the program."),
)
CONTROLLER: tuple[Row, ...] = (
    ("7", "Clock not set", "Battery of the board empty", "Set the date on the pendant."),
    ("12", "Program memory full", "Too many saved points", "Delete old programs."),
    ("23", "Servo system does not answer", "Servo error in another axis, or its cause unknown", "Reseat board SB2."),
    ("31", "Pendant lost", "Cable pulled while running", "Plug the pendant in again."),
    ("40", "File damaged", "Power cut while saving", "Load the backup from the card."),
)
NETWORK: tuple[Row, ...] = (
    ("8003[1]", "Station 1 silent", "Terminating resistor missing", "Fit the resistor at the last station."),
    ("8003[7]", "Station 7 silent", "Switch S7 off", "Switch S7 on."),
    ("8010[2] to 8010[5]", "Frame lost", "Noise on the bus", "Ground the shield of the bus cable."),
    ("8020", "Wrong station map", "Map not loaded", "Load the station map."),
)
ROBOT_PARAMETERS: tuple[Row, ...] = (
    ("12", "Soft stop time", "0.4 s", "Longer values spare the gearbox."),
    ("23", "Tool weight", "0 kg", "Enter the weight of the tool here."),
    ("31", "Homing speed", "5 %", "Lower it when the stop is hit hard."),
)
MESSAGES: tuple[Row, ...] = (
    ("MOTOR_TEMPERATURE_\nWARNING", "Winding above 110 degrees", "Clean the ribs of the motor."),
    ("BRAKE_CHECK_\nOVERDUE", "No brake check for 30 days", "Run the brake check from the menu."),
    ("SRVO-\n050", "Collision found", "Jog the arm away from the part."),
    ("SRVO-\n062", "Pulse coder battery empty", "Change the four D cells."),
)

AMPLIFIER = """# サーボアンプ MX-J5 取扱説明書

## 5 パラメータ

### 5.1 基本設定パラメータ

| 番号 | 略称 | 名称 | 初期値 | 説明 |
|---|---|---|---|---|
| Pr.PA01 | *STY | 運転モード | 1000h | 位置制御か速度制御かを選ぶ。 |
| Pr.PA06 | CMX | 電子ギア分子 | 1 | 機械の減速比に合わせる。 |
| Pr.PA08 | ATU | 自動調整モード | 0001h | 調整の方法を選ぶ。 |

### 5.2 ゲイン・フィルタ設定パラメータ

| 番号 | 略称 | 名称 | 初期値 | 説明 |
|---|---|---|---|---|
| Pr.PB07 | PG1 | モデル制御ゲイン | 15.0 | 追従を速くするときに上げる。 |
| Pr.PB13 | NH1 | 機械共振抑制フィルタ1 | 4500 | 共振する周波数を入れる。 |
| Pr.PE41 | EOP3 | 機能選択E-3 | 0000h | ロバストフィルタを使うときに変える。 |

## 8 トラブルシューティング

AL.32 と AL.52 は負荷が大きいときに同時に出ることがあります。Pr.PA08 を変えると AL.52 が減ることがあります。

### 8.1 AL.10 不足電圧

主回路の電圧が下がった。電源のブレーカを調べる。

| 詳細番号 | 詳細名称 | 調査結果と処置 |
|---|---|---|
| AL.10.1 | 制御回路電源電圧低下 | 端子台CNP2の差し込みを直す。 |
| AL.10.2 | 主回路電源電圧低下 | 主電源の容量を大きくする。 |

### 8.2 AL.16 エンコーダ初期通信異常

エンコーダと通信できない。CN2のケーブルを交換する。

### 8.3 AL.32 過電流

許容電流を超えた。動力線の地絡を調べる。

### 8.4 AL.52 誤差過大

指令と位置の差が大きい。加減速時間を長くする。

### 8.5 AL.E6 サーボ強制停止警告

非常停止の信号が入った。EM2の配線を調べる。

### 8.6 AL.012 RAM異常

部品の故障。アンプを取り替える。
"""

PACKER_JA = """包装機 PK-80 操作説明書

1. 概要

本機は袋に品物を入れて封をする機械です。E401 が出たときは無理に動かさないでください。

2. エラー一覧

・E10～E19: 空気圧の異常。元バルブを開ける。
・E20: 袋がない。袋を補充する。
・E21: 袋の向きが逆。袋を裏返して入れ直す。
・E30～E33: 封かん温度の異常。ヒータ線の断線を調べる。
・E401: フィルムが切れた。フィルムをつなぎ直す。
・E402: フィルム張力の不足。ダンサローラのばねを替える。

3. 警告一覧

・W05: 清掃の時期。送り台を拭く。
・W12: 印字リボン残少。リボンを用意しておく。

4. 設定番号一覧

・設定3: 袋の長さ。実物を測って入れる。
・設定12: 封かん時間。厚い袋では長くする。
"""

MILL = """<html><head><title>CNC router WR-3 code reference</title></head><body><h1>CNC router WR-3 code reference</h1>
<h2>Alarms</h2><table><tr><th>Alarm code</th><th>Message</th><th>Description</th></tr>{alarms}</table>
<h2>Errors</h2><table><tr><th>Error code</th><th>Message</th><th>Description</th></tr>{errors}</table>
<h2>Settings</h2><table><tr><th>$-Code</th><th>Setting</th><th>Units</th><th>Description</th></tr>{settings}</table>
</body></html>"""
MILL_ALARMS: tuple[Row, ...] = (
    ("1", "End switch hit", "The spindle ran to the end of the bed. Home it again."),
    ("3", "Stopped while moving", "Steps may be missing. Home before you go on."),
    ("12", "Probe closed too soon", "The probe touched before the cycle. Lift it and start over."),
    ("14", "Spindle silent", "The converter sends no pulses. Check its two-wire link."),
)
MILL_ERRORS: tuple[Row, ...] = (
    ("1", "Letter missing", "Each word of a block begins with a letter. Correct the block."),
    ("3", "Unknown $ line", "The line was no command of this router. Look up the spelling."),
    ("12", "Pulse rate too high", "Lower the feed until the pulse rate is below 30 kHz."),
    ("33", "Arc has no centre", "Give the radius or the centre of the arc."),
)
MILL_SETTINGS: tuple[Row, ...] = (
    ("1", "Idle delay", "ms", "How long the coils stay on after a move."),
    ("3", "Turn axes round", "mask", "Flips an axis that runs the wrong way."),
    ("12", "Curve tolerance", "mm", "How far a chord may leave the true curve."),
    ("110", "Top rate of X", "mm/min", "Faster moves along X are slowed down to this."),
)

FLAGS: tuple[Row, ...] = (
    ("Inverter", "DC_BUS_OVER_VOLTAGE", "Bus above 800 V", "Lengthen the braking ramp."),
    ("Inverter", "DC_BUS_UNDER_VOLTAGE", "Bus below 350 V", "Look for a lost mains phase."),
    ("Inverter", "PHASE_CURRENT_LIMIT", "Current above the limit", "Reduce the acceleration."),
    ("Inverter", "PHASE_CURRENT_LIMIT_EXCEEDED_TWICE", "It came back within a second", "Megger the winding."),
    ("Encoder", "SIGNAL_LOST", "No pulses while turning", "Push plug X31 home."),
    ("Radio", "SIGNAL_LOST", "No answer from the base", "Move the antenna up."),
    ("Encoder", "ILLEGAL_HALL_STATE", "Three equal Hall levels", "Swap the Hall board."),
    ("Inverter", "WATCHDOG", "Main loop hung", "Update the firmware."),
)
GUIDE = """# Inverter IV-9 commissioning guide

## First start

Set a low limit first. While tuning you will see PHASE_CURRENT_LIMIT and sometimes DC_BUS_OVER_VOLTAGE: these are no
faults of the motor. A SIGNAL_LOST of the encoder stops the test.

## Over voltage on the bus

A bus over voltage comes from braking. Fit a brake resistor to terminals R+ and R-.
"""

GATEWAY = {
    "en": """# Fieldbus gateway GW-2: stop codes

## How a stop code is shown

The display shows a stop code in hexadecimal, for example 0x0000001E.

## Stop code 0x1E: TASK_NOT_HANDLED

A task ended without a handler. Load firmware 2.4 or later.

### See also

[0xA5](a5.md), 0xC000021A

## Stop code 0xA5: BOARD_NOT_SUITED

The board's layout is unknown to this firmware. Choose the board type with switch DS1.

## Stop code 0xC000021A: LINK_PROCESS_ENDED

The link process ended. Format the memory card.

## Stop code 0x101: CLOCK_TIMEOUT

A processor gave no clock. Reduce the bus clock to 1 MHz.

## Stop code 0x7F: BAD_TRAP

The processor met a trap. Reseat the memory module.
""",
    "ja": """# フィールドバス ゲートウェイ GW-2 停止コード

## 停止コードの表示

表示器は停止コードを16進数で表示します。例: 0x0000001E

## 停止コード 0x1E: TASK_NOT_HANDLED

タスクが処理されずに終わった。ファームウェア2.4以降を入れる。

### 関連項目

[0xA5](a5.md)、0xC000021A

## 停止コード 0xA5: BOARD_NOT_SUITED

基板の種類が合わない。スイッチDS1で基板を選ぶ。

## 停止コード 0xC000021A: LINK_PROCESS_ENDED

リンク処理が終わった。メモリカードを初期化する。

## 停止コード 0x101: CLOCK_TIMEOUT

プロセッサの時計が止まった。バスの周波数を1 MHzに下げる。
""",
}


def write_manuals(folder: Path) -> list[Path]:
    """Write all made manuals; their file names tell nothing about codes."""
    _robot_pdf(folder / "rx6_controller.pdf")
    texts = {
        "mxj5_amp.md": AMPLIFIER, "pk80_ja.txt": PACKER_JA, "wr3.html": _mill(), "drive_flags.csv": _csv(),
        "iv9_guide.md": GUIDE, "gw2_en.md": GATEWAY["en"], "gw2_ja.md": GATEWAY["ja"],
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in ("rx6_controller.pdf", *texts)]


def _mill() -> str:
    def lines(rows: tuple[Row, ...]) -> str:
        return "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)

    return MILL.format(alarms=lines(MILL_ALARMS), errors=lines(MILL_ERRORS), settings=lines(MILL_SETTINGS))


def _csv() -> str:
    return "\n".join(",".join(row) for row in (("Component", "Flag", "Meaning", "Remedy"), *FLAGS)) + "\n"


def _robot_pdf(path: Path) -> None:
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    styles = getSampleStyleSheet()
    story: list[object] = [Paragraph("Robot RX-6 controller manual", styles["Title"])]

    def table(title: str, header: Row, rows: tuple[Row, ...], widths: list[int], ruled: bool) -> None:
        cells = [
            [Paragraph(text.replace("\n", "<br/>"), styles["BodyText"]) for text in row] for row in (header, *rows)
        ]
        made = Table(cells, colWidths=widths)
        style = [("VALIGN", (0, 0), (-1, -1), "TOP")]
        made.setStyle(TableStyle([*style, ("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if ruled else style))
        story.extend([Paragraph(title, styles["Heading2"]), made, Spacer(1, 14)])

    wide = ("No.", "Error", "Cause", "Action")
    story.append(Paragraph("7 Error messages", styles["Heading1"]))
    table("7.1 Servo errors", wide, SERVO, [45, 120, 150, 150], True)
    table("7.2 Controller errors", wide, CONTROLLER, [45, 120, 150, 150], True)
    table("7.3 Network errors", ("Code", *wide[1:]), NETWORK, [75, 110, 140, 140], True)
    story.append(Paragraph("8 Messages of the pendant", styles["Heading1"]))
    table("8.1 Messages", ("Code", "Meaning", "Remedy"), MESSAGES, [130, 160, 170], True)
    story.append(Paragraph("9 Settings of the controller", styles["Heading1"]))
    table("9.1 Parameters", ("No.", "Name", "Default", "Note"), ROBOT_PARAMETERS, [45, 120, 80, 220], True)
    SimpleDocTemplate(str(path), title="Robot RX-6 controller manual").build(story)
