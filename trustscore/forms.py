"""The public calculator's form."""

from datetime import date, timedelta

from django import forms

from trustscore.scoring import OLDEST_AGE, STARS, Score, Tally, score, sums

LARGEST_COUNT = 1_000_000


TARGETS = [(str(tenths), f"{tenths / 10:.1f}") for tenths in range(50, 14, -1)]


class WhatIfForm(forms.Form):
    """Further reviews that might come today, and a score to be reached."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for stars in reversed(STARS):
            self.fields[f"stars_{stars}"] = forms.IntegerField(
                label=f"{stars} stars" if stars > 1 else "1 star",
                min_value=0,
                max_value=LARGEST_COUNT,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.fields["target"] = forms.TypedChoiceField(label="Score to be reached", choices=TARGETS, coerce=int)

    @property
    def further(self) -> dict[int, int]:
        """How many of each star value. Needs a valid form."""
        return {stars: self.cleaned_data[f"stars_{stars}"] for stars in STARS}


class CalculatorForm(forms.Form):
    """How many reviews of each star value, and how old they are, in days."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for stars in reversed(STARS):
            self.fields[f"stars_{stars}"] = forms.IntegerField(
                label=f"{stars} stars" if stars > 1 else "1 star",
                min_value=0,
                max_value=LARGEST_COUNT,
                initial=0,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.fields["age"] = forms.IntegerField(
            label="Days old",
            min_value=0,
            max_value=OLDEST_AGE,
            initial=0,
            help_text="A review weighs half after 182.5 days, and nothing after sixteen years.",
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )

    def score(self, *, today: date) -> Score | None:
        """The score of what was typed, as of `today` (UTC). Needs a valid form."""
        day = today - timedelta(days=self.cleaned_data["age"])
        tally = [Tally(day=day, stars=stars, count=self.cleaned_data[f"stars_{stars}"]) for stars in STARS]
        return score(sums(tally, today))
