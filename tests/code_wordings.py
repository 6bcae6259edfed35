"""Questions about the codes of the made manuals (tests/code_manuals.py): many wordings, spoken forms, typing slips."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from code_manuals import (
    CONTROLLER,
    FLAGS,
    MILL_ALARMS,
    MILL_ERRORS,
    MILL_SETTINGS,
    ROBOT_PARAMETERS,
    SERVO,
    Made,
)
from code_questions import wide

ROBOT, MILL = ("RX-6", "ロボットRX-6"), ("CNC router", "WR-3")
PACKER = ("PK-80", "包装機")
_DIGITS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
_WORDS = {
    "1": "one", "3": "three", "7": "seven", "12": "twelve", "14": "fourteen", "20": "twenty", "21": "twenty-one",
    "23": "twenty-three", "31": "thirty-one", "32": "thirty-two", "33": "thirty three", "40": "forty",
}  # fmt: skip
_FRAMES = {
    "en": ("What does {c} mean?", "{c} - what can I do?", "The panel shows {c}. What should I check?", "{c}",
           "cause and remedy of {c}", "it stopped with {c} again", "how do I clear {c}"),
    "ja": ("{c}の原因は？", "{c}が出ました。対処を教えて", "{c}とは", "{c} 意味", "{c}で止まった", "{c}って何",
           "{c}が消えない"),
}  # fmt: skip
_SET_FRAMES = {
    "en": ("What is {c}?", "what does {c} do", "{c}", "explain {c}"),
    "ja": ("{c}は何の設定ですか", "{c}とは", "{c} 説明", "{c}を変えるとどうなる"),
}


@dataclass(frozen=True)
class Asked:
    """A question with the entries that are right: more than one where it is ambiguous, and then a choice of them is
    right. ``form`` says how the code is written."""

    form: str
    question: str
    right: tuple[Made, ...]


def numbered_in_japanese(number: str) -> str:
    """12 -> 十二, as one says it."""
    value = int(number)
    if value > 99:
        return "".join(_DIGITS[digit] for digit in number)
    tens, ones = divmod(value, 10)
    before = {0: "", 1: "十"}.get(tens, _DIGITS[str(tens)] + "十")
    return before + (_DIGITS[str(ones)] if ones else "")


def _robot() -> Iterator[Made]:
    for kind, rows, table in (
        ("error", SERVO, ("servo", "サーボ")),
        ("error", CONTROLLER, ("controller", "コントローラ")),
        ("parameter", ROBOT_PARAMETERS, ("", "")),
    ):
        for row in rows:
            shared = kind == "error" and row[0] in {r[0] for r in SERVO} & {r[0] for r in CONTROLLER}
            crowded = kind == "parameter" or row[0] in ("12", "40")
            yield Made("rx6_controller.pdf", kind, (row[0],), row[-1], ROBOT if crowded else ("", ""),
                       table if shared else ("", ""))  # fmt: skip
    for codes, remedy in (
        (("8003[1]",), "Fit the resistor at the last station."),
        (("8003[7]",), "Switch S7 on."),
        (("8010[2]", "8010[4]"), "Ground the shield of the bus cable."),
        (("8020",), "Load the station map."),
    ):
        yield Made("rx6_controller.pdf", "sub" if "[" in codes[0] else "long", codes, remedy)
    yield Made("rx6_controller.pdf", "flag", ("MOTOR_TEMPERATURE_WARNING",), "Clean the ribs of the motor.")
    yield Made("rx6_controller.pdf", "flag", ("BRAKE_CHECK_OVERDUE",), "Run the brake check from the menu.")
    yield Made("rx6_controller.pdf", "lettered", ("SRVO-050",), "Jog the arm away from the part.")
    yield Made("rx6_controller.pdf", "lettered", ("SRVO-062",), "Change the four D cells.")


def _amplifier() -> Iterator[Made]:
    def of(kind: str, code: str, remedy: str) -> Made:
        return Made("mxj5_amp.md", kind, (code,), remedy, lang="ja")

    yield of("al", "AL.10", "主回路の電圧が下がった。")
    yield of("detail", "AL.10.1", "端子台CNP2の差し込みを直す。")
    yield of("detail", "AL.10.2", "主電源の容量を大きくする。")
    yield of("al", "AL.16", "CN2のケーブルを交換する。")
    yield of("al", "AL.32", "動力線の地絡を調べる。")
    yield of("al", "AL.52", "加減速時間を長くする。")
    yield of("al-hex", "AL.E6", "EM2の配線を調べる。")
    yield replace(of("al", "AL.012", "アンプを取り替える。"), machine=("MX-J5", "サーボアンプの"))
    for code, remedy in (
        ("Pr.PA01", "位置制御か速度制御かを選ぶ。"), ("Pr.PA06", "機械の減速比に合わせる。"),
        ("Pr.PA08", "調整の方法を選ぶ。"), ("Pr.PB07", "追従を速くするときに上げる。"),
        ("Pr.PB13", "共振する周波数を入れる。"), ("Pr.PE41", "ロバストフィルタを使うときに変える。"),
    ):  # fmt: skip
        yield of("pr", code, remedy)


def _packer() -> Iterator[Made]:
    def of(kind: str, codes: tuple[str, ...], remedy: str, machine: tuple[str, str] = ("", "")) -> Made:
        return Made("pk80_ja.txt", kind, codes, remedy, machine, lang="ja")

    yield of("e", ("E10", "E14", "E19"), "元バルブを開ける。", PACKER)
    yield of("e", ("E20",), "袋を補充する。")
    yield of("e", ("E21",), "袋を裏返して入れ直す。")
    yield of("e", ("E30", "E32"), "ヒータ線の断線を調べる。")
    yield of("e", ("E401",), "フィルムをつなぎ直す。")
    yield of("e", ("E402",), "ダンサローラのばねを替える。")
    yield of("w", ("W05",), "送り台を拭く。")
    yield of("w", ("W12",), "リボンを用意しておく。")
    yield of("setting", ("3",), "実物を測って入れる。", PACKER)
    yield of("setting", ("12",), "厚い袋では長くする。", PACKER)


def _others() -> Iterator[Made]:
    for kind, rows in (("alarm", MILL_ALARMS), ("error", MILL_ERRORS), ("dollar", MILL_SETTINGS)):
        for row in rows:
            crowded = (kind, row[0]) in (("alarm", "12"), ("error", "12"), ("dollar", "3"), ("dollar", "12"))
            yield Made("wr3.html", kind, (row[0],), row[-1], MILL if crowded else ("", ""))
    for component, flag, _, remedy in FLAGS:
        part = {"Encoder": "エンコーダ", "Radio": "無線"}.get(component, "")
        table = (component.lower(), part) if flag == "SIGNAL_LOST" else ("", "")
        yield Made("drive_flags.csv", "flag", (flag,), remedy, table=table)
    for code, en, ja in (
        ("0x1E", "Load firmware 2.4 or later.", "ファームウェア2.4以降を入れる。"),
        ("0xA5", "Choose the board type with switch DS1.", "スイッチDS1で基板を選ぶ。"),
        ("0xC000021A", "Format the memory card.", "メモリカードを初期化する。"),
        ("0x101", "Reduce the bus clock to 1 MHz.", "バスの周波数を1 MHzに下げる。"),
        ("0x7F", "Reseat the memory module.", "Reseat the memory module."),
    ):
        yield Made("gw2_en.md", "hex", (code,), en)
        yield Made("gw2_en.md" if code == "0x7F" else "gw2_ja.md", "hex", (code,), ja, lang="ja")


ENTRIES: tuple[Made, ...] = (*_robot(), *_amplifier(), *_packer(), *_others())


def forms(made: Made, code: str) -> Iterator[tuple[str, str, str]]:
    """(form, language, the code as a person writes it)."""
    wanted = _FORMS[made.kind](code)
    for form, text in wanted:
        lang = "ja" if re.search("[ぁ-んァ-ヶ一-龠]", text) else "en"
        yield form, lang, text
        if lang == "en":
            yield form + " (ja)", "ja", text


def _kind_word(en: str, ja: str, short: str, n: str) -> list[tuple[str, str]]:
    pairs = [
        ("plain", f"{en} {n}"), ("plain", f"{ja}{n}"), ("plain", f"{ja}{n}番"), ("plain", f"{n}番の{ja}"),
        ("plain", f"{en} code {n}"), ("plain", f"{ja}コード{n}"), ("joined", f"{en.upper()}:{n}"),
        ("joined", f"{en.title()}-{n}"), ("wide", wide(f"{en.upper()}{n}")), ("wide", f"{ja}　{wide(n)}"),
        ("short", f"{short}{n}"), ("zeros", f"{en} {n.zfill(3)}"), ("zeros", f"{ja} {n.zfill(3)}"),
        ("spoken", f"{ja}の{n}番"), ("spoken", f"{ja} {numbered_in_japanese(n)}"),
        ("spoken", f"{ja}{numbered_in_japanese(n)}番"), ("spoken", f"{en} no. {n}"), ("spoken", f"{ja}ナンバー{n}"),
        ("slip", f"{en[:-1]}{en[-1]}{n}"), ("slip", f"{en}  #{n}"), ("slip", f"{ja}．{n}"),
    ]  # fmt: skip
    if n in _WORDS:
        pairs += [("spoken", f"{en} number {_WORDS[n]}"), ("spoken", f"{en} {_WORDS[n]}")]
    return pairs


def _lettered(code: str) -> list[tuple[str, str]]:
    match = re.fullmatch(r"([A-Z]+)[.\-]?(\w+)((?:\.\d)?)", code)
    assert match is not None, code
    letters, n, detail = match.groups()
    of = n + detail
    out = [
        ("plain", f"{letters}.{of}"), ("plain", f"{letters}-{of}"), ("plain", f"{letters}{of}"),
        ("plain", f"エラー {letters}{of}"), ("plain", f"{letters}{of}のアラーム"), ("wide", wide(f"{letters}.{of}")),
        ("wide", wide(f"{letters}{of}")), ("lower", f"{letters}.{of}".lower()), ("slip", f"{letters} {of}"),
        ("slip", f"{letters}ー{of}"), ("lower", f"アラーム {letters.lower()}{of}"), ("slip", f"{letters}‐{of}"),
    ]  # fmt: skip
    if n.isdigit():
        out += [
            ("lower", f"alarm {letters.lower()}-{of}"),
            ("slip", f"{letters} . {of}"),
            ("slip", f"{letters}_{of}"),
            ("slip", f"{letters}.{of}."),
        ]
    if "O" not in letters and re.search("[01]", n[1:]) and re.search("[2-9]", n):
        out.append(("letter for digit", letters + n.replace("0", "O").replace("1", "l") + detail))
        out.append(("letter for digit", f"{letters}-{n.replace('0', 'O')}{detail}"))
    return out


def _al(code: str) -> list[tuple[str, str]]:
    n = code.removeprefix("AL.")
    number = n.lstrip("0")
    out = [*_lettered(code), ("plain", f"アラーム{n}"), ("plain", f"alarm {n}"), ("plain", f"アラームコード {n}")]
    out += [("zeros", f"AL.0{number}"), ("zeros", f"AL{number}")]
    if number.isdigit() and number in _WORDS:
        out.append(("spoken", f"alarm number {_WORDS[number]}"))
    if number.isdigit():
        out += [("spoken", f"アラーム{numbered_in_japanese(number)}"), ("spoken", f"アラームの{number}番")]
        out += [("spoken", f"エーエル{number}")]
    return out


def _e(code: str) -> list[tuple[str, str]]:
    n = code[1:]
    return [
        *_lettered(code), ("prefix", f"エラー{n}"), ("prefix", f"error {n}"), ("prefix", f"エラー{n}番"),
        ("zeros", f"E0{n}"), ("spoken", f"Eの{n}"), ("prefix", f"エラーコード {code}"),
    ]  # fmt: skip


def _pr(code: str) -> list[tuple[str, str]]:
    bare = code.removeprefix("Pr.")
    out = [
        ("plain", code), ("plain", bare), ("plain", f"パラメータ{bare}"), ("plain", f"parameter {bare}"),
        ("wide", wide(code)), ("wide", wide(bare)), ("lower", code.lower()), ("lower", bare.lower()),
        ("slip", f"Pr {bare}"), ("slip", f"PR{bare}"), ("slip", f"{bare[:2]}-{bare[2:]}"),
        ("slip", f"{bare[:2]} {bare[2:]}"), ("slip", f"Pr. {bare}"), ("slip", f"Pr-{bare}"),
    ]  # fmt: skip
    if "0" in bare:
        out.append(("letter for digit", f"Pr.{bare.replace('0', 'O')}"))
    return out


def _flag(code: str) -> list[tuple[str, str]]:
    words = code.replace("_", " ")
    return [
        ("plain", code), ("lower", code.lower()), ("spoken", words.lower()), ("plain", words),
        ("plain", f"{code}エラー"),
        ("spoken", words.title()), ("joined", words.title().replace(" ", "")),
        ("joined", words.lower().replace(" ", "-")),
        ("wide", wide(code)), ("wide", wide(words.lower())), ("prefix", f"ERROR_{code}"), ("prefix", f"{code} fault"),
    ]  # fmt: skip


def _hex(code: str) -> list[tuple[str, str]]:
    v = code[2:]
    out = [
        ("plain", code), ("lower", code.lower()), ("zeros", f"0x{v.zfill(8)}"), ("plain", f"stop code {v}"),
        ("plain", f"停止コード{v}"), ("plain", f"stop code {code}"), ("zeros", f"STOP 0x{v.zfill(8)}"),
        ("wide", wide(code)), ("wide", wide(f"0x{v.zfill(8)}")), ("slip", f"0X{v.lower()}"), ("slip", f"0x {v}"),
        ("plain", f"停止コード {code}"), ("prefix", f"エラー 0x{v}"), ("prefix", f"コード{code}"), ("plain", f"{v}h"),
        ("slip", f"Ox{v}"), ("plain", f"stopcode {v}"), ("plain", f"停止コード「{code}」"),
    ]  # fmt: skip
    if re.search(r"\d", v) and re.search("[A-F]", v):
        out += [("prefix", f"error {v}"), ("prefix", f"エラー{v}")]
    return out


def _setting(n: str) -> list[tuple[str, str]]:
    return [
        ("plain", f"設定{n}"), ("plain", f"設定番号{n}"), ("plain", f"{n}番の設定"), ("plain", f"setting {n}"),
        ("plain", f"パラメータ{n}"), ("wide", f"設定{wide(n)}番"), ("plain", f"parameter {n}"),
        ("spoken", f"設定の{n}番"), ("plain", f"parameter no. {n}"),
    ]  # fmt: skip


_FORMS = {
    "alarm": lambda n: _kind_word("alarm", "アラーム", "ALM", n),
    "error": lambda n: _kind_word("error", "エラー", "Err", n),
    "parameter": _setting, "setting": _setting,
    "dollar": lambda n: [("plain", f"${n}"), ("wide", wide(f"${n}")), ("slip", f"$ {n}"), ("plain", f"${n}="),
                         *_setting(n)],
    "al": _al, "al-hex": _lettered, "detail": _lettered, "e": _e, "w": _lettered, "pr": _pr, "flag": _flag, "hex": _hex,
    "lettered": _lettered,
    "sub": lambda c: [("plain", c), ("plain", f"error {c}"), ("plain", f"エラー{c}"), ("wide", wide(c)),
                      ("slip", c.replace("[", " [")), ("slip", c.replace("[", "(").replace("]", ")")),
                      ("slip", c.replace("[", "-").replace("]", "")), ("slip", c.replace("[", " ").replace("]", "")),
                      ("spoken", c.replace("[", "の").replace("]", ""))],
    "long": lambda c: [("plain", c), ("plain", f"error {c}"), ("plain", f"エラー{c}"), ("wide", wide(c)),
                       ("plain", f"code {c}"), ("spoken", f"{c}番のエラー")],
}  # fmt: skip


def all_asked() -> list[Asked]:
    """Every form of every code in one frame each; by turns, so that frames and forms mix."""
    out = []
    for made in ENTRIES:
        frames = _SET_FRAMES if made.kind in ("pr", "dollar", "setting", "parameter") else _FRAMES
        for number, (form, lang, text) in enumerate(
            (form, lang, text) for code in made.codes for form, lang, text in forms(made, code)
        ):
            if made.kind == "hex" and lang != made.lang:
                continue
            place = lang == "ja"
            machine, table = made.machine[place], made.table[place]
            joint = "の" if lang == "ja" else " "
            said = joint.join(part for part in (machine.removesuffix("の"), table, text) if part)
            frame = frames[lang][number % len(frames[lang])]
            out.append(Asked(form, frame.format(c=said), (made,)))
    return [*out, *_ambiguous()]


def _ambiguous() -> Iterator[Asked]:
    def these(kind: str, code: str) -> tuple[Made, ...]:
        return tuple(made for made in ENTRIES if made.kind == kind and code in made.codes)

    for question in ("error 23", "エラー23", "What does error 7 mean?", "エラー７が出た", "error 31", "31番のエラー"):
        number = re.sub(r"\D", "", unicodedata.normalize("NFKC", question))
        yield Asked("ambiguous", question, these("error", number))
    for question in ("error 12", "エラー 12 が出ました", "ERROR:12", "Ｅｒｒ１２"):
        yield Asked("ambiguous", question, these("error", "12"))
    for question in ("SIGNAL_LOST", "signal lost が出た", "SIGNAL_LOST とは"):
        yield Asked("ambiguous", question, these("flag", "SIGNAL_LOST"))
    for question in ("alarm 12", "アラーム12", "AL.12の原因"):
        yield Asked("ambiguous", question, (*these("alarm", "12"), *these("al", "AL.012")))
    for question in ("setting 3", "設定3とは"):
        yield Asked("ambiguous", question, (*these("dollar", "3"), *these("setting", "3")))
