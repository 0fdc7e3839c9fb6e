// SPDX-License-Identifier: MIT
// Reading a password from its file or environment variable.
#include "mqtt/session/secret.hpp"

#include "base/file.hpp"

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

namespace busbar::mqtt {
namespace {

constexpr std::size_t kLongestSecret = 65535; // MQTT 3.1.1 §1.5.3: strings have a length of 16 bits

constexpr std::size_t kLargestFile = 2 * kLongestSecret;

/// Read at each connection, in the loop: so nothing that may be waited for.
Secret fromFile(const std::string& path) {
    std::string error;
    const auto text = readWholeFile(path, kLargestFile, error);
    if (!text)
        return {{},
                "password file " + path + ": " +
                    (error.empty() ? std::generic_category().message(ENOENT) : error)};
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF"; // of editors, no part of a password
    const std::size_t start = text->starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    std::string line = text->substr(start, text->find('\n') - start);
    while (!line.empty() && line.back() == '\r')
        line.pop_back();
    if (line.empty())
        return {{}, "password file " + path + ": its first line is empty"};
    return {std::move(line), {}};
}

Secret fromVariable(const std::string& name) {
    // Nothing in this program changes the environment after start.
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || std::string_view(value).empty())
        return {{}, "environment variable " + name + " is not set or empty"};
    return {value, {}};
}

} // namespace

Secret readSecret(const BrokerSettings& settings) {
    if (settings.passwordFile.empty() && settings.passwordEnv.empty())
        return {};
    auto secret = settings.passwordFile.empty() ? fromVariable(settings.passwordEnv)
                                                : fromFile(settings.passwordFile);
    if (!secret.error.empty())
        return secret;
    if (!secret.password.starts_with(settings.passwordPrefix))
        secret.password.insert(0, settings.passwordPrefix);
    if (secret.password.size() > kLongestSecret)
        return {{}, "the password is longer than MQTT allows"};
    return secret;
}

} // namespace busbar::mqtt
