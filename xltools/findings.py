"""Findings, and the catalogue of their codes: the one place that owns severity, meaning, words and remedy.

A finding is coordinates and figures; its words come from its code's template. ``xltools codes`` and docs/codes.md are made
from the catalogue.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any, Literal

from xltools.characters import visible
from xltools.figures import FieldType, Figure, as_json, magnitude, show
from xltools.terms import Agency, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: stable id, default severity, what it means, its message, what to do."""

    id: str
    severity: Severity
    title: str
    message: str
    remedy: str


CATALOGUE: dict[str, Code] = {}


def _code(id: str, severity: Severity, title: str, message: str, remedy: str) -> None:
    CATALOGUE[id] = Code(id, severity, title, message, remedy)


# ── the file ─────────────────────────────────────────────────────────────────
_code("file-empty", "error", "文件是空的", "文件“{file}”是空的，一个字节也没有。", "请重新保存后再报送")
_code(
    "file-not-workbook",
    "error",
    "不是 Excel 工作簿",
    "文件“{file}”不是 Excel 工作簿（.xlsx）：{reason}。",
    "请用 Excel、WPS 表格打开原来的填报表，另存为“Excel 工作簿（.xlsx）”后再报送",
)
_code(
    "file-encrypted",
    "error",
    "文件加了密码或是旧格式",
    "文件“{file}”加了打开密码，或者是旧的 .xls 格式，读不了。",
    "请去掉打开密码，另存为“Excel 工作簿（.xlsx）”后再报送",
)
_code("file-damaged", "error", "文件损坏", "文件“{file}”损坏，读不出来：{reason}。", "请重新保存或重新发送这个文件")
_code(
    "file-unsafe",
    "error",
    "文件内容不安全",
    "文件“{file}”的内容不安全，没有读取：{reason}。",
    "请用下发的空白表重新填报",
)
_code(
    "file-unreadable",
    "error",
    "打不开文件",
    "文件“{file}”打不开：{reason}。",
    "请检查文件是否存在、是否有权限、是否正被占用",
)
_code(
    "file-failed",
    "error",
    "程序没能处理这个文件",
    "程序在{stage}时没能处理文件“{file}”：{reason}。这个文件没有处理完，其他文件照常。",
    "请把这个文件和这一条一起发给维护人员；急用的，可以用下发的空白表重新填报",
)
_code(
    "file-skipped",
    "note",
    "跳过的文件",
    "跳过“{file}”：{reason}。",
    "要报送的请用下发的工作簿；表格软件留下的临时文件不用处理",
)
_code(
    "form-foreign",
    "error",
    "不是下发的填报表",
    "文件“{file}”不是本系统下发的填报表：{reason}。",
    "请用下发的空白表填报",
)
_code(
    "edition-unknown",
    "error",
    "格式版本不认识",
    "“{file}”的格式版本是“{value}”，本程序不认识。",
    "请升级程序，或者用本年度下发的空白表重新填报",
)

# ── the form itself ──────────────────────────────────────────────────────────
_code(
    "form-sheet-missing",
    "error",
    "缺少工作表",
    "缺少工作表“{sheet}”{consequence}。",
    "请用下发的空白表重新填报，不要删除或改名工作表",
)
_code(
    "form-line-added",
    "query",
    "表里加了行或列",
    "“{sheet}”{line}是加进来的（{words}），不是下发的表里的，它的数没有计入；其余各格按栏目名称读取。",
    "请删去加进来的行、列；需要报告的内容写进文字部分",
)
_code(
    "form-cell-added",
    "query",
    "表外多了内容",
    "“{sheet}”{cells} 多了内容（{words}），不是下发的表里的，没有计入。",
    "请删去；需要报告的内容写进文字部分",
)
_code(
    "form-line-moved",
    "query",
    "表的行或列被移动",
    "“{sheet}”的“{place}”被移到了{line}，按栏目名称读取。",
    "请核对这一行、列的数，或者用下发的空白表重新填报",
)
_code(
    "form-line-lost",
    "error",
    "表的行或列不见了",
    "“{sheet}”里找不到“{place}”（应在 {cell} 一带），它的数没有读。",
    "请用下发的空白表重新填报，不要增删、移动行列",
)
_code(
    "form-label-changed",
    "query",
    "表头或栏目文字被改",
    "“{sheet}”{cell} 的文字应为“{expected_text}”，现为“{actual_text}”。",
    "请改回原来的文字，或者用下发的空白表重新填报",
)
_code(
    "form-formula-changed",
    "query",
    "公式被改动",
    "“{sheet}”{cells} 的公式与下发的表不同。",
    "请用下发的空白表重新填报；本程序按正确的公式重新计算",
)
_code("form-protection-lost", "note", "工作表保护被取消", "“{sheet}”的保护被取消了。", "请勿取消保护，以免误改公式")
_code(
    "form-other-version",
    "note",
    "由程序的另一版本发出",
    "“{file}”是程序的 {version} 版发出的，版式与现在的不同；各表的栏目、合计公式和数都照常核对，封面和“校验”的公式不核对。",
    "不用处理；下一年度用新版发表",
)
_code(
    "form-validation-lost",
    "note",
    "输入限制没有了",
    "“{sheet}”的输入限制（只能填整数等）没有了。",
    "请用下发的空白表填报",
)
_code(
    "form-sheet-added",
    "note",
    "多了工作表",
    "多了一张工作表“{sheet}”，没有读取。",
    "需要报告的内容写进文字部分；多余的工作表可以删去",
)
_code(
    "form-sheet-hidden", "note", "工作表被隐藏", "工作表“{sheet}”被隐藏了，其中的数照常读取。", "请取消隐藏，以免漏看"
)
_code(
    "form-sheet-renamed",
    "query",
    "工作表被改名",
    "工作表“{sheet}”被改名为“{actual_text}”，按内容认出，照常读取。",
    "请改回原来的表名",
)
_code(
    "form-not-audited",
    "query",
    "公式无法核对",
    "“{file}”不是 .xlsx 工作簿（是 .xls、.et 或 .ods），只能读出数，看不到公式，也分不清错误值和空白。",
    "请另存为“Excel 工作簿（.xlsx）”后重新报送",
)
_code(
    "file-macros",
    "note",
    "文件带有宏",
    "“{file}”带有宏；宏没有运行，数照常读取。",
    "请另存为不带宏的“Excel 工作簿（.xlsx）”",
)
_code(
    "identity-contradicts",
    "error",
    "单位信息前后矛盾",
    "封面上的{place}是“{actual_text}”，文件内部记录的是“{expected_text}”。",
    "请用下发给本单位的空白表填报，不要修改封面上的单位、代码、年度",
)

# ── cells ────────────────────────────────────────────────────────────────────
_code(
    "cell-blank",
    "error",
    "空白格没有说明",
    "“{sheet}”有 {count} 格空白：{cells}；第一格是“{place}”。空白不等于 0。",
    "没有发生的填 0；空白处确实都是 0 的，把表上方“本表空白格均为0”选为“是”",
)
_code(
    "cell-placeholder",
    "note",
    "用符号代替 0",
    "“{sheet}”{cell}（{place}）填的是“{typed}”，按空白处理。",
    "请填 0，不要用符号或“无”代替",
)
_code(
    "cell-text-number",
    "note",
    "数字写法不规范",
    "“{sheet}”{cell}（{place}）填的是“{typed}”，读作 {read}。",
    "请直接填数字，不带空格、逗号，不用文本格式",
)
_code(
    "cell-unit-suffix",
    "query",
    "数字带了单位",
    "“{sheet}”{cell}（{place}）填的是“{typed}”，读作 {read}。",
    "请只填数字 {read}；不是这个意思的，请改正",
)
_code(
    "cell-direction",
    "query",
    "增减用了文字",
    "“{sheet}”{cell}（{place}）填的是“{typed}”，读作 {read}。",
    "请填 {read}：增加填正数，减少填负数",
)
_code(
    "cell-money-wan",
    "note",
    "金额带了“万元”",
    "“{sheet}”{cell}（{place}）填的是“{typed}”，读作 {read} 万元。",
    "请只填数字",
)
_code(
    "cell-money-yuan",
    "error",
    "金额的单位是元",
    "“{sheet}”{cell}（{place}）填的是“{typed}”，单位是元，本格要求万元。",
    "请改填 {suggestion}（万元）",
)
_code(
    "cell-not-number",
    "error",
    "不是数字",
    "“{sheet}”{cell}（{place}）填的是“{typed}”，不是一个数字。",
    "请填一个数字{suggestion}",
)
_code(
    "cell-date",
    "error",
    "数变成了日期",
    "“{sheet}”{cell}（{place}）是一个日期（{typed}），不是数量；表格软件把“3/4”“3-4”之类的输入变成了日期。",
    "请把这一格设为数值格式，重新填数",
)
_code(
    "cell-error-value",
    "error",
    "单元格是错误值",
    "“{sheet}”{cell}（{place}）显示为错误值“{typed}”。",
    "请删去公式，直接填数字",
)
_code(
    "cell-formula",
    "query",
    "填数的格里是公式",
    "“{sheet}”{cell}（{place}）里是公式“{typed}”，按它算出的 {read} 计。",
    "请把公式换成数字",
)
_code(
    "cell-fraction", "error", "件数不是整数", "“{sheet}”{cell}（{place}）填的是 {read}，件数应当是整数。", "请改为整数"
)
_code(
    "cell-negative",
    "error",
    "数字是负数",
    "“{sheet}”{cell}（{place}）填的是 {read}，这里不能是负数。",
    "请改为 0 或正数",
)
_code(
    "cell-too-precise",
    "error",
    "金额小数太多",
    "“{sheet}”{cell}（{place}）填的是 {read} 万元，精确到分最多 6 位小数。",
    "请四舍五入到分（6 位小数）",
)
_code(
    "cell-too-large",
    "error",
    "数字大得不合理",
    "“{sheet}”{cell}（{place}）填的是 {read}，大得不像一个数量。",
    "看看是不是把代码、电话填进来了，或者多打了几位",
)
_code(
    "switch-unclear",
    "error",
    "零填报选项不明",
    "“{sheet}”{cell} 的“本表空白格均为0”填的是“{typed}”，应为“是”或“否”；按“否”处理。",
    "请选“是”或“否”",
)

# ── totals and rules ─────────────────────────────────────────────────────────
_code(
    "total-overwritten",
    "error",
    "合计的公式被替换",
    "“{sheet}”{cell}（{place}）是自动合计，公式被换掉了：现在是 {actual}，应当是 {expected}{gap}。数字不对是错误；数字相符的只需核实。",
    "请恢复公式，或者用下发的空白表重新填报",
)
_code(
    "rule-failed",
    "error",
    "不符合勾稽关系或填报规则",
    "“{sheet}”{cell}：{text}。现在左边是 {actual}，右边是 {expected}{gap}{last}。",
    "{rule_remedy}",
)
_code(
    "last-repeated",
    "query",
    "与上年的数全部相同",
    "“{sheet}”{cell}：全部 {count} 个可比的数（其中 {actual} 个不是 0）都与上年相同{last}。",
    "{rule_remedy}",
)
_code(
    "last-jump",
    "note",
    "与上年相差过大",
    "“{sheet}”{cell}（{place}）是 {actual}，上年是 {expected}{gap}{last}。",
    "{rule_remedy}",
)
_code(
    "last-differs",
    "note",
    "表里带的上年数与上年的表不同",
    "“{sheet}”{cells} 所带的上年数与核对用的上年的表不同（{place}：表里是 {actual}，上年的表是 {expected}）；审核以上年的表为准。",
    "上年的表更正过的，不用处理；否则请用重新下发的空白表填报",
)
_code(
    "text-too-long",
    "note",
    "一段文字太长",
    "“{sheet}”{cell} 这一段有 {count} 个字，一行放不下，打印时会被截掉一截。",
    "请分成几段，每段一行，每段不超过 {limit} 个字",
)
# ── text against tables ──────────────────────────────────────────────────────
_code(
    "text-empty",
    "error",
    "文字部分没有填写",
    "“{sheet}”（从 {cell} 写起）{said}，等于没有报告。",
    "请填写这一部分：{hint}",
)
_code(
    "text-instruction",
    "query",
    "填写要求没有删去",
    "“{sheet}”{cell} 里还留着格式的填写要求“{quote}”。",
    "请删去这一句，写本年的实际情况",
)
_code(
    "text-differs",
    "query",
    "文字里的数与表格不同",
    "“{sheet}”{cell} 写的是“{quote}”：{name}，文字里是 {actual}，{where} 是 {expected}{gap}{also}。",
    "核对文字和表格，改正写错的一处；文字说的是另一个口径的，请在文字里写明，或者告知汇总单位",
)
_code(
    "text-parts",
    "query",
    "文字里各部分相加不等于总数",
    "“{sheet}”{cell} 写的是“{quote}”：各部分相加（{parts}）是 {actual}，总数（{name}）写的是 {expected}{gap}。",
    "核对总数和各部分，改正写错的一处；没有列全的，请写明",
)
_code(
    "text-year",
    "query",
    "文字里的年份不对",
    "“{sheet}”{cell} 写的是“{quote}”，报告年度是 {year} 年。",
    "看看是不是照抄了上一年的；确实说的是那一年的，请换个说法，或者告知汇总单位",
)
_code(
    "text-repeated",
    "query",
    "文字与上年大量重复",
    "文字部分有 {share}% 与上年相同，应少于 {limit}%；“{sheet}”{cell} 重复最多。",
    "请按本年的实际情况重写",
)
_code(
    "text-fee",
    "note",
    "信息处理费没有报告",
    "{why}，“{sheet}”（从 {cell} 写起）没有提到{fee}。",
    "收取了{fee}的，在这一部分写明件数和金额；没有收取的，写明没有收取",
)
_code(
    "likely-culprit",
    "note",
    "最可能填错的一处",
    "“{sheet}”{cell} 最可能填错：{change}，本表不符的 {count} 项就都相符了。",
    "请先核对这一处",
)
_code("signoff-missing", "query", "签字项没有填全", "“{sheet}”{cell}：{place}没有填。", "请在封面填写{place}")
_code(
    "signoff-date",
    "query",
    "填报日期不对",
    "“{sheet}”{cell} 的填报日期是“{typed}”，不是 {year} 年 12 月 31 日或以后的日期。",
    "请填写真实的填报日期，例：{next}-1-15",
)
_code(
    "total-differs",
    "error",
    "给出的合计与计算的不同",
    "{place}：给出的合计是 {actual}，各项相加是 {expected}{gap}。",
    "核对各项和合计",
)
_code(
    "explanation-stale",
    "note",
    "情况说明是对以前的数字作的",
    "“{sheet}”里 {rule} 的情况说明还是原来的话，但它说明的数字已经变了，这次没有采用。",
    "请核对现在的数字，重新写明情况",
)

# ── what the office in charge settled itself ─────────────────────────────────
_code(
    "decision-unusable",
    "note",
    "办理记录有一行没有采用",
    "“{file}”第 {row} 行没有采用：{reason}。",
    "请在办理记录里改正这一行",
)
_code(
    "decision-stale",
    "note",
    "办理记录是对以前的数字作的",
    "“{file}”第 {row} 行（{agency_name}，{item}）是对以前的数字作的，现在的已经不同，没有采用。",
    "请再核实一次，在办理记录里改写“处理情况”或“日期”",
)

# ── published reports read back ──────────────────────────────────────────────
_code(
    "import-not-document",
    "error",
    "不是可以导入的报告",
    "“{file}”不能导入：{reason}。",
    "请给出报告的 .txt、.html、.docx 或 .pdf 文件；旧的 .doc、.wps 请另存为 .docx",
)
_code(
    "import-damaged",
    "error",
    "报告文件损坏",
    "“{file}”损坏，读不出来：{reason}。",
    "请重新下载或重新保存这个文件",
)
_code(
    "import-encrypted",
    "error",
    "报告文件加了密码",
    "“{file}”加了打开密码，读不了。",
    "请去掉打开密码后再导入",
)
_code(
    "import-no-text",
    "error",
    "报告是扫描件",
    "“{file}”没有文字，是图片或扫描件，没有东西可读。",
    "请找有文字的版本（网页、Word），或者先做文字识别，核对后再导入",
)
_code(
    "import-unsafe",
    "error",
    "报告文件内容不安全或太大",
    "“{file}”没有读取：{reason}。",
    "请另存为普通的 .docx 或 .txt 后再导入",
)
_code(
    "import-no-tables",
    "error",
    "没有找到报告的表",
    "“{file}”里没有找到格式版本 {edition} 的任何一行表。",
    "看看是不是给错了文件",
)
_code(
    "import-identity",
    "error",
    "不知道是哪个单位、哪一年的报告",
    "“{file}”里没有找到{what}。",
    "请用 {option} 给出",
)
_code(
    "import-inferred",
    "note",
    "按报告认定的单位信息",
    "{what}“{value}”是{source}。",
    "不对的，用 {option} 给出",
)
_code(
    "import-contradicts",
    "query",
    "报告里的单位、年度前后不一",
    "{what}：按{source}是“{expected_text}”，{other}是“{actual_text}”；用的是“{expected_text}”。",
    "核对是不是给错了文件",
)
_code(
    "import-twice",
    "error",
    "同一单位同一年的两份报告",
    "“{file}”和“{other}”都是{agency_name} {year} 年度的报告，只导入了后者。",
    "请只留下一份；不是同一单位的，逐份导入并用 --name、--code 给出单位",
)
_code(
    "import-unplaced",
    "error",
    "有的数放不准",
    "“{sheet}”{cell} 起的“{place}”（报告{where}）看到的是 {seen}，没有填：{reason}。",
    "请看着原文把这几个数填进“{sheet}”",
)
_code(
    "import-row-unknown",
    "query",
    "多出来的行",
    "{where}的“{words}”不是本格式的行，看到的 {seen} 没有填。",
    "核对是不是栏目名称写错了；需要报告的内容写进文字部分",
)
_code(
    "import-total-missing",
    "note",
    "报告里没有合计",
    "“{sheet}”有 {count} 个合计在报告里是空的或没有，没有可以核对的数；第一个是 {cell}（{place}）。",
    "按各项相加的数为准",
)
_code(
    "import-unit",
    "query",
    "金额没有印单位",
    "“{sheet}”{cell}（{place}）的 {typed} 在报告里没有印单位，按{unit}读取。",
    "核对是不是“元”：是，就除以 10000",
)
_code(
    "import-text-missing",
    "note",
    "没有找到文字部分",
    "“{file}”里没有找到{words}的文字，没有填。",
    "请看着原文补上",
)
_code(
    "import-prose",
    "note",
    "表的部分里有文字",
    "“{sheet}”这一部分在表外有 {count} 段文字（{where}，“{seen}”），没有导入。",
    "需要保留的，粘贴到文字部分",
)

# ── the set of filings ───────────────────────────────────────────────────────
_code("agency-missing", "note", "没有报送", "{agency_name}（{agency_code}）没有报送。", "请催报")
_code(
    "agency-duplicate",
    "error",
    "一个单位有几份填报表",
    "{agency_name}（{agency_code}）有 {count} 份填报表：{files}。{same}",
    "{way}",
)
_code(
    "agency-unknown",
    "error",
    "名录上没有这个单位",
    "“{file}”的单位是{agency_name}（{agency_code}），名录上没有这个代码。",
    "核对代码；确实应当报送的，补进名录",
)
_code(
    "agency-area",
    "error",
    "汇总单位自己报了表",
    "“{file}”的单位{agency_name}（{agency_code}）在名录上是汇总单位，它的数由下级相加得出，自己不填报。",
    "本机关自己的表用名录上另一行的代码填报；名录不对的，请修改名录",
)
_code(
    "agency-renamed",
    "query",
    "单位名称与名录不同",
    "“{file}”的单位名称是“{agency_name}”，名录上代码 {agency_code} 是“{expected_text}”。",
    "核对是不是发错了表；单位已改名的，修改名录",
)
_code(
    "agency-doubtful",
    "query",
    "像是另一个单位填的",
    "“{file}”用的是{agency_name}（{agency_code}）的表，看来却是{other_name}（{other_code}）填的：{evidence}。",
    "先查清是谁填的：是{other_name}填的，请它改用发给它自己的空白表填报，这一份移出文件夹；确是{agency_name}填的，"
    "请它改正写着别的单位的地方后重报，或者在办理记录里了结",
)
_code(
    "agency-hinted",
    "note",
    "有一处像是另一个单位的",
    "“{file}”是{agency_name}的表，但{evidence}。",
    "看看是不是写错了、抄错了，或者用错了别的单位的表；没有的不用处理",
)
_code(
    "file-named-otherwise",
    "note",
    "文件名写着另一个单位",
    "“{file}”是{agency_name}的表，文件名写的却是{other_name}。",
    "看看是不是用错了表；只是文件名写错的，不用处理",
)
_code(
    "year-other",
    "error",
    "不是本年度的表",
    "“{file}”是 {actual_text} 年度的表，本次汇总的是 {expected_text} 年度。",
    "请用本年度下发的空白表填报",
)
_code(
    "previous-skipped",
    "note",
    "上年的文件没有使用",
    "核对上年数时没有使用“{file}”：{reason}。",
    "请给出上一年度的填报表或汇总表",
)
_code(
    "previous-missing",
    "note",
    "没有上年的数",
    "{count} 家没有可用的上年数，没有与上年核对：{names}。",
    "新设的单位不用处理；改名、合并的，在名录“上年代码”填写原来的代码",
)
_code(
    "agency-counted-twice",
    "error",
    "一个单位计了两次",
    "“{file}”的数有重复：{names}的数{where}；{counts}。",
    "只留一处：已由下级汇总的，不再单独计入；两份汇总表都有的，请下级核对名录后重新汇总",
)
_code(
    "summary-provisional",
    "note",
    "汇总表是暂定的",
    "“{file}”是暂定的汇总表：{status}。",
    "收齐后请重新汇总、报送",
)
_code(
    "summary-of-itself",
    "note",
    "是本地区自己的汇总表",
    "“{file}”就是{agency_name}自己的汇总表，不是它的一部分，没有计入。",
    "不用处理；不要的可以移出文件夹",
)
_code(
    "summary-members-differ",
    "query",
    "汇总表的单位对不上",
    "“{sheet}”所列的单位与“{other}”里有数的单位对不上：{names}。",
    "请用本程序重新汇总，不要增删汇总表的行",
)
_code(
    "parts-differ",
    "error",
    "汇总数不等于下级之和",
    "“{sheet}”{cell}（{place}）是 {actual}，所给 {count} 份下级表相加是 {expected}{gap}{adjusted}。",
    "核对下级的表有没有更正过、有没有漏计或多计，然后重新汇总；无法重报的，在“明细”末尾的“调整”里更正并写明理由",
)
_code(
    "parts-unlike",
    "note",
    "汇总的单位与所给的下级表不同",
    "“{file}”汇总的单位与所给的下级表不同：{words}。",
    "核对名录和收到的表",
)
_code(
    "adjustment-made",
    "query",
    "汇总数有调整",
    "“{sheet}”第 {row} 行是调整：{changes}。理由：{reason}。",
    "调整要有依据；下级能改报的，请改报后删去这一行调整",
)
_code(
    "adjustment-unexplained",
    "error",
    "调整没有写明理由",
    "“{sheet}”第 {row} 行的调整（{changes}）没有写明理由{reason}。",
    "请在这一行的“单位名称”一列写明为什么要调整；不需要的，删去这一行的数",
)
_code(
    "edition-other",
    "error",
    "格式版本不是本年度的",
    "“{file}”用的是格式版本 {actual_text}，{year} 年度应当用 {expected_text}。",
    "请用本年度下发的空白表填报",
)


How = Literal["explained", "decided", "superseded"]
CLOSED: dict[How, str] = {"explained": "已说明", "decided": "本级已核实", "superseded": "已被替代"}
"""How a finding can have been closed, with the words printed for it."""


@dataclass(frozen=True, slots=True)
class Closure:
    """How a finding was closed, and the words for it: the explanation, or who settled what and when."""

    how: How
    words: str

    def __str__(self) -> str:
        return f"{CLOSED[self.how]}：{self.words}"


@dataclass(frozen=True, slots=True)
class FieldAt:
    """A figure's cell."""

    field: str


@dataclass(frozen=True, slots=True)
class FieldsAt:
    """Several figures' cells: as many addresses as are named, and whether the sheet is named before them."""

    fields: tuple[str, ...]
    most: int = 12
    sheet: bool = False


@dataclass(frozen=True, slots=True)
class ParagraphAt:
    """A paragraph of a text part, counted from 0."""

    section: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class CoverAt:
    """An entry of the cover's sign-off."""

    key: str


@dataclass(frozen=True, slots=True)
class CheckAt:
    """A rule's 情况说明 on 校验."""

    rule: str


Place = FieldAt | FieldsAt | ParagraphAt | CoverAt | CheckAt
"""Where in a form a finding is, whatever sheet and cell that is in the file as received (``workbook.whereabouts``)."""


@dataclass(frozen=True)
class Finding:
    """One thing to correct, explain or know: what, where, both figures. ``detail`` fills the message's places.

    A rule tells ``at``, where it is in the form; file, agency, sheet and cell are put to it once, by whoever has the file.
    """

    code: str
    severity: Severity
    file: str | None = None
    agency: Agency | None = None
    sheet: str | None = None
    cell: str | None = None
    field: str | None = None
    related: tuple[str, ...] = ()
    actual: Figure = None
    expected: Figure = None
    types: tuple[FieldType, FieldType] = ("count", "count")
    rule: str | None = None
    basis: str | None = None
    closure: Closure | None = None
    detail: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    at: Place | None = None

    @property
    def open(self) -> bool:
        """Whether it still stands."""
        return self.closure is None

    def _words(self) -> dict[str, Any]:
        gap = ""
        if self.actual is not None and self.expected is not None and self.types[0] == self.types[1]:
            gap = f"，相差 {show(magnitude(self.actual - self.expected), self.types[0])}"
        return {
            "file": self.file,
            "sheet": self.sheet,
            "cell": self.cell,
            "rule": self.rule,
            "actual": show(self.actual, self.types[0]),
            "expected": show(self.expected, self.types[1]),
            "gap": gap,
            "last": "",
            "agency_name": self.agency.name if self.agency else "",
            "agency_code": self.agency.code if self.agency else "",
            **self.detail,
        }

    def _said(self, template: str) -> str:
        words = ((name, visible(said) if isinstance(said, str) else said) for name, said in self._words().items())
        return template.format_map(dict(words))

    @property
    def state(self) -> str:
        """Whether it is settled, and how, in a word; nothing for a note."""
        if self.closure:
            return CLOSED[self.closure.how]
        return "" if self.severity == "note" else "未解决"

    @property
    def message(self) -> str:
        """The finding in Chinese, whole in itself: what is wrong, where, both figures and their difference."""
        return self._said(CATALOGUE[self.code].message)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self.detail.get("rule_remedy") or self._said(CATALOGUE[self.code].remedy)

    def as_json(self) -> dict[str, Any]:
        """The finding as ``check --json`` gives it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "open": self.open,
            "message": self.message,
            "file": self.file,
            "agency": self.agency.as_json() if self.agency else None,
            "sheet": self.sheet,
            "cell": self.cell,
            "field": self.field,
            "related": list(self.related),
            "actual": as_json(self.actual, self.types[0]),
            "expected": as_json(self.expected, self.types[1]),
            "rule": self.rule,
            "basis": self.basis,
            "remedy": self.remedy,
            "closed": {"how": self.closure.how, "words": self.closure.words} if self.closure else None,
        }


def finding(code: str, *, severity: Severity | None = None, **coordinates: Any) -> Finding:
    """A finding of a code, of the code's own severity unless told otherwise; unknown names go to ``detail``.

    KeyError where one is not told that its words need: it shows where the finding is made, not where it is printed.
    """
    known = {k: v for k, v in coordinates.items() if k in Finding.__dataclass_fields__}
    detail = {k: v for k, v in coordinates.items() if k not in known}
    if lacking := _places(code) - detail.keys():
        raise KeyError(f"{code} lacks {'、'.join(sorted(lacking))}")
    return Finding(code, severity or CATALOGUE[code].severity, detail=detail, **known)


@cache
def _places(code: str) -> frozenset[str]:
    """The places in a code's words that only a finding's details can fill."""
    words = f"{CATALOGUE[code].message}{CATALOGUE[code].remedy}"
    return frozenset(name for _, name, _, _ in Formatter().parse(words) if name) - Finding(code, "note")._words().keys()
