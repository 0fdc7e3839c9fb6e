// SPDX-License-Identifier: MIT
// The entry that every fuzz target defines; clang's libFuzzer or our own driver calls it.
#pragma once

#include <cstddef>
#include <cstdint>

/// Gives one input to the code under test. Breaks (abort, sanitizer, exception) if that misbehaves;
/// always returns 0.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
