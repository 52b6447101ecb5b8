"""What may be uncertain: one row for each kind of item in a declaration, with its keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an item: what it means, and its default as written in the declaration."""

    name: str
    meaning_vi: str
    meaning_en: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class ItemKind:
    """A row: `step` is the pipeline step whose parameters the item replaces, blank where it replaces none."""

    code: str
    name_vi: str
    name_en: str
    step: str
    keys: tuple[Key, ...]
    source: str


HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7"
NAME = Key("name", "tên của mục trong kết quả", "the item's name in the results", "item")
STEP_KEYS = (
    NAME,
    Key(
        "values",
        "các mức: tham số đầy đủ của bước, hoặc các giá trị của `key`",
        "the levels: full parameters of the step, or values of `key`",
    ),
    Key("key", "tham số duy nhất được thay", "the one parameter that `values` replace"),
)

ITEM_KINDS = (
    ItemKind("imputation", "Ước lượng giá trị thiếu", "Imputation", "impute", STEP_KEYS, HANDBOOK),
    ItemKind("treatment", "Xử lý giá trị ngoại lai", "Treatment of outliers", "treat", STEP_KEYS, HANDBOOK),
    ItemKind("normalisation", "Chuẩn hóa", "Normalisation", "normalise", STEP_KEYS, HANDBOOK),
    ItemKind("aggregation", "Tổng hợp", "Aggregation", "aggregate", STEP_KEYS, HANDBOOK),
    ItemKind(
        "weights",
        "Trọng số",
        "Weights",
        "",
        (
            NAME,
            Key("levels", "các cấp có trọng số bất định", "levels whose weights are uncertain", "all below the top"),
            Key("nodes", "hoặc các mã cụ thể", "or codes, instead of levels"),
            Key(
                "noise",
                "`uniform`: w (1 + factor · U(-1, 1)); `normal`: w · max(0, 1 + factor · N(0, 1)); `dirichlet`: tỷ trọng"
                " trong cùng nhóm ~ Dirichlet(concentration · tỷ trọng)",
                "`uniform`: w (1 + factor · U(-1, 1)); `normal`: w · max(0, 1 + factor · N(0, 1)); `dirichlet`: shares"
                " among siblings ~ Dirichlet(concentration · share)",
                "uniform",
            ),
            Key("factor", "độ rộng tương đối", "relative width (uniform) or standard deviation (normal)", "0.25"),
            Key("concentration", "độ tập trung của Dirichlet", "Dirichlet concentration", "50"),
            Key("sets", "rút sẵn bấy nhiêu bộ rồi chọn", "draw this many sets once and choose among them", "fresh"),
            Key(
                "given",
                "các bộ trọng số cho trước: danh sách `{mã: trọng số}`",
                "given sets, instead of noise: a list of `{code: weight}`",
            ),
            Key(
                "file",
                "hoặc tệp CSV: cột `iCode`, mỗi cột còn lại là một bộ",
                "or a CSV file: a column `iCode`, every other column one set",
            ),
        ),
        HANDBOOK,
    ),
    ItemKind(
        "inclusion",
        "Giữ hay bỏ chỉ tiêu",
        "Inclusion of indicators",
        "",
        (
            NAME,
            Key("indicators", "các chỉ tiêu có thể bị bỏ", "indicators that may be left out", "all"),
            Key("probability", "xác suất bị bỏ của mỗi chỉ tiêu", "probability of leaving each one out", "0.1"),
        ),
        "A. Saltelli and others, Sensitivity Analysis in Practice (2004), chapter on composite indicators",
    ),
    ItemKind(
        "data",
        "Sai số của số liệu",
        "Errors of the data",
        "",
        (
            NAME,
            Key(
                "standard_errors",
                "tệp CSV: cột `uCode` và cột cho từng chỉ tiêu; ô trống = chính xác",
                "a CSV file: `uCode` and a column per indicator; blank = exact",
            ),
            Key(
                "covariance",
                "tệp CSV: unit_a,indicator_a,unit_b,indicator_b,cov; chỉ phần ngoài đường chéo",
                "a CSV file: unit_a,indicator_a,unit_b,indicator_b,cov; off-diagonal only, absent pairs = 0",
            ),
            Key(
                "relative",
                "hoặc sai số chuẩn bằng tỷ lệ này của độ lệch chuẩn từng chỉ tiêu (giả định)",
                "or a standard error of this share of each indicator's standard deviation (an assumption)",
            ),
        ),
        "M. Mogstad and others, Review of Economic Studies 91 (2024); errors redrawn jointly before every step",
    ),
)

KINDS = {row.code: row for row in ITEM_KINDS}

DECLARATION_KEYS = (
    Key("pipeline", "quy trình gốc: danh sách các bước, hoặc tên tệp", "the nominal pipeline: its steps, or a file"),
    Key("uncertain", "các mục bất định", "the uncertain items"),
    Key("target", "mã của nút được xếp hạng", "the code of the node that is ranked", "the top"),
    Key("top_k", "các k của xác suất thuộc nhóm k đầu", "the k of the top-k probabilities", "1, 3, 5, 10, 20"),
    Key("classes", "cận dưới của các hạng, từ tốt đến kém", "lower bounds of classes of the score, best first"),
    Key(
        "sobol",
        "`{points, replicates, design}` hoặc `false`",
        "`{points: 64, replicates: 16, design: sobol | random}` or `false`",
        "points 64, replicates 16, design sobol",
    ),
    Key(
        "remove",
        "các cấp có từng phần tử bị bỏ ra lần lượt",
        "levels whose elements are left out one at a time, everything else rebuilt: `remove_elements.csv`",
        "none",
    ),
    Key("level", "độ tin cậy của tập hạng và khoảng", "level of rank sets and intervals", "0.95"),
)
