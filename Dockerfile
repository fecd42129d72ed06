FROM python:3.11-slim

# requirements-ray.txt for an image whose networks run on a cluster (deploy/).
ARG REQUIREMENTS=requirements.txt
WORKDIR /app
COPY requirements*.txt .
RUN pip install --no-cache-dir -r $REQUIREMENTS
COPY . .

# Readers' photos stay in memory; the only folder written is the weights' cache.
ENV EXPLORER_CACHE=/cache PYTHONPATH=/app STREAMLIT_SERVER_PORT=8501
# A container's own address is none that a phone could reach: "Share" must not name it.
ENV EXPLORER_ADDRESS=""
RUN useradd --uid 1000 --create-home reader && mkdir -p /cache && chown reader /cache
# Not before: a builder may drop what is changed in a volume, and the reader's right to it.
VOLUME /cache
USER 1000

ARG COMMIT=""
ENV EXPLORER_COMMIT=$COMMIT
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD python -c "import urllib.request as u; u.urlopen('http://localhost:$STREAMLIT_SERVER_PORT/healthz')"
CMD ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0"]
