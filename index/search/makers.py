"""Makers: names of other makers' machines, so that a question about one is not answered from another's manual."""

from __future__ import annotations

import re
from functools import lru_cache

from index.text import normalise

# automation, drive, robot, packaging and coding equipment; latin | katakana or kanji as people write it
_MAKERS = """
abb | beckhoff | ベッコフ | bosch rexroth | レックスロス | b&r | danfoss | ダンフォス | delta electronics
denso | デンソー | epson | エプソン | fanuc | ファナック | festo | フエスト | fuji electric | 富士電機
hitachi | 日立 | ishida | イシダ | kawasaki | 川崎重工 | keyence | キーエンス | koyo | 光洋 | kuka | クーカ
lantech | ランテック | lenze | レンツェ | markem | minebea | ミネベア | mitsubishi | 三菱 | nachi | 不二越
nordson | ノードソン | omron | オムロン | oriental motor | オリエンタルモーター | panasonic | パナソニック
phoenix contact | フエニックス | pilz | ピルツ | rockwell | allen-bradley | ロックウェル | robatech | ロバテック
sanyo denki | 山洋電気 | schneider | シュナイダー | sew-eurodrive | siemens | シーメンス | staubli | ストーブリ
sumitomo | 住友重機 | toshiba | 東芝 | turck | universal robots | videojet | ビデオジェット | wago
yaskawa | 安川 | yamaha | ヤマハ | yokogawa | 横河 | robopac | ロボパック | signode | シグノード | wexxar
"""


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    names = (name.strip() for line in _MAKERS.strip().splitlines() for name in line.split("|"))
    return {
        name: re.compile(
            rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(normalise(name))
        )
        for name in names
    }


def makers_in(text: str) -> tuple[str, ...]:
    """The makers that ``text`` names, as listed here."""
    plain = normalise(text)
    return tuple(name for name, pattern in _patterns().items() if pattern.search(plain))
