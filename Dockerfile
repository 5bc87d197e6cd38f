# The registry in one image: npm packages of production, the program as it is, and the runner.

FROM node:24-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY runner runner
RUN python3 runner/build.py

FROM node:24-slim
ENV NODE_ENV=production \
    STELE_HOST=0.0.0.0 \
    STELE_PORT=7400 \
    STELE_DATA=/data
WORKDIR /app
COPY package.json openapi.yaml LICENSE ./
COPY docs/verify-by-hand.md docs/verify-by-hand.md
COPY migrations migrations
COPY src src
COPY examples examples
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/runner/dist runner/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 7400
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "-e", \
  "fetch(`http://127.0.0.1:${process.env.STELE_PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: the program is process 1 and gets SIGTERM itself, so that it can finish what it was asked.
CMD ["node", "src/cli/main.ts", "serve"]
