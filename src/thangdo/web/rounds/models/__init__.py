"""The rows of a round, one module per subject."""

from thangdo.web.rounds.models.appeal import Appeal, Explanation
from thangdo.web.rounds.models.council import AgendaItem, Decision, Vote
from thangdo.web.rounds.models.drawn import DrawnIntervals
from thangdo.web.rounds.models.evidence import Attachment, Document, FileText, StoredFile
from thangdo.web.rounds.models.mark import Mark, SampleItem, Submission
from thangdo.web.rounds.models.round import Extension, Member, Part, PhaseDate, Round, RoundTable, RoundUnit
from thangdo.web.rounds.models.visit import Reminder, Visit

__all__ = [
    "AgendaItem",
    "Appeal",
    "Attachment",
    "Decision",
    "Document",
    "DrawnIntervals",
    "Explanation",
    "Extension",
    "FileText",
    "Mark",
    "Member",
    "Part",
    "PhaseDate",
    "Reminder",
    "Round",
    "RoundTable",
    "RoundUnit",
    "SampleItem",
    "StoredFile",
    "Submission",
    "Visit",
    "Vote",
]
