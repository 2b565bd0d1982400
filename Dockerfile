# Every package comes from the lock with its hash; the sources run as they stand here, read-only and without root.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app/launcher \
    DEBRIEF_HOST=0.0.0.0

WORKDIR /app

COPY requirements-run.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: --requirement requirements-run.lock

COPY launcher launcher
COPY manifest.yaml ./
COPY bot bot
COPY adapters adapters
COPY storage storage

# Byte code cannot be written later: the file system is read-only then. /app/data holds SQLite's file where it is used.
RUN python -m compileall -q launcher bot adapters storage \
    && printf '#!/bin/sh\nexec python -m debrief "$@"\n' > /usr/local/bin/debrief \
    && chmod 0755 /usr/local/bin/debrief \
    && useradd --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin debrief \
    && mkdir data \
    && chown debrief:debrief data

USER 10001:10001
VOLUME /app/data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('DEBRIEF_PORT', '8000')}/healthz\", timeout=4)"]

ENTRYPOINT ["debrief"]
CMD ["run"]
