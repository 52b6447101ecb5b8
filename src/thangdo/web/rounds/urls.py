"""Addresses of rounds."""

from __future__ import annotations

from django.urls import path

from thangdo.web.rounds.views import (
    appeals,
    appraisal,
    council,
    criterion,
    evidence,
    files,
    ledger,
    matrix,
    opening,
    part,
    results,
    rounds,
    search,
    submission,
    work,
)

PART = "dot/<str:round>/<str:part>/"
UNIT = PART + "don-vi/<str:unit>/"
LEAF = UNIT + "tieu-chi/<str:criterion>/"

app_name = "rounds"
urlpatterns = [
    path("viec/", work.work, name="work"),
    path("tim/", search.search, name="search"),
    path("dot/", rounds.rounds, name="rounds"),
    path("dot/nhap/", files.load, name="import"),
    path("dot/moi/", opening.new_round, name="new_round"),
    path("dot/<str:round>/", rounds.round_page, name="round"),
    path("dot/<str:round>/xuat/", files.export, name="export"),
    path("dot/<str:round>/them-bo/", opening.new_part, name="add_part"),
    path("dot/<str:round>/nhat-ky/", ledger.round_ledger, name="ledger"),
    path(PART, part.part_page, name="part"),
    path(PART + "bo-tieu-chi/", part.issue, name="issue_set"),
    path(PART + "don-vi/", opening.units, name="choose_units"),
    path(PART + "phan-cong/", part.assignments, name="assign"),
    path(PART + "thoi-han/", part.deadlines, name="deadlines"),
    path(PART + "gia-han/", part.extension, name="extend"),
    path(PART + "chuyen/", part.advance, name="advance"),
    path(PART + "mo-lai/", part.reopen, name="reopen"),
    path(PART + "ma-tran/", matrix.matrix, name="matrix"),
    path(PART + "ma-tran/du-lieu/", matrix.matrix_data, name="matrix_data"),
    path(PART + "ma-tran/xlsx/", matrix.matrix_workbook, name="matrix_workbook"),
    path(PART + "doi-chieu/", appraisal.agreement, name="agreement"),
    path(PART + "kien-nghi/", appeals.register, name="appeals"),
    path(PART + "kien-nghi/xlsx/", appeals.register_workbook, name="appeals_workbook"),
    path(PART + "hoi-dong/", council.agenda, name="council"),
    path(PART + "hoi-dong/bien-ban/", council.minutes, name="minutes"),
    path(PART + "hoi-dong/<int:item>/", council.conclude, name="council_item"),
    path(PART + "hoi-dong/<int:item>/phieu/", council.cast, name="vote"),
    path(PART + "ket-qua/", results.results, name="results"),
    path(PART + "phe-duyet/", results.approve, name="approve_results"),
    path(UNIT, submission.overview, name="submission"),
    path(UNIT + "xlsx/", submission.workbook, name="submission_workbook"),
    path(UNIT + "trinh/", submission.hand_in, name="submit"),
    path(UNIT + "rut-lai/", submission.take_back, name="recall"),
    path(UNIT + "duyet/", submission.approve, name="approve_submission"),
    path(UNIT + "tra-lai/", submission.return_to_unit, name="send_back"),
    path(UNIT + "giai-trinh/<int:question>/", appeals.answer, name="explain"),
    path(UNIT + "kien-nghi/<int:appeal>/", appeals.decide, name="decide_appeal"),
    path(LEAF, criterion.criterion_page, name="criterion"),
    path(LEAF + "luu/", criterion.save, name="save"),
    path(LEAF + "nam-truoc/", criterion.copy_last_year, name="copy_last_year"),
    path(LEAF + "minh-chung/", evidence.attach_file, name="attach"),
    path(LEAF + "minh-chung/<int:attachment>/bo/", evidence.detach_file, name="detach"),
    path(LEAF + "tham-dinh/", appraisal.decide, name="appraise"),
    path(LEAF + "phan-xu/", appraisal.settle, name="adjudicate"),
    path(LEAF + "hoi/", appraisal.ask, name="ask"),
    path(LEAF + "kien-nghi/", appeals.file, name="appeal"),
    path(LEAF + "nhat-ky/", ledger.cell_ledger, name="ledger_cell"),
    path(UNIT + "tep/<int:document>/", evidence.view_file, name="evidence"),
    path(PART + "tim-minh-chung/", evidence.find, name="evidence_search"),
]
