//! podid-emulator.
