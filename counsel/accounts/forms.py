"""allauth's forms in our words: a label says it once, and an empty field says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.forms import Form as _Form
else:
    _Form = object

_ADDRESS = (_("E-mail address"), _("Please write your e-mail address."))
_PASSWORD = (_("Password"), _("Please write your password."))
_CODE = (_("Code"), _("Please write the code from the e-mail."))
_NEW = (_("New password"), _("Please write a new password."))
_AGAIN = (_("New password, once more"), _("Please write it once more."))
_WORDS = {
    "login": _ADDRESS,
    "email": _ADDRESS,
    "password": _PASSWORD,
    "code": _CODE,
    "oldpassword": (_("Password until now"), _("Please write the password you have now.")),
    "password1": _NEW,
    "password2": _AGAIN,
}


class OurWords(_Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in _WORDS:
                field.label, field.error_messages["required"] = _WORDS[name]


class LoginForm(OurWords, forms.LoginForm):  # type: ignore[misc]
    pass


class RequestLoginCodeForm(OurWords, forms.RequestLoginCodeForm):  # type: ignore[misc]
    pass


class ConfirmLoginCodeForm(OurWords, forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(OurWords, forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(OurWords, forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(OurWords, forms.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(OurWords, forms.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(OurWords, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ConfirmPasswordResetCodeForm(
    OurWords,
    forms.ConfirmPasswordResetCodeForm,  # type: ignore[misc]
):
    pass


class ConfirmEmailVerificationCodeForm(
    OurWords,
    forms.ConfirmEmailVerificationCodeForm,  # type: ignore[misc]
):
    pass
