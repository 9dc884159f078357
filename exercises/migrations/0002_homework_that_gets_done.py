from __future__ import annotations

import uuid
from typing import Any

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import counsel.common.fields


def date_what_was_withdrawn(apps: Any, schema_editor: Any) -> None:
    """Nobody wrote down when: from now on at the latest nothing is asked any more."""
    Assignment = apps.get_model("exercises", "Assignment")
    withdrawn = Assignment.objects.filter(status="withdrawn", withdrawn_on=None)
    withdrawn.update(withdrawn_on=django.utils.timezone.now().date())


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_practice"),
        ("clients", "0002_private_days_may_be_hidden"),
        ("exercises", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssignmentPause",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "pause",
                "verbose_name_plural": "pauses",
                "ordering": ["first_day"],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
            ],
            options={
                "verbose_name": "programme of a client",
                "verbose_name_plural": "programmes of clients",
                "ordering": ["-starts_on"],
            },
        ),
        migrations.CreateModel(
            name="ExerciseDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("content", models.JSONField(blank=True, default=dict)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "exercise draft",
                "verbose_name_plural": "exercise drafts",
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("name", models.CharField(max_length=120, verbose_name="what you call them")),
                ("email", models.EmailField(max_length=254, verbose_name="their e-mail address")),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[("client", "the client"), ("partner", "the partner")],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("summary", models.TextField(blank=True, verbose_name="what it is for")),
                (
                    "put_away_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="put away"),
                ),
            ],
            options={
                "verbose_name": "programme",
                "verbose_name_plural": "programmes",
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="place")),
                (
                    "release",
                    models.CharField(
                        choices=[
                            ("at_once", "on the first day"),
                            ("after_days", "so many days after the first"),
                            ("on_date", "on a date"),
                            (
                                "after_one_before",
                                "once the one before was practised on so many days",
                            ),
                        ],
                        default="at_once",
                        max_length=16,
                        verbose_name="released",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="days",
                    ),
                ),
                ("on_date", models.DateField(blank=True, null=True, verbose_name="date")),
                ("rationale", models.TextField(verbose_name="why this")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("once", "once"),
                            ("daily", "every day"),
                            ("times_a_week", "some days a week"),
                            ("weekdays", "on chosen weekdays"),
                            ("every_weeks", "every so many weeks"),
                            ("before_meeting", "before each consultation"),
                        ],
                        default="daily",
                        max_length=16,
                        verbose_name="rhythm",
                    ),
                ),
                (
                    "times_a_week",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(7),
                        ],
                        verbose_name="days a week",
                    ),
                ),
                ("weekdays", models.CharField(blank=True, max_length=7, verbose_name="weekdays")),
                (
                    "every_weeks",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(52),
                        ],
                        verbose_name="every so many weeks",
                    ),
                ),
                (
                    "lasts_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="for so many days",
                    ),
                ),
                ("reminders", models.BooleanField(default=True, verbose_name="remind by e-mail")),
            ],
            options={
                "verbose_name": "exercise of a programme",
                "verbose_name_plural": "exercises of a programme",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="RiskFlag",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done",
                    counsel.common.fields.EncryptedTextField(
                        blank=True, null=True, verbose_name="what you did"
                    ),
                ),
            ],
            options={
                "verbose_name": "flag",
                "verbose_name_plural": "flags",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ScaleScore",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("scale", models.SlugField(max_length=40)),
                ("value", models.DecimalField(decimal_places=2, max_digits=7)),
            ],
            options={
                "verbose_name": "value of a scale",
                "verbose_name_plural": "values of scales",
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("instrument", models.SlugField(max_length=60)),
                ("scoring_version", models.PositiveSmallIntegerField()),
                ("raw", counsel.common.fields.EncryptedJSONField(blank=True, default=dict)),
                ("missing", models.PositiveSmallIntegerField(default=0)),
                ("prorated", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "score",
                "verbose_name_plural": "scores",
            },
        ),
        migrations.CreateModel(
            name="SmallShare",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "text",
                    counsel.common.fields.EncryptedTextField(verbose_name="one small feeling"),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "small share",
                "verbose_name_plural": "small shares",
                "ordering": ["-created_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="entry",
            name="exercises_entry_one_draft_per_assignment",
        ),
        migrations.RemoveConstraint(
            model_name="entry",
            name="exercises_entry_one_free_draft",
        ),
        migrations.AddField(
            model_name="assignment",
            name="after",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="exercises.assignment",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="after_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="every_weeks",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(52),
                ],
                verbose_name="every so many weeks",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="shows_scores",
            field=models.BooleanField(default=False, verbose_name="the client sees the scores"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="smaller",
            field=models.BooleanField(default=False, verbose_name="in its smaller form"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="withdrawn_on",
            field=models.DateField(blank=True, null=True, verbose_name="withdrawn on"),
        ),
        migrations.AddField(
            model_name="entry",
            name="filled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.counsellor",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_time", "there was no room for it"),
                    ("too_much", "it felt like too much"),
                    ("forgot", "it slipped my mind"),
                    ("not_alone", "I wasn't alone"),
                    ("no_need", "there was nothing to notice"),
                    ("not_for_me", "it doesn't suit me"),
                    ("other", "something else"),
                ],
                max_length=12,
                verbose_name="reason",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="smaller",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="entry",
            name="wants_smaller",
            field=models.BooleanField(default=False, verbose_name="would like something smaller"),
        ),
        migrations.AddField(
            model_name="exercise",
            name="for_practice",
            field=models.BooleanField(default=False, verbose_name="colleagues may use it too"),
        ),
        migrations.AddField(
            model_name="exercise",
            name="put_away_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="put away"),
        ),
        migrations.AddField(
            model_name="exerciseversion",
            name="copyright",
            field=models.TextField(blank=True, verbose_name="copyright line"),
        ),
        migrations.AddField(
            model_name="exerciseversion",
            name="published_as",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="exerciseversion",
            name="scoring",
            field=models.SlugField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="exerciseversion",
            name="smaller",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="review",
            name="quality",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MaxValueValidator(4)],
                verbose_name="how well it was worked through",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="rhythm",
            field=models.CharField(
                choices=[
                    ("once", "once"),
                    ("daily", "every day"),
                    ("times_a_week", "some days a week"),
                    ("weekdays", "on chosen weekdays"),
                    ("every_weeks", "every so many weeks"),
                    ("before_meeting", "before each consultation"),
                ],
                default="daily",
                max_length=16,
                verbose_name="rhythm",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="status",
            field=models.CharField(
                choices=[("waiting", "waiting"), ("active", "active"), ("withdrawn", "withdrawn")],
                default="active",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="exercise",
            name="kind",
            field=models.CharField(
                choices=[
                    ("practice", "practice"),
                    ("journal", "journal"),
                    ("reading", "reading"),
                    ("measure", "measure"),
                ],
                default="practice",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True), ("state", "draft")),
                fields=("assignment",),
                name="exercises_entry_one_draft_per_assignment",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("assignment__isnull", True), ("corrects__isnull", True), ("state", "draft")
                ),
                fields=("client", "version"),
                name="exercises_entry_one_free_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("quality__isnull", True), ("quality__lte", 4), _connector="OR"),
                name="exercises_review_quality_is_0_to_4",
            ),
        ),
        migrations.AddField(
            model_name="assignmentpause",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pauses",
                to="exercises.assignment",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="enrolment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="exercises.enrolment",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rhythm", "every_weeks"), _negated=True),
                    models.Q(
                        ("every_weeks__gte", 1),
                        ("every_weeks__isnull", False),
                        ("every_weeks__lte", 52),
                    ),
                    _connector="OR",
                ),
                name="exercises_assignment_weeks_apart",
                violation_error_message="Say how many weeks apart, 1 to 52.",
            ),
        ),
        migrations.RunPython(date_what_was_withdrawn, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "withdrawn"), _negated=True),
                    ("withdrawn_on__isnull", False),
                    _connector="OR",
                ),
                name="exercises_assignment_withdrawn_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "waiting"), _negated=True),
                    models.Q(
                        ("after__isnull", False),
                        ("after_days__gte", 1),
                        ("after_days__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="exercises_assignment_waits_for_something",
            ),
        ),
        migrations.AddField(
            model_name="exercisedraft",
            name="exercise",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="draft",
                to="exercises.exercise",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="partners",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="partner_of",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="programmes",
                to="accounts.counsellor",
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="exercises.programme",
            ),
        ),
        migrations.AddField(
            model_name="programmeitem",
            name="exercise",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exercises.exercise",
                verbose_name="exercise",
            ),
        ),
        migrations.AddField(
            model_name="programmeitem",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="exercises.programme",
            ),
        ),
        migrations.AddField(
            model_name="riskflag",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="risk_flags",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="riskflag",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.counsellor",
            ),
        ),
        migrations.AddField(
            model_name="riskflag",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="risk_flag",
                to="exercises.entry",
            ),
        ),
        migrations.AddField(
            model_name="score",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="score",
                to="exercises.entry",
            ),
        ),
        migrations.AddField(
            model_name="scalescore",
            name="score",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scales",
                to="exercises.score",
            ),
        ),
        migrations.AddField(
            model_name="smallshare",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="small_shares",
                to="exercises.entry",
            ),
        ),
        migrations.AddField(
            model_name="smallshare",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="exercises.partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentpause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_day__isnull", True),
                    ("last_day__gte", models.F("first_day")),
                    _connector="OR",
                ),
                name="exercises_assignmentpause_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignmentpause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("last_day__isnull", True)),
                fields=("assignment",),
                name="exercises_assignmentpause_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("client",),
                name="exercises_partner_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by", "")),
                    models.Q(
                        ("ended_at__isnull", False), models.Q(("ended_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="exercises_partner_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_at__isnull", True), ("user__isnull", False), _connector="OR"
                ),
                name="exercises_partner_accepted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("client", "programme"),
                name="exercises_enrolment_one_open",
                violation_error_message="This client is in this programme already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeitem",
            constraint=models.UniqueConstraint(
                fields=("programme", "position"), name="exercises_programmeitem_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("release__in", ["after_days", "after_one_before"]), _negated=True),
                    models.Q(("days__gte", 1), ("days__isnull", False)),
                    _connector="OR",
                ),
                name="exercises_programmeitem_has_days",
                violation_error_message="Say how many days.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("release", "on_date"), _negated=True),
                    ("on_date__isnull", False),
                    _connector="OR",
                ),
                name="exercises_programmeitem_has_date",
                violation_error_message="Say on which date.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rhythm", "times_a_week"), _negated=True),
                    models.Q(
                        ("times_a_week__gte", 1),
                        ("times_a_week__isnull", False),
                        ("times_a_week__lte", 7),
                    ),
                    _connector="OR",
                ),
                name="exercises_programmeitem_days_a_week",
                violation_error_message="Say on how many days a week, 1 to 7.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rhythm", "weekdays"), _negated=True),
                    models.Q(("weekdays", ""), _negated=True),
                    _connector="OR",
                ),
                name="exercises_programmeitem_has_weekdays",
                violation_error_message="Choose at least one weekday.",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rhythm", "every_weeks"), _negated=True),
                    models.Q(
                        ("every_weeks__gte", 1),
                        ("every_weeks__isnull", False),
                        ("every_weeks__lte", 52),
                    ),
                    _connector="OR",
                ),
                name="exercises_programmeitem_weeks_apart",
                violation_error_message="Say how many weeks apart, 1 to 52.",
            ),
        ),
        migrations.AddIndex(
            model_name="riskflag",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["client"],
                name="exercises_flags_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="exercises_riskflag_closed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="scalescore",
            constraint=models.UniqueConstraint(
                fields=("score", "scale"), name="exercises_scalescore_scale_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="smallshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seen_at__isnull", True),
                    ("seen_at__gte", models.F("created_at")),
                    _connector="OR",
                ),
                name="exercises_smallshare_seen_after_sent",
            ),
        ),
    ]
