# podid and podid-nmi in one image with nothing else: static programs and the certificate authorities.
FROM rust:1.95-slim AS build
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends ca-certificates musl-tools \
    && rustup target add "$(uname -m)-unknown-linux-musl"
WORKDIR /src
COPY . .
RUN image/root /image

FROM scratch
COPY --from=build /image /
ENTRYPOINT ["/podid-nmi"]
