# syntax=docker/dockerfile:1
# Stage 1 installs what runs, which also warms the compile cache; stage 2 holds only that, and runs as a user without rights.
FROM node:24-bookworm-slim AS build
WORKDIR /busbar
ENV NODE_COMPILE_CACHE=/busbar/.compile-cache
COPY package.json package-lock.json .npmrc ./
COPY packages ./packages
COPY scripts/warm-up.mjs ./scripts/
RUN npm ci --omit=dev --omit=optional
FROM node:24-bookworm-slim
ENV NODE_ENV=production NODE_COMPILE_CACHE=/busbar/.compile-cache \
    BUSBAR_DATA=/data BUSBAR_HOST=0.0.0.0 BUSBAR_AUTH=sigv4 BUSBAR_LOG_FORMAT=json
WORKDIR /busbar
COPY --from=build --chown=node:node /busbar /busbar
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4010
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:4010/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# A container must bind a public address to be reachable, so it verifies signatures: mount a busbar.config.json with keys
# to /busbar. On a network that only you reach, BUSBAR_AUTH=none with BUSBAR_INSECURE=true accepts any credentials.
ENTRYPOINT ["node", "packages/server/bin/busbar.mjs", "up"]
