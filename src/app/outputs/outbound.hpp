// SPDX-License-Identifier: MIT
// The one way onto the session of the outputs, and what is said where it takes nothing.
#pragma once

#include "app/run/log_pace.hpp"
#include "core/now.hpp"

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace busbar {

class Outbound {
public:
    /// Fire and forget; false = not taken.
    using Publish =
        std::function<bool(std::string_view topic, std::string_view payload, int qos, bool retain)>;

    explicit Outbound(Publish publish) : publish_(std::move(publish)) {}

    /// False = not taken. What no session can ever take counts as done, so that it does not stop
    /// what waits behind it.
    bool publish(std::string_view topic, std::string_view payload, int qos, bool retain);
    /// Once a second: says what was not taken.
    void tick(const Now& now);

private:
    void sayImpossible(std::string_view topic, std::size_t bytes);

    Publish publish_;
    std::set<std::string> impossible_; ///< topics, said already
    RepeatPace untaken_;
};

} // namespace busbar
