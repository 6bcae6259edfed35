# Two stages: llama.cpp is compiled in the first, the second has neither compiler nor pip cache.
FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /andon
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY scripts scripts
COPY index index
COPY edge edge
COPY assistant assistant
COPY training training
COPY ui ui
RUN scripts/install.sh demo python3

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 andon && mkdir /data && chown andon /data \
  && apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
WORKDIR /andon
COPY --from=build /andon /andon
COPY models models
COPY demo demo
USER andon
ENV PATH=/andon/.venv/bin:$PATH ANDON_DATA=/data
VOLUME /data
EXPOSE 7860
CMD ["andon", "serve"]
