from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class DeskAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the desk as its one site: apps register with it as usual."""

    default = False
    default_site = "counsel.desk.site.DeskSite"


class DeskConfig(AppConfig):
    name = "counsel.desk"
    label = "desk"
    verbose_name = _("Desk")
