"""Uploading a file of reviews, and saying which column holds what."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from reviews.importing.mapping import ColumnMapping, Field
from reviews.importing.reading import Table

WORDS = {
    Field.EXTERNAL_ID: "Id",
    Field.STARS: "Stars",
    Field.BODY: "Text",
    Field.TITLE: "Title",
    Field.NAME: "Author",
    Field.EXPERIENCED: "Date of experience",
    Field.PUBLISHED: "Date of publication",
    Field.REPLIED: "Date of your reply",
    Field.REPLY: "Your reply",
    Field.LANGUAGE: "Language",
    Field.VERIFIED: "Verified",
}
NONE = "(no column)"


class UploadForm(forms.Form):
    """A CSV file and where its reviews come from."""

    file = forms.FileField(
        label="File",
        help_text="CSV with a header, up to 20 MB, as Trustpilot, Judge.me, Yotpo and others export it.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    imported_from = forms.CharField(
        label="Where the reviews come from",
        help_text="Such as Trustpilot. The same file is known again only under the same name.",
        required=False,
        max_length=60,
    )


class ColumnsForm(forms.Form):
    """Which column each field is read from, and where the scale of the stars ends."""

    scale = forms.IntegerField(
        label="The best rating is", validators=[MinValueValidator(2), MaxValueValidator(1000)], required=False
    )

    def __init__(self, table: Table, *args: object, mapping: ColumnMapping | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", NONE), *((name, name) for name in table.header)]
        for field in Field:
            chosen = mapping.columns.get(field, "") if mapping else ""
            self.fields[name_of(field)] = forms.ChoiceField(
                label=WORDS[field], choices=choices, required=field == Field.STARS, initial=chosen
            )
        self.order_fields([name_of(Field.STARS), "scale"])
        if mapping:
            self.fields["scale"].initial = mapping.top

    def columns(self) -> dict[Field, str]:
        """The column of every field, "" for none."""
        return {field: str(self.cleaned_data[name_of(field)]) for field in Field}


def name_of(field: Field) -> str:
    """A field's name in the form."""
    return field.value.replace(" ", "_")
