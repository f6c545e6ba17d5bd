"""What can be imported, column by column: the one declaration that templates, header matching,
reading and the migration handbook are made from.

A floor above adds its kinds with :func:`register`. Words are given in English and Chinese, since
a template goes to people who may not have the client before them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from . import tabular
from .errors import ScanError
from .tabular import Cell, Format, Value

Type = Literal["text", "code", "gtin", "number", "integer", "flag", "date", "choice"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Type
    label: str
    label_zh: str
    meaning: str
    example: str
    required: bool = False
    choices: Mapping[str, str] | None = None
    """Accepted text (lower case) -> stored value."""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    label: str
    label_zh: str
    columns: tuple[Column, ...]
    sequence: int
    """Files are imported in this order: a lot needs its product."""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _KINDS[kind.code] = kind
    return kind


def kinds() -> dict[str, Kind]:
    return dict(sorted(_KINDS.items(), key=lambda item: item[1].sequence))


def folded(header: str) -> str:
    """A header without what people vary: case, blanks, underscores, the star of required ones."""
    return "".join(char for char in header.lower() if char.isalnum())


def match_headers(kind: Kind, headers: Sequence[str]) -> dict[str, str]:
    """{header: column name} for the headers that name a column of ``kind``, first come."""
    names: dict[str, str] = {}
    for column in kind.columns:
        for word in (column.name, column.label, column.label_zh, *column.aliases):
            names.setdefault(folded(word), column.name)
    found: dict[str, str] = {}
    for header in headers:
        name = names.get(folded(header))
        if name and name not in found.values():
            found[header] = name
    return found


def read_cell(column: Column, cell: Cell, how: Format) -> Value:
    """The value of a cell, None when it is empty. Raises ScanError."""
    if cell is None or cell == "":
        return None
    match column.type:
        case "text":
            return tabular.read_text(cell)
        case "code":
            return tabular.read_code(cell)
        case "gtin":
            return tabular.read_gtin(cell)
        case "number":
            return tabular.read_decimal(cell, how.decimal_mark)
        case "integer":
            return tabular.read_integer(cell, how.decimal_mark)
        case "flag":
            return tabular.read_flag(cell)
        case "date":
            return tabular.read_date(cell, how.date_order)
    text = tabular.read_text(cell)
    choices = column.choices or {}
    if text.lower() not in choices:
        allowed = ", ".join(dict.fromkeys(choices.values()))
        raise ScanError("cell_choice", value=text, allowed=allowed)
    return choices[text.lower()]


def _choices(*pairs: tuple[str, str]) -> dict[str, str]:
    """(stored value, other spellings separated by |) -> {spelling: stored value}."""
    return {word.lower(): value for value, words in pairs for word in (value, *words.split("|")) if word}


CLASSES = _choices(("I", "1|class i|一类|第一类"), ("II", "2|class ii|二类|第二类"), ("III", "3|class iii|三类|第三类"))
TRACKING = _choices(("lot", "lots|batch|批号|批次"), ("serial", "serials|序列号"), ("none", "no|不追溯"))
LEVELS = _choices(
    ("use", "unit of use|使用单元"),
    ("unit", "sales unit|each|最小销售单元"),
    ("inner", "box|inner package|中包装|盒"),
    ("case", "carton|大包装|箱"),
    ("pallet", "托盘"),
)
AGENCIES = _choices(
    ("GS1", ""), ("HIBCC", "hibc"), ("ICCBBA", ""), ("MA", "ma码（idcode）|idcode"), ("AHM", "阿里健康")
)
LICENCES = _choices(
    ("business", "营业执照"),
    ("production", "生产许可证"),
    ("distribution", "经营许可证"),
    ("distribution_filing", "经营备案凭证"),
    ("medical_institution", "医疗机构执业许可证"),
    ("other", "其他"),
)
CERTIFICATES = _choices(("registration", "注册证"), ("filing", "备案凭证"), ("eu", "ce"), ("fda", "510k"))

KEY = Column(
    "key",
    "code",
    "Key in the old system",
    "原系统主键",
    "Identifies the row for ever: the same key again is the same record. Empty: the code below identifies it.",
    "4711",
    aliases=("id", "external id", "uuid"),
)


def _product_reference(required: bool = True) -> Column:
    return Column(
        "product",
        "code",
        "Product",
        "产品编码",
        "Product code, or device identifier (DI), or the product's key in the old system.",
        "ST-100",
        required=required,
        aliases=("product code", "sku", "item", "item code", "productcode", "物料编码", "货号"),
    )


PRODUCT = register(
    Kind(
        "product",
        "Products",
        "产品",
        (
            KEY,
            Column(
                "code",
                "code",
                "Product code",
                "产品编码",
                "Internal reference; unique in the file.",
                "ST-100",
                aliases=("sku", "item code", "default_code", "reference", "货号"),
            ),
            Column("name", "text", "Name", "产品名称", "Name of the product.", "Coronary stent", required=True),
            Column("device", "flag", "Regulated device", "医疗器械", "Yes: all rules for devices apply.", "yes"),
            Column("device_class", "choice", "Device class", "管理类别", "I, II or III.", "III", choices=CLASSES),
            Column(
                "classification_code",
                "code",
                "Classification code",
                "分类编码",
                "Code of the classification catalogue.",
                "13-07",
            ),
            Column(
                "di", "code", "Primary DI", "最小销售单元产品标识", "Identifier of the sales unit.", "06901234567892"
            ),
            Column(
                "agency",
                "choice",
                "Issuing agency",
                "发码机构",
                "Agency of the DI; GS1 when empty.",
                "GS1",
                choices=AGENCIES,
            ),
            Column(
                "tracking",
                "choice",
                "Tracking",
                "追溯方式",
                "By lot, by serial or none; devices: lot when empty.",
                "lot",
                choices=TRACKING,
            ),
            Column("no_expiry", "flag", "No expiration date", "无有效期", "The maker states none.", "no"),
            Column("implant", "flag", "Implantable", "植入", "", "no"),
            Column("sterile", "flag", "Sterile", "无菌", "", "yes"),
            Column("single_use", "flag", "Single use", "一次性使用", "", "yes"),
            Column("storage_min", "number", "Storage from (°C)", "贮存温度下限", "Empty: no lower limit.", "2"),
            Column("storage_max", "number", "Storage to (°C)", "贮存温度上限", "Empty: no upper limit.", "8"),
            Column("registrant", "text", "Registrant", "注册人", "Name or code of a partner on file.", "Maker Ltd"),
            Column(
                "category", "text", "Category", "产品类别", "Name of a product category on file.", "Medical devices"
            ),
            Column("price", "number", "Sales price", "售价", "Per sales unit.", "1250.00"),
            Column("cost", "number", "Cost", "成本", "Per sales unit; values opening stock.", "800.00"),
        ),
        10,
    )
)
IDENTIFIER = register(
    Kind(
        "identifier",
        "Packaging and identifiers",
        "包装与标识",
        (
            _product_reference(),
            Column(
                "di",
                "code",
                "DI",
                "产品标识",
                "The identifier on this packaging level.",
                "16901234567899",
                required=True,
            ),
            Column("agency", "choice", "Issuing agency", "发码机构", "GS1 when empty.", "GS1", choices=AGENCIES),
            Column(
                "level",
                "choice",
                "Packaging level",
                "包装级别",
                "unit, inner, case, pallet, or use (unit of use).",
                "case",
                required=True,
                choices=LEVELS,
            ),
            Column("quantity", "integer", "Quantity", "数量", "Sales units one scan means.", "10", required=True),
            Column("valid_from", "date", "Valid from", "启用日期", "", "2024-01-01"),
            Column("valid_to", "date", "Valid to", "停用日期", "The last day.", ""),
        ),
        20,
    )
)
PARTNER = register(
    Kind(
        "partner",
        "Partners",
        "往来单位",
        (
            KEY,
            Column(
                "code",
                "code",
                "Partner code",
                "单位编码",
                "Reference; unique in the file.",
                "H-001",
                aliases=("ref", "customer code", "supplier code"),
            ),
            Column("name", "text", "Name", "名称", "Name of the company.", "First Hospital", required=True),
            Column("vat", "code", "Tax ID", "统一社会信用代码", "", "91320594346302401E"),
            Column("street", "text", "Street", "地址", "", "1 Hospital Road"),
            Column("city", "text", "City", "城市", "", "Suzhou"),
            Column("zip", "code", "Postal code", "邮政编码", "", "215000"),
            Column("country", "code", "Country code", "国家代码", "Two letters of ISO 3166.", "CN"),
            Column("phone", "code", "Phone", "电话", "", "+86 512 0000 0000"),
            Column("email", "text", "Email", "邮箱", "", "stores@hospital.example"),
        ),
        5,
    )
)


def _partner_reference(label: str, label_zh: str, required: bool = True) -> Column:
    return Column(
        "partner",
        "code",
        label,
        label_zh,
        "Partner code, or its key in the old system.",
        "H-001",
        required=required,
        aliases=("partner code", "customer", "supplier", "单位编码"),
    )


LICENCE = register(
    Kind(
        "licence",
        "Partner licences",
        "往来单位许可证",
        (
            _partner_reference("Partner", "单位编码"),
            Column("kind", "choice", "Kind", "许可证类型", "", "distribution", required=True, choices=LICENCES),
            Column("number", "code", "Number", "证照编号", "As printed.", "苏械经营许20250001号", required=True),
            Column("valid_from", "date", "Valid from", "生效日期", "", "2024-01-01"),
            Column("valid_to", "date", "Valid to", "失效日期", "The last day.", "2028-12-31"),
            Column("class_1", "flag", "Class I", "一类", "Covers class I.", "no"),
            Column("class_2", "flag", "Class II", "二类", "Covers class II.", "yes"),
            Column("class_3", "flag", "Class III", "三类", "Covers class III.", "yes"),
            Column(
                "codes",
                "text",
                "Classification codes",
                "经营范围",
                "Separated by commas; empty: every code.",
                "13, 14-01",
            ),
        ),
        30,
    )
)
CERTIFICATE = register(
    Kind(
        "certificate",
        "Registration certificates",
        "注册证与备案凭证",
        (
            Column("number", "code", "Number", "注册证编号", "As printed.", "国械注准20193030166", required=True),
            Column("kind", "choice", "Kind", "证件类型", "", "registration", required=True, choices=CERTIFICATES),
            Column("product", "code", "Product", "产品编码", "A product it covers; one row per product.", "ST-100"),
            Column("device_name", "text", "Name on the certificate", "证书产品名称", "", "PTCA catheter"),
            Column("holder", "text", "Holder", "注册人", "Name or code of a partner on file.", "Maker Ltd"),
            Column("device_class", "choice", "Device class", "管理类别", "", "III", choices=CLASSES),
            Column("valid_from", "date", "Valid from", "批准日期", "", "2024-01-01"),
            Column("valid_to", "date", "Valid to", "有效期至", "The last day.", "2028-12-31"),
        ),
        40,
    )
)
LOT = register(
    Kind(
        "lot",
        "Lots and serial numbers",
        "批号与序列号",
        (
            _product_reference(),
            Column(
                "lot",
                "code",
                "Lot or serial number",
                "批号/序列号",
                "As printed, every character.",
                "L2409A",
                required=True,
                aliases=("lot", "lot number", "batch", "serial", "批号", "序列号"),
            ),
            Column(
                "expiry",
                "date",
                "Expiration date",
                "有效期至",
                "The last day of use.",
                "2027-09-30",
                aliases=("expiry", "expiration", "失效日期"),
            ),
            Column("production_date", "date", "Production date", "生产日期", "", "2024-09-30"),
            Column(
                "sterilisation_batch",
                "code",
                "Sterilisation batch",
                "灭菌批号",
                "The maker's number of the sterilisation run.",
                "ST-2024-014",
                aliases=("sterilization batch", "sterilization lot"),
            ),
            Column("ref", "code", "Internal reference", "内部参考", "", ""),
        ),
        50,
    )
)
STOCK = register(
    Kind(
        "stock",
        "Opening stock",
        "期初库存",
        (
            KEY,
            _product_reference(),
            Column(
                "lot",
                "code",
                "Lot or serial number",
                "批号/序列号",
                "Required where the product is tracked.",
                "L2409A",
                aliases=("lot number", "batch", "serial", "批号", "序列号"),
            ),
            Column(
                "expiry",
                "date",
                "Expiration date",
                "有效期至",
                "Of a lot that is not on file yet.",
                "2027-09-30",
                aliases=("expiry", "失效日期"),
            ),
            Column(
                "location",
                "text",
                "Location",
                "库位",
                "Name of a location; empty: the warehouse's stock.",
                "WH/Stock",
                aliases=("bin", "bin location"),
            ),
            Column(
                "quantity",
                "number",
                "Quantity",
                "数量",
                "Counted, in the product's unit.",
                "40",
                required=True,
                aliases=("qty", "physical qoh", "on hand"),
            ),
        ),
        60,
    )
)
MOVEMENT = register(
    Kind(
        "movement",
        "Stock movements of the old system",
        "原系统库存流水",
        (
            KEY,
            _product_reference(),
            Column("lot", "code", "Lot or serial number", "批号/序列号", "Where the product is tracked.", "L2409A"),
            Column(
                "location", "text", "Location", "库位", "Name of a location; empty: the warehouse's stock.", "WH/Stock"
            ),
            Column("date", "date", "Date", "日期", "The day it happened.", "2026-10-01", required=True),
            Column(
                "action",
                "choice",
                "Action",
                "操作",
                "in adds, out takes away, set is a count.",
                "in",
                required=True,
                choices=_choices(("in", "credit|入库"), ("out", "debit|出库"), ("set", "count|盘点")),
            ),
            Column("quantity", "number", "Quantity", "数量", "Never negative.", "40", required=True),
        ),
        70,
    )
)
