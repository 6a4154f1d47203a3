# podid and podid-nmi in one image with nothing else: static binaries and the certificate authorities.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache ca-certificates musl-dev
WORKDIR /src
COPY . .
# Links statically on Alpine; without the sandbox, which needs programs that are not in the image.
RUN cargo build --release --locked --no-default-features --bin podid --bin podid-nmi

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/target/release/podid /src/target/release/podid-nmi /
ENTRYPOINT ["/podid-nmi"]
