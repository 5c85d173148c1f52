# Two stages: the first installs the locked dependencies, the second runs as a user that owns nothing but /data.
FROM python:3.11-slim AS build
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir uv
COPY requirements.lock /tmp/
RUN VIRTUAL_ENV=/venv /venv/bin/uv pip install --no-cache --require-hashes -r /tmp/requirements.lock \
  && /venv/bin/pip uninstall -y uv

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin console \
  && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /venv /venv
COPY manage.py /app/
COPY console /app/console
COPY templates /app/templates
COPY static /app/static
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
ENTRYPOINT ["python", "manage.py"]
CMD ["up"]
