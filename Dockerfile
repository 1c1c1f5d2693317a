# One image for web, worker, beat and migrate; docker-compose.yml says which is which.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HASHED_STATIC=yes
WORKDIR /app

# The packages first: they change less often than the code.
COPY manage.py ./
COPY config/__init__.py config/
COPY config/embedded config/embedded
COPY requirements requirements
RUN python3 manage.py install

COPY . .
RUN python3 manage.py collectstatic --no-input \
    && useradd --system --home-dir /app candor \
    && mkdir /media /srv/ledger /ledger-key \
    && chmod 700 /ledger-key \
    && chown candor:candor /media /srv/ledger /ledger-key
ENV PATH=/app/.venv/bin:$PATH
USER candor
EXPOSE 8000
