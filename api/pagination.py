"""Lists in pages that hold still while rows are added."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """`next` and `previous` are addresses to follow; `page_size` is at most 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def __init__(self, *ordering: str) -> None:
        self.ordering = ordering
