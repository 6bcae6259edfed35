"""Unsafe words: by which words a request to defeat a safety device is known, in Japanese and English."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.passage import Lang


class Rule(NamedTuple):
    """One kind of request: all of ``parts`` stand in the question, in any order."""

    name: str
    parts: tuple[re.Pattern[str], ...]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


DEVICE = _any(
    r"安全(?:扉|ドア|スイッチ|装置|回路|リレー|カバー|柵|センサ|機能|弁|バルブ|信号|ユニット)|インター?ロック",
    r"ライトカーテン",
    r"(?:扉|ドア|門|ゲート|柵)(?:の)?(?:スイッチ|ロック|センサ|信号|検出)|光(?:電式|線式|軸)",
    r"保護(?:カバー|装置|回路|機能)|ガード",
    r"(?:非常|緊急)停止|両手(?:操作|押し|ボタン)|リミットスイッチ|イネーブル|デッドマン|ミューティング|サーマル",
    r"リリーフ弁|漏電遮断",
    r"ブレーキ|監視",
    r"過(?:速度|負荷|電流|熱|圧)(?:検出|保護|防止)?|(?:戸|扉|ドア)[がを]?(?:開い|開け|閉ま|閉じ|閉め)",
    r"\b(?:inter-?locks?|guards?|(?:light|photo) ?(?:curtains?|barriers?|grids?|guards?)|two[- ]hand(?:ed)?"
    r"|e-?stops?)\b",
    r"\bemergency[- ]stops?\b|\bsafety\b|\bsafeties\b|\b(?:doors?|gates?|fence|hatch|covers?|lid)(?: \d| [A-Z]+\d+)?\b",
    r"\b(?:enabl(?:e|ing)|dead[- ]?man|hold[- ]to[- ]run)[- ](?:switch|device|button|grip)|\bmuting\b",
    r"\blaser scanner\b",
    r"\bover-?(?:speed|load|temperature|pressure|current)\b|\brelief (?:valve|pressure)|\bpressure relief\b",
    r"\bsafety mat\b|\b(?:S[RU]|DS)\d\b|\bspeed limit\b",
    r"\bthermal (?:relay|cut-?out)\b|\breset button\b|\bprotective (?:stop|device|cover)s?\b|\bbrakes?\b",
    r"\bsafe limit\b",
)
DEFEAT = _any(
    r"(?:差し|入れ|付け|外し|つなぎ)っぱなし|(?:た|ている|る)ことに(?:する|して|したい|でき)",
    r"(?:止まら|反応し|作動し|落ち|切れ)なく(?:し|す)|人が通れ",
    r"\bfor good\b|\bsilenc(?:e|ing) the (?!buzzer|horn|alarm)|\bpeople (?:can|may)\b|\bdesensiti[sz]e",
    r"\bso (?:that )?(?:people|i|we) can (?:pass|walk|enter)",
    r"常に(?:入|ON|オン|受光|閉|有効)|ショートさせ|細工|改造し?たい|改造する方法|ガムテープ|反射板|残っていても",
    r"(?:一つ|片方|片手)(?:だけ)?で動",
    r"無理やり|こっそり|内緒|ばれ(?:ない|ず)|回避|黙らせ|短くつな|抜きで|切り離し",
    r"\b(?:inhibit|neutrali[sz]e|tamper|evade|hot-?wire|rewire|hack|outsmart|sabotage)\w*\b",
    r"\bwork(?: ?around| around)\b|\bcomment out\b",
    r"\b(?:make|making) .{0,24}\b(?:think|believe|see|latch)\b|\binto (?:seeing|thinking|believing)\b|\btrick to\b",
    r"\bpretend\b",
    r"\b(?:put|place|stick|lay|hang|glue)\w*\b.{0,30}\b(?:over|in front of|across)\b",
    r"\b(?:stop|keep)\b.{0,40}\bfrom (?:engag|lock|trip|work|stop|act)",
    r"バイパス|短絡|ジャンパ|直結|無効|無視|殺(?:す|し|せ|さ)|だま(?:す|し|せ|さ)|騙|ごまか|誤魔化|欺|迂回",
    r"またい[でだ]|裏技|抜け道|針金",
    r"(?:効|利|働|作動|動作|反応|止ま|停止|検知|検出|監視)(?:し|さ|か|ら)?(?:せ)?ない(?:よう|状態|で済)",
    r"効か(?:なく|せな)",
    r"オフに|OFF\s*に|切(?:った|っ)(?:まま|て(?:生産|運転|動か|使|回))|常時\s*(?:ON|オン|閉|入)|(?:やめ|止め|黙)させ",
    r"固定し?て|固定する|(?:縛|しば)(?:っ|る|り)|テープで|貼(?:っ|り|る)(?:て|付)|磁石|マグネット|結束|輪ゴム",
    r"押(?:し|さえ)(?:た|っぱなしの?)まま",
    r"押さえて(?:おけ|おく)|こじ開け|締め切|ふさ(?:い|ぐ|ぎ)|塞(?:い|ぐ|ぎ)|閉(?:め|じ)な(?:くても|いで)|閉じ扱い",
    r"キャンセル|強制的に(?:解|開)",
    r"差し込んで.{0,14}(?:閉|したい)|閉まっている(?:こと|よう)|(?:線|端子)を?.{0,6}つな(?:ぎ|ぐ|げ)(?!直)",
    r"一時的に(?:外|切)|させないで",
    r"なしで(?:動|運転|回|生産)|止まらない(?:よう|で)|時間を\s*0|開いて(?:い)?ても(?:動|運転|回)",
    r"\b(?:bypass|bridg|jumper|defeat|disabl|cheat|trick|fool|circumvent|spoof|fak|suppress|deactivat)(?:e|es|ed"
    r"|ing|s)?\b",
    r"\bshort(?:ing)? (?:out|the|across|between)\b|\bshort[- ]?circuit(?:ing)? (?:the|a)\b",
    r"\boverrid(?:e|ing)\b(?!\s+key)|\bignor(?:e|ing)\b",
    r"\bwire (?:around|past)|\b(?:link|loop|wir)(?:e|ing)? out\b|\bout of the circuit\b",
    r"\bget(?:ting)? (?:around|past|rid of)\b|\bdisconnect(?:ing)?\b",
    r"\b(?:zip-?)?(?:tape|taping|tie|tying|strap|wedge|hold|keep|jam|block|plug|cover|clamp|pin|screw)(?:ping|ing)?\b"
    r"(?=.{0,40}\b(?:down|up|over|pressed|closed|shut|permanently|relief|curtain|sensor|(?<!door )switch)\b)",
    r"\bmagnets?\b|\bspare (?:actuator|key)|(?<!after )\b(?:switch|turn)(?:es|s|ed|ing)? off\b",
    r"\bsimulat(?:e|ing)\b|\balways reads?\b",
    r"\b(?:force|forcing) (?:the|a|it)\b|\bstop .{0,24}\bfrom (?:check|monitor|detect|see|look)|\bnot see\b",
    r"\bpermanently\b|\bto zero\b",
    r"\bthink (?:it|that it|the \w+) is (?:closed|shut)|\bso (?:that )?it (?:does not|doesn't|stops|never)\b",
    r"\babove the (?:safe|allowed)",
)
RUN_OPEN = _any(
    r"(?:カバー|扉|ドア|柵|鍵)[^。]{0,8}(?:開け|あけ)(?:っぱなし|放し|放題)",
    r"\b(?:prop|wedg|tied|held)\w* open\b",
    r"\bleav\w* .{0,20}(?:door|gate|guard|cover)s? open\b.{0,30}\b(?:run|production|cycle|auto)",
    r"(?:(?:開け|開い|外し|はずし|取り外し|取っ)(?:た|て(?:い|あ)?る?)?(?:まま|状態)|(?:なし|無し|外して"
    r"|開けて)(?:の状態)?(?:で|に))"
    r"[^。]{0,24}?(?:運転|動か|回す|回し|稼働|生産|寸動|手を(?:入|出)|速度|続け|始動|起動)",
    r"(?:扉|ドア|カバー|柵)[^。]{0,8}(?:開いて(?:い)?ても|閉め(?:なくても|ないで|ずに))[^。]{0,10}(?:動|運転|始動"
    r"|起動|回|生産)",
    r"\b(?:run|operat|start|jog|produc|production|keep going|speed|mov)(?:e|es|s|ing|ning|ion)?\b.{0,40}\b(?:with"
    r"|while)\b.{0,24}"
    r"\b(?:guards?|doors?|covers?|gates?|fences?|lids?|hoods?|panels?)\b.{0,20}\b(?:open|removed|off|up|missing|out)\b",
    r"\b(?:remov|tak|leav|open)(?:e|ing)\b.{0,24}\b(?:guards?|doors?|covers?|gates?|lids?|hoods?)\b.{0,24}"
    r"\b(?:keep|while|during|and)\b.{0,16}\b(?:production|producing|running|run|runs|moving|moves|going)\b",
    r"\b(?:run|operat|start|jog|produc|work)\w*\b.{0,30}\bwithout (?:the |a |any )?(?:transfer |safety |protective )?"
    r"(?:guards?|covers?|doors?|fences?|hoods?|light curtain)\b",
)
MOVING = _any(
    r"(?:回し|動かし|流し)たまま|止めないで|止めたくない|止めると",
    r"\bwhile\b.{0,30}\bstill\b|\bwhile\b.{0,30}\b(?:pick|wrap|feed|work|index|weld|cut|press|palleti)\w*",
    r"\bduring (?:a |the )?(?:cycle|run|production|operation)",
    r"動いている|動いたまま|動作中|運転中|回転中|回っている|稼働中|自動運転|止ま(?:る|らない)(?:うち|前|まま)",
    r"止めずに|停止(?:させ|せ)ずに|可動部|動かしながら",
    r"\b(?:while|when|as|with)\b.{0,30}\b(?:mov|runn?|turn|rotat|operat|cycl)(?:e|es|s|ing|ning)\b",
    r"\bin auto(?:matic)?\b",
    r"\bwithout stopping\b|\bmoving (?:parts?|conveyor|belt|robot|machine)\b",
    r"\brunning (?:conveyor|belt|machine|line)\b",
    r"\bbefore .{0,30}\b(?:stand|stops?|stopped)",
)
BODY = _any(
    r"棒で|つつ(?:く|い|き)|(?:工具|ドライバ|エア|布|ブラシ)(?:ー)?で.{0,8}(?:取|押|拭|つつ|清掃|かき)",
    r"\bpok(?:e|ing)\b|\bprod\b",
    r"\b(?:grab|touch|catch|pick up|pull out)\b.{0,24}\b(?:case|carton|box|part|pallet|screw|tool|blank|product"
    r"|bottle|sheet|piece)s?\b",
    r"手(?:を|で|が).{0,10}(?:入れ|出|直|触|取|差|引|抜|つか|掴)|指を|腕を|中に(?:入|残|居|いる)|内側に(?:入|残|い)",
    r"柵(?:の中|内)|開け(?:られる|たい|る方法)",
    r"\breach(?:ing)? (?:in|into|through|over|under)\b|\b(?:my|your|a|the|our) (?:hand|arm|finger)s?\b|\bby hand\b",
    r"\bput .{0,10}\bhands?\b",
    r"\b(?:stay(?:ing)? |get |walk |go )?inside\b|\bclimb\b|\b(?:get|walk|go) in\b|\bopen (?:it|the \w+)\b",
    r"^(?!.*\b(?:stop(?:s|ped)|fault|alarm|error|noise)\b).*\b(?:clear|remov|free|pull|clean|greas|wip|adjust"
    r"|touch|grab)(?:e|ing)?\b.{0,20}"
    r"\b(?:jam|carton|box|film|belt|sensor|chain|roller|product|it|blank)s?\b",
)
SKIP = _any(
    r"(?:放電|止ま|停止|下が|抜け)(?:する|り切る|りきる|る)前に.{0,16}(?:触|開け|始め|外)|すぐに?(?:触|開け)",
    r"(?:せず|ずに|しないで|待たず|抜きで|なしで|省略|省い|飛ばし|短縮|切って|壊し|無視|面倒|残っていても"
    r"|残ったまま|待てない|待ちたくない"
    r"|勝手に|他人の)",
    r"\b(?:skip|without|avoid|bypass|no time|shorten|cut(?:ting)? (?:off|through|short)|break(?:ing)?|instead of)\b",
    r"\b(?:don't|do not|cannot|can't) (?:want to |have time to )?wait\b",
    r"\bremov\w* (?:the |a |his |her |somebody|someone).{0,24}padlock",
)
PRECAUTION = _any(
    r"(?:他|別|ほか|前)の?(?:人|班|者|作業者|シフト)の(?:鍵|錠|札)",
    r"\bmeasuring\b|\bchecking (?:the |for )?(?:voltage|zero)",
    r"残留電圧|放電|ロックアウト|タグアウト|施錠|南京錠|検電|\d+\s*分.{0,4}待|待たず",
    r"\block(?:ing|ed)?[- ]?out\b|\btag[- ]?out\b|\bpadlocks?\b|\bresidual voltage\b|\bdischarg|\bloto\b",
    r"\bwait\b.{0,30}\b(?:voltage|minutes?|amplifier|capacitor)",
)
LIVE = _any(
    r"(?:電源|主電源|ブレーカ|通電)(?:を|が)?(?:入れた|入った|切らず|落とさず|ON の|したまま|のまま|し)|活線",
    r"\bpower (?:still )?on\b|\bpowered (?:up|on)\b|\blive\b|\benergi[sz]ed\b",
    r"\bwithout (?:switching|turning|cutting) (?:off|the power)",
)
CONTACTS = _any(
    r"端子.{0,8}触|(?:触|さわ)っ(?:て|た)|端子台の中|充電部|(?:配線|コネクタ)を(?:直|外|つな|交換|触|抜)",
    r"基板を(?:交換|外)|アンプの(?:カバー|端子)",
    r"\b(?:amplifier|amp|terminals?|wiring|cabinet|busbars?|drive|connectors?)\b",
)
FAULTY = _any(
    r"(?:壊れ|故障し)(?:た|ている|たまま)|部品が(?:来る|届く)まで|抜い(?:て|たまま)|外して|取り去",
    r"\b(?:broken|faulty|defective|missing|taken out|out of order|not working|dead|lost|removed|unplug\w*|without"
    r"|pull\w*|cut\w*|disconnect\w*)\b",
)
RUNS = _any(
    r"(?:運転|生産|稼働|始動|起動)(?:し(?:たい|続け)|する|を?続け|させ)|動かし(?:たい|続け)",
    r"動かす(?:方法|手順|には)|回し(?:たい|続け)",
    r"^(?!.*\b(?:not|n't|cannot|refuses to|fails to) (?:run|start|operate|reset|move|latch|continue))"
    r".*\b(?:run|runs|operate|keep .{0,20}(?:going|running|producing)|start (?:the|it|anyway)|continue|carry on"
    r"|latch|power up)\b",
)
RULES = (
    Rule("runs with a broken safety device", (DEVICE, FAULTY, RUNS)),
    Rule("defeats a safety device", (DEVICE, DEFEAT)),
    Rule("runs open", (RUN_OPEN,)),
    Rule("reaches into movement", (MOVING, BODY)),
    Rule("skips a precaution", (SKIP, PRECAUTION)),
    Rule("works on live parts", (LIVE, CONTACTS)),
    Rule("enters before standstill", (_any(r"こじ開け|\bforc\w+\b.{0,20}\bopen\b"), DEVICE)),
)
PERMISSION = _any(
    r"ても(?:よい|良い|よろしい|いい|構い?わない|かまわない|大丈夫|問題ない|可能)",
    r"(?:ては|ちゃ)(?:いけ|なら|だめ|駄目)|許され|許可され|認められ|べきで(?:す|しょう)か|必要(?:は|が)あ",
    r"^\W*(?:may|can|could|should|must|shall|do|does|am|are|is|was)\s+(?:i|we|they|operators?|it|this|the|an?|one"
    r"|someone|somebody)\b",
    r"\bis it (?:ok|okay|allowed|permitted|safe|legal|possible|forbidden|dangerous)\b|\bam i allowed\b",
    r"\ballowed to\b|\bpermitted to\b",
)
ASKS_ABOUT = _any(
    r"どんな危険|なぜ|何故|どうして|どうなり?ます?|危険(?:です|性|は)|禁止|してはいけ|リスク",
    r"\bwhat (?:happens|would happen|could happen)\b|\bhow dangerous\b",
    r"\b(?:forbid|prohibit)\w*\b|\bmust not\b|\bnever\b",
    r"\bwhat (?:is|are) the (?:risk|danger|hazard|penalt|consequence)|\bwhy\b",
)
# a device that somebody else has defeated, and how to be rid of that
UNDOES = _any(
    r"(?:短絡|無効|バイパス)[^。]{0,6}(?:されてい|されてしま|しない|させない|されない|ならない)",
    r"(?:短絡|バイパス|無効に|固定)し(?:て|てい|てあ)(?:た|った)|元に戻",
    r"(?:ジャンパ|短絡プラグ|短絡線|磁石|テープ)(?:線)?(?:を|が)[^。]{0,8}(?:外す|取り除|見つか|見つけ|残って|撤去)",
    r"\b(?:was|were|has been|had been|have been|is|are|got|being) (?:\w+ )?(?:bypassed|bridged|defeated|jumpered"
    r"|disabled|shorted|tampered|overridden)\b",
    r"\b(?:someone|somebody|a colleague|who) (?:has |had )?(?:bridged|bypassed|jumpered|disabled|defeated|taped"
    r"|removed)\b",
    r"\bprevent\w*\b|\bwithout (?:bypassing|bridging|defeating|disabling|overriding)\b",
)
ASKS_HOW = _any(
    r"方法|手順(?:を|は)|やり方|コツ|するには|どうやって|どうすれば|どこに|どの端子|たい(?:です|。|$|,|、|ので|と)",
    r"教えて",
    r"\bhow (?:do|can|could|would|should|to)\b|\bhow\s*\?|\bshow me\b|\btell me\b|\bsteps\b|\bprocedure\b",
    r"\b(?:best|quick\w*|easi\w*) way\b|\btrick\b",
    r"\b(?:can|could) (?:i|you|we) (?:get|have|give|tell|show|send|help)\b|\bexplain\b",
    r"\bi (?:want|need)\b",
    r"\bwhich (?:terminals?|wires?|parameters?|pins?)\b",
)
SAFETY_WORDS: dict[Lang, str] = {
    "ja": "安全装置 インターロック 非常停止 短絡 無効 取り外し 運転 危険 警告",
    "en": "safety devices interlock emergency stop guard bridge bypass disable remove danger warning",
}
FORBIDS = _any(
    r"ないでください|いけ(?:ない|ません)|禁止|厳禁|ないこと|なりません|してはならない",
    r"\b(?:do not|don't|never|must not|not permitted|not allowed|prohibited|forbidden|only when)\b",
)
SAFETY_SECTION = _any(
    r"安全|警告|注意|危険|ロックアウト|残留電圧|使用目的",
    r"\b(?:safety|warning|danger|hazard|lock-?out|residual|guard|intended use)",
)
