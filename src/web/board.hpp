// SPDX-License-Identifier: MIT
// The newest that each site has said, as documents, and who wants to have it.
#pragma once

#include "core/now.hpp"
#include "web/history.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::web {

inline constexpr std::size_t kMostEvents = 50;

/// A JSON object in two parts: what makes it another one, and its `time` and `age_s`.
struct Document {
    std::string id;
    std::string body;
    std::string stamp; ///< may be empty

    [[nodiscard]] std::string json() const; ///< both as one object
};

/// What one site shows.
struct SitePage {
    std::string site;
    bool isConcluded{false};          ///< it has been worked out from a whole GX once
    bool isOnline{false};             ///< … and is now
    std::optional<SteadyTime> said{}; ///< when the documents were rendered
    std::vector<Document> banks{};
    std::vector<Document> batteries{};
    std::deque<std::string> events{}; ///< newest first
    std::string health{};
    std::map<std::string, History, std::less<>> history{}; ///< by bank

    void addEvent(std::string json);
};

/// Documents are rendered only while somebody wants them; events and history are always noted. All
/// of it belongs to the loop.
class Board {
public:
    /// Of the configuration, in its order. Sites that stay keep what they have.
    void setSites(const std::vector<std::string>& names);
    [[nodiscard]] SitePage& site(std::size_t index) { return sites_.at(index); }
    [[nodiscard]] const std::deque<SitePage>& sites() const { return sites_; }

    /// Whether there is a page at all.
    void switchOn(bool isOn) { isOn_ = isOn; }
    [[nodiscard]] bool isOn() const { return isOn_; }
    /// Somebody has asked; for a while more, because they will again.
    void ask(const Now& now) { asked_ = now.steady; }
    void setStreams(std::size_t count) { streams_ = count; }
    [[nodiscard]] std::size_t streams() const { return streams_; }
    [[nodiscard]] bool isWanted(const Now& now) const;

    /// Documents have been rendered. `isChanged`: with more than another stamp.
    void said(bool isChanged) { changes_ += isChanged ? 1 : 0; }
    [[nodiscard]] std::uint64_t changes() const { return changes_; }
    /// Each site has been rendered a moment ago.
    [[nodiscard]] bool isFresh(const Now& now) const;
    /// Each site has been worked out once.
    [[nodiscard]] bool isReady() const;

    std::string version{}; ///< of the program
    std::string time{};    ///< when documents were rendered last, ISO 8601; empty = not known

private:
    std::deque<SitePage> sites_;
    std::optional<SteadyTime> asked_;
    std::size_t streams_{0};
    std::uint64_t changes_{0};
    bool isOn_{false};
};

} // namespace busbar::web
