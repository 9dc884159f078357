from __future__ import annotations

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import counsel.common.fields
from clients.walls import TABLES
from counsel.common.operations import VendorSQL
from counsel.common.wall import no_policies, policies


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0014_what_was_taken_back_is_off"),
    ]

    operations = [
        migrations.CreateModel(
            name="SafetyPlan",
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
                    "signs",
                    counsel.common.fields.EncryptedTextField(
                        blank=True, default="", verbose_name="How I notice that it is getting hard"
                    ),
                ),
                (
                    "helps",
                    counsel.common.fields.EncryptedTextField(
                        blank=True, default="", verbose_name="What I can do by myself"
                    ),
                ),
                (
                    "people",
                    counsel.common.fields.EncryptedTextField(
                        blank=True, default="", verbose_name="Whom I can call, and their numbers"
                    ),
                ),
                (
                    "places",
                    counsel.common.fields.EncryptedTextField(
                        blank=True,
                        default="",
                        verbose_name="Where I am safer, and what I put out of reach",
                    ),
                ),
                (
                    "reasons",
                    counsel.common.fields.EncryptedTextField(
                        blank=True, default="", verbose_name="What I want to hold on to"
                    ),
                ),
                ("is_shared", models.BooleanField(db_default=False, default=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("changed_at", models.DateTimeField()),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safety_plan",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan for hard moments",
                "verbose_name_plural": "plans for hard moments",
            },
        ),
        VendorSQL(postgresql=policies(TABLES), sqlite=[], reverse_postgresql=no_policies(TABLES)),
    ]
