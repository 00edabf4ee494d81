FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/smoe

# A layer of its own: it is rebuilt only when the lock changes.
COPY requirements.lock ./
RUN pip install --require-hashes --no-deps --requirement requirements.lock \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin smoe \
    && install -d -o smoe -m 0700 /var/lib/smoe

COPY . ./
RUN python -m compileall -q .

ARG CODE_VERSION=""
ENV SMOE_CODE_VERSION=$CODE_VERSION SMOE_MODE=production SMOE_DATA_DIR=/var/lib/smoe SMOE_HOST=0.0.0.0
USER smoe
EXPOSE 8000
ENTRYPOINT ["python", "-m", "cli"]
CMD ["api"]
