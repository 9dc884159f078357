from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet, StaffQuerySet
from counsel.accounts.roles import AnyUser, counsellor_of, is_manager
from counsel.common.fields import EncryptedJSONField, EncryptedTextField
from counsel.common.models import BaseModel
from sessions.models.consultations import Consultation


class NoteTemplateQuerySet(StaffQuerySet):
    def visible_to(self, user: AnyUser) -> NoteTemplateQuerySet:
        """The practice's own formats are for all of its staff."""
        is_staff = is_manager(user) or counsellor_of(user) is not None
        return self.all() if is_staff else self.none()


class NoteTemplate(BaseModel):
    """A format of notes the practice made for itself, beside the built-in ones."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    headings = models.TextField(_("headings, one a line"), max_length=1000)
    in_use = models.BooleanField(_("offered for new notes"), default=True)

    objects = NoteTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("note format")
        verbose_name_plural = _("note formats")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OfConsultationQuerySet(CaseloadQuerySet):
    """Part of the client's record: it goes with the client, whoever held the meeting."""

    counsellor_path: ClassVar[str] = "consultation__client__counsellor"
    user_path: ClassVar[str] = "consultation__client__user"
    restricted_path: ClassVar[str] = "consultation__client__restricted_at"

    def unsigned(self) -> OfConsultationQuerySet:
        return self.filter(signed_at__isnull=True)


class ConsultationNote(BaseModel):
    """What is kept of one consultation. Signed, it never changes: later words are addenda.

    `sections` is a list of {"heading", "text"}, as the format was when the note was begun.
    `agreed` is what was agreed for the time until the next one; the next brief shows it.
    """

    class Format(models.TextChoices):
        SOAP = "soap", "SOAP"
        DAP = "dap", "DAP"
        BIRP = "birp", "BIRP"
        FREE = "free", _("Free")
        OWN = "own", _("A format of the practice")

    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="note")
    author = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(_("format"), max_length=8, choices=Format, default=Format.FREE)
    sections = EncryptedJSONField(default=list, blank=True)
    agreed = EncryptedTextField(_("what you agreed"), blank=True, default="")
    # Counts one up with each save: two windows must not undo each other.
    version = models.PositiveIntegerField(default=1, editable=False)
    saved_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        Counsellor, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-saved_at"]
        indexes = [
            models.Index(
                fields=["author"],
                condition=Q(signed_at__isnull=True),
                name="consultations_note_unsigned",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="consultations_consultationnote_signed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"Note {str(self.pk)[:8]}"


class OfNoteQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "note__consultation__client__counsellor"
    user_path: ClassVar[str] = "note__consultation__client__user"
    restricted_path: ClassVar[str] = "note__consultation__client__restricted_at"


class NoteAddendum(BaseModel):
    """Words added to a signed note. Never changed."""

    note = models.ForeignKey(ConsultationNote, on_delete=models.PROTECT, related_name="addenda")
    author = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(_("what you add"))

    objects = OfNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("addendum")
        verbose_name_plural = _("addenda")
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"Addendum {str(self.pk)[:8]}"


class ProcessNoteQuerySet(CaseloadQuerySet):
    def visible_to(self, user: AnyUser) -> ProcessNoteQuerySet:
        """The writer's alone, while the client is in their caseload."""
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        return self.filter(author=counsellor, client__counsellor=counsellor).unrestricted()


class ProcessNote(BaseModel):
    """The counsellor's own thinking, kept apart: in no record, no export, no colleague's sight."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="process_notes")
    author = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(_("your own note"), blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    saved_at = models.DateTimeField()

    objects = ProcessNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("process note")
        verbose_name_plural = _("process notes")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Process note {str(self.pk)[:8]}"
