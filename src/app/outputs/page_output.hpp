// SPDX-License-Identifier: MIT
// The documents of banks and batteries for the web page, as an output.
#pragma once

#include "app/kept/site_folder.hpp"
#include "app/outputs/output.hpp"
#include "app/outputs/page_history.hpp"
#include "mqtt/results/results_json.hpp"
#include "web/board.hpp"

#include <cstddef>
#include <functional>

namespace busbar {

struct BankView;

/// What it is made of; all outlive it.
struct PageParts {
    web::Board& board;
    std::size_t site{0}; ///< on the board
    KeptSite kept{};     ///< where the history is kept
    std::function<bool()> keepsHistory{};
    std::function<bool()> isGxRead{}; ///< its link is up now
    std::function<mqtt::Health(const Now&)> health{};
};

/// Renders while somebody reads the page, and notes events and the history always; nothing at all
/// while the page is switched off.
class PageOutput final : public Output {
public:
    explicit PageOutput(PageParts parts);

    /// Whether `offer` will read reports now: those of each cycle cost more than all the rest.
    [[nodiscard]] bool readsReports(bool hasEvents, const Now& now) const;

    void offer(const Offer& offer, const Now& now) override;
    /// Keeps the history.
    void end() override;

private:
    [[nodiscard]] bool hasHeard(const Now& now) const;
    void noteEvents(const BankView& view, const Now& now);
    void render(const Offer& offer, const Now& now);
    [[nodiscard]] web::SitePage& page() const { return parts_.board.site(parts_.site); }

    PageParts parts_;
    PageHistory history_;
};

} // namespace busbar
