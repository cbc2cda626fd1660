# One image for the three programs; which one runs is chosen by APP (gateway, district-adapter, centre-adapter).
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
WORKDIR /jiujin
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8700 MALLOC_ARENA_MAX=2
COPY --from=build --chown=root:root /build/package.json ./
COPY --from=build --chown=root:root /build/node_modules node_modules
COPY --from=build --chown=root:root /build/dist dist
# The image's own unprivileged user; the files above belong to root, so the program cannot change itself.
USER node
EXPOSE 8700
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ARG APP=gateway
ENV APP=${APP}
# Without a bound the heap grows with the memory of the host before anything is collected.
CMD ["sh", "-c", "exec node --max-old-space-size=128 --min-semi-space-size=4 --max-semi-space-size=4 --no-allocation-site-pretenuring dist/apps/$APP/src/main.js"]
