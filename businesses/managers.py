"""Making users: an e-mail address is all the name a sign-in needs."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager


class UserManager(BaseUserManager[Any]):
    """Creates users by their e-mail address, which is stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """A person who can sign in. Without a password they sign in by a code sent to them."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """An operator of the service; sees health and keys, no tenant's content."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
