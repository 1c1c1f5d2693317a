"""Importing reviews from elsewhere: upload, look at how the file reads, import, mend what was bad."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from businesses import rules
from businesses.access import Access, business_page, page
from lib.errors import DomainError, NotFound
from reviews.enums import ImportStatus
from reviews.importing import uploads
from reviews.importing.forms import ColumnsForm, UploadForm
from reviews.importing.queries import import_of, latest_imports
from reviews.importing.reading import read_table
from reviews.models import ReviewImport


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def imports(request: HttpRequest, access: Access) -> HttpResponse:
    """What was imported before, and the form for another file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            uploaded = uploads.upload(
                business=access.business,
                file_name=file.name,
                # One byte more than is taken is enough to know.
                data=file.read(uploads.LARGEST_FILE + 1),
                imported_from=form.cleaned_data["imported_from"],
                author=access.user,
                now=access.now,
            )
        except DomainError as refused:
            form.add_error("file", refused.message)
        else:
            return redirect("review_import", business=access.business.slug, public_id=uploaded.public_id)
    context = {"here": "inbox", "form": form, "imports": latest_imports(access.business)}
    return page(request, access, "reviews/imports.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@business_page(may=rules.is_owner)
def one_import(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """How the file reads, to be changed or started; afterwards what became of it."""
    uploaded = import_of(access.business, public_id)
    if uploaded.status != ImportStatus.UPLOADED:
        return page(request, access, "reviews/import_told.html", {"here": "inbox", "uploaded": uploaded})
    return _mapping_page(request, access, uploaded)


@require_safe
@business_page(may=rules.is_owner)
def bad_lines(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """The lines that were not taken, under the file's own header."""
    uploaded = import_of(access.business, public_id)
    if not uploaded.bad_lines:
        raise NotFound("No line of this file was bad.")
    response = HttpResponse(uploaded.bad_lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lines-to-mend.csv"'
    return response


def _mapping_page(request: HttpRequest, access: Access, uploaded: ReviewImport) -> HttpResponse:
    table = read_table(bytes(uploaded.data))
    form, found, refused = ColumnsForm(table, request.POST or None), None, ""
    chosen = form.is_bound and form.is_valid()
    columns = form.columns() if chosen else {}
    scale = form.cleaned_data["scale"] if chosen else None
    try:
        if chosen and "start" in request.POST:
            uploads.start(uploaded=uploaded, columns=columns, scale=scale, now=access.now)
            return redirect("review_import", business=access.business.slug, public_id=uploaded.public_id)
        if chosen or not form.is_bound:
            found = uploads.look(uploaded, columns=columns, scale=scale, now=access.now)
    except DomainError as error:
        refused = error.message
    if not form.is_bound:
        form = ColumnsForm(table, mapping=found.mapping if found else None)
    context = {"here": "inbox", "uploaded": uploaded, "form": form, "found": found, "refused": refused}
    status = 422 if refused or form.errors else 200
    return page(request, access, "reviews/import_columns.html", context, status=status)
