"""Surveys: sample size, draws, questionnaires, answers; weights and estimates with their errors.

Heavy parts (pandas, pyxform, engines) are loaded when they are used, so that importing this room costs nothing.
"""

from __future__ import annotations

from thangdo.survey.failure import SurveyFailure

__all__ = ["SurveyFailure"]
