from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exercises.progress import Rhythm as PlanRhythm


class Rhythm(models.TextChoices):
    ONCE = PlanRhythm.ONCE.value, _("once")
    DAILY = PlanRhythm.DAILY.value, _("every day")
    TIMES_A_WEEK = PlanRhythm.TIMES_A_WEEK.value, _("some days a week")
    WEEKDAYS = PlanRhythm.WEEKDAYS.value, _("on chosen weekdays")
    EVERY_WEEKS = PlanRhythm.EVERY_WEEKS.value, _("every so many weeks")
    BEFORE_MEETING = PlanRhythm.BEFORE_MEETING.value, _("before each consultation")
