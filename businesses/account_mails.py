"""What the mails about a sign-in say, by the name allauth gives them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountMail:
    """One mail: a subject, what happened or what to do, and whether it is about a change that might be a stranger's.

    `lead` may hold {email}, {from_email} and {to_email}. `link` names the context's address under the button.
    """

    subject: str
    lead: str
    link: str = ""
    link_word: str = ""
    is_alarm: bool = False


UNASKED = "If it was not you, nothing happens without the code, and you can forget this mail."

MAILS = {
    "email_confirmation_signup": AccountMail(
        "{code} is your code for Candor", "Welcome. Enter this code to confirm your address and finish signing up."
    ),
    "email_confirmation": AccountMail("{code} is your code for Candor", "Enter this code to confirm {email}."),
    "login_code": AccountMail("{code} is your code to sign in", "Enter this code where you are signing in."),
    "password_reset_code": AccountMail(
        "{code} is your code for a new password", "Enter this code to choose a new password."
    ),
    "account_already_exists": AccountMail(
        "You already have an account",
        "Somebody, probably you, tried to sign up with {email}. That address already has an account. "
        "If the password is lost, choose a new one.",
        link="password_reset_url",
        link_word="Choose a new password",
    ),
    "unknown_account": AccountMail(
        "There is no account for this address",
        "Somebody, probably you, tried to sign in with {email}, but no account belongs to it. "
        "You may have signed up with another address.",
        link="signup_url",
        link_word="Create an account",
    ),
    "email_changed": AccountMail(
        "Your address was changed", "You now sign in with {to_email} instead of {from_email}.", is_alarm=True
    ),
    "email_confirm": AccountMail("Your address is confirmed", "{email} is confirmed.", is_alarm=True),
    "email_deleted": AccountMail("An address was removed", "{deleted_email} is no longer yours here.", is_alarm=True),
    "password_changed": AccountMail("Your password was changed", "The password of your account is new.", is_alarm=True),
    "password_set": AccountMail("A password was set", "Your account now has a password.", is_alarm=True),
    "password_reset": AccountMail(
        "Your password was changed", "The password of your account was chosen anew with a mailed code.", is_alarm=True
    ),
    "recovery_codes_generated": AccountMail(
        "New recovery codes were made", "The recovery codes you had before no longer work.", is_alarm=True
    ),
    "totp_activated": AccountMail(
        "An authenticator app was set up", "From now on signing in asks for its code.", is_alarm=True
    ),
    "totp_deactivated": AccountMail(
        "The authenticator app was switched off", "Signing in no longer asks for its code.", is_alarm=True
    ),
    "webauthn_added": AccountMail("A security key was added", "It can now open your account.", is_alarm=True),
    "webauthn_removed": AccountMail("A security key was removed", "It no longer opens your account.", is_alarm=True),
}
