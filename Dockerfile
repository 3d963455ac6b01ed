# Taar in a container: the command `taar`, and Prefect with it. compose.yaml shows a deployment.
#   docker build -t taar . && docker run --rm taar demo
FROM python:3.13-slim

WORKDIR /opt/taar

# What the lock names, hash by hash; first, because it seldom changes.
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && python -m compileall -q crawler dedup lake flows press \
    # By hand: small images need not have useradd.
    && echo 'taar:x:10001:10001::/home/taar:/bin/sh' >> /etc/passwd \
    && echo 'taar:x:10001:' >> /etc/group \
    # The demo and what has no --lake write into data/.
    && mkdir -p /home/taar /lake /cache data \
    && chown taar:taar /home/taar /lake /cache data

USER taar
# The lake is the only state; the cache may be deleted at any time, but spares work after a crash.
# Prefect's server unpacks its dashboard where it may write, which its own folder is not.
ENV TAAR_LAKE=/lake \
    TAAR_CACHE=/cache \
    PREFECT_SERVER_UI_STATIC_DIRECTORY=/home/taar/dashboard \
    PREFECT_SERVER_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1
VOLUME ["/lake", "/cache"]

ENTRYPOINT ["taar"]
CMD ["--help"]
