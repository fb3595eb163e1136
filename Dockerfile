# syntax=docker/dockerfile:1
# Two stages: the first builds JavaScript and installs what runs, the second holds nothing else.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:26-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# nothing is written to disk: run it with a read-only root
USER 65532:65532
EXPOSE 8080 9901
# exec form: signals reach the process itself, so SIGTERM drains
ENTRYPOINT ["node", "--disable-sigusr1", "/app/dist/main.js"]
# mount a config here, or name another; its listen must be 0.0.0.0 to be reached from outside the container
CMD ["run", "/etc/windtunnel/windtunnel.yaml"]
HEALTHCHECK --interval=5s --timeout=2s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9901/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
