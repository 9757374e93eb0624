# syntax=docker/dockerfile:1
# check=error=true

# Tags name one exact release. For a deployment, add the digests of your registry (image:tag@sha256:…).
ARG GO_VERSION=1.26.8

FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-alpine AS build
WORKDIR /src
# Modules first: they change less often than the code, so the layer is used again.
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
# The same flags as `make build`: the image carries the binary that the tests ran.
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/mujaz ./cmd/mujaz
# A new volume takes over the owner of the directory that it covers; scratch has no chown.
RUN mkdir /out/state

# Nothing but the static binary and the authorities that TLS needs: no shell, no packages to patch.
FROM scratch
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mujaz" \
      org.opencontainers.image.description="Checked English summaries of Arabic news over NATS JetStream" \
      org.opencontainers.image.source="https://github.com/mujaz/mujaz" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/mujaz /mujaz
COPY --from=build --chown=65532:65532 /out/state /var/lib/mujaz
USER 65532:65532
# The one place that is written to: answers that were paid for while NATS was away.
WORKDIR /var/lib/mujaz
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 CMD ["/mujaz", "health"]
ENTRYPOINT ["/mujaz"]
CMD ["worker"]
