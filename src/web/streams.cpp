// SPDX-License-Identifier: MIT
// Makes frames and hands them out.
#include "web/streams.hpp"

#include <algorithm>

namespace busbar::web {

namespace {

using namespace std::chrono_literals;

/// Sites are worked out once a second, a little earlier or later.
constexpr auto kBetween = 900ms;
constexpr auto kAtLeast = 10s;

} // namespace

bool Frames::isDue(std::uint64_t changes, const Now& now) const {
    if (!made_)
        return true;
    const auto age = now.steady - *made_;
    return age >= kAtLeast || (age >= kBetween && changes != changes_);
}

void Frames::make(std::string_view json, std::uint64_t changes, const Now& now) {
    std::string text = "retry: 3000\nevent: state\ndata: ";
    text.append(json).append("\n\n");
    newest_ = std::make_shared<const std::string>(std::move(text));
    ++number_;
    changes_ = changes;
    made_ = now.steady;
}

void Frames::forget() {
    newest_.reset();
    made_.reset();
}

std::string_view StreamReader::next(const Frames& frames, std::size_t most) {
    if (!frame_ || sent_ == frame_->size()) {
        if (frames.number() == number_ || !frames.newest())
            return {};
        frame_ = frames.newest();
        number_ = frames.number();
        sent_ = 0;
    }
    const std::string_view rest = std::string_view(*frame_).substr(sent_, most);
    sent_ += rest.size();
    return rest;
}

} // namespace busbar::web
