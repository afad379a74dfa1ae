FROM python:3.11.14-slim-bookworm AS build

WORKDIR /src
RUN python -m venv /opt/hepatica && python -m venv /opt/packer
COPY requirements.lock requirements-dev.lock ./
RUN /opt/hepatica/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
RUN sed -n '/^setuptools==/,/^[^ ]/{/^setuptools==/p;/^ .*--hash/p}' requirements-dev.lock > packer.lock \
    && /opt/packer/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r packer.lock
COPY . .
RUN /opt/packer/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/hepatica/bin/pip install --no-cache-dir --no-deps /wheels/*.whl \
    && /opt/hepatica/bin/python -m pip uninstall --yes pip

FROM python:3.11.14-slim-bookworm

RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin hepatica
COPY --from=build /opt/hepatica /opt/hepatica
ENV PATH=/opt/hepatica/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/', timeout=2)"]
ENTRYPOINT ["hepatica"]
CMD ["demo", "--no-browser", "--port", "8000"]
