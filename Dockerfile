FROM python:3.11-slim

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

# Readers' photos stay in memory; the only folder written is the weights' cache.
ENV EXPLORER_CACHE=/cache
VOLUME /cache
RUN useradd --create-home reader && mkdir -p /cache && chown reader /cache
USER reader

EXPOSE 8501
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://localhost:8501/_stcore/health')"
CMD ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0"]
