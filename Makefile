# The few commands a person types; .ci/run is what CI runs.
.DEFAULT_GOAL := help
.PHONY: help demo test lint format bless image-root install ci

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: ## Build podid and do the main job on a sandbox: no Azure, no cluster
	cargo build --bin podid --bin podid-nmi
	PODID=$(TARGET)/debug/podid sh tests/demo.sh

test: ## Run all tests
	cargo test --workspace

lint: ## Check formatting and run clippy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

format: ## Format the sources
	cargo fmt --all

bless: ## Rewrite completions, man pages and reference from the code
	PODID_BLESS=1 cargo test --test generated

image-root: ## Make the image's root file system in target/image-root and list it
	image/root $(TARGET)/image-root

install: ## Build with optimisation and install podid for this user
	cargo install --path . --bin podid --locked

ci: ## Do what CI does
	.ci/run
