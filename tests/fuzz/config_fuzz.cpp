// SPDX-License-Identifier: MIT
// Any bytes as a configuration file give a Config or errors, and what is accepted survives being
// written out.
#include "config/output.hpp"
#include "config/reader.hpp"
#include "fuzz/target.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace busbar::config;
    const std::string text(data, data + size);
    const ReadResult result = readConfig(text);
    require(result.config.has_value() || !result.issues.empty());
    if (!result.config)
        return 0;
    const std::string written = effectiveConfig(*result.config);
    const ReadResult again = readConfig(written);
    require(again.config.has_value() && effectiveConfig(*again.config) == written);
    return 0;
}
