# The app for visitors: everything for prediction and the pages, without training. See docs/deploy.md.
FROM python:3.12-slim

WORKDIR /app
COPY requirements-app.txt ./
# The same step removes 240 MB that neither the pages nor predicting use: tests, extensions for notebooks, files for
# compilers and debuggers, tools for other networks, and Arrow's access to other machines.
RUN pip install --no-cache-dir --require-hashes -r requirements-app.txt \
    && packages="$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && find "$packages" -type d \( -name tests -o -name include -o -name '*extension' -o -path '*/onnx/backend/test' \
        -o -path '*/onnxruntime/transformers' \) -prune -exec rm -r {} + \
    && find "$packages" -type f \( -name '*.map' -o -name '*.py[ix]' -o -name '*.px[di]' -o -name 'libarrow_flight*' \
        -o -name 'libarrow_s3*' \) -delete
COPY app.py ./
COPY .streamlit .streamlit
COPY segcore segcore
COPY ui ui
COPY pages pages
COPY weights weights
COPY data/demo_city data/demo_city
# Compile now: later the file system may be read-only, and the app's user does not own the files.
RUN python -m compileall -q segcore ui pages app.py

ENV SEGCOMPARE_PUBLIC=1 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none \
    STREAMLIT_SERVER_MAX_UPLOAD_SIZE=20 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    HOME=/tmp
# A number, so that a cluster can check that it is not root; this user owns no files.
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --start-period=30s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health')"]
CMD ["streamlit", "run", "app.py"]
