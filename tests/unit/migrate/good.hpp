// SPDX-License-Identifier: MIT
// A configuration that must be good.
#pragma once

#include "config/reader.hpp"
#include "migrate/migration.hpp"

#include <gtest/gtest.h>

#include <string>

namespace busbar::migrate::test {

/// The first bank; fails the test for every issue, warnings too.
inline config::Config good(const Migration& result) {
    EXPECT_EQ(result.error, "");
    auto read = config::readConfig(result.config);
    EXPECT_EQ(config::formatIssues("busbar.json", read.issues), "") << result.config;
    return read.config ? *read.config : config::Config{};
}

} // namespace busbar::migrate::test
