// SPDX-License-Identifier: MIT
// The page's history of a site: samples of its banks, and the files in which they outlive a
// restart.
#pragma once

#include "app/outputs/output.hpp"
#include "core/now.hpp"
#include "web/board.hpp"
#include "web/history.hpp"

#include <optional>
#include <string>

namespace busbar {

struct BankView;

/// What a bank does now, and who holds its limits.
[[nodiscard]] web::Moment momentOf(const BankView& view);

class PageHistory {
public:
    /// `folder`: of the site's state; empty = nothing is kept.
    explicit PageHistory(std::string folder);

    /// A sample of some bank is wanted. Before the clock is set there are none.
    [[nodiscard]] bool isDue(const web::SitePage& page, const Now& now) const;
    /// Samples of this minute, where there are none yet. `isKept`: also over a restart.
    void note(web::SitePage& page, const Offer& offer, bool isKept, const Now& now);
    /// Into the files, where the folder does not lie on flash.
    void save(const web::SitePage& page) const;

private:
    [[nodiscard]] std::string fileOf(const std::string& bank) const;

    std::string folder_;
    bool isOnFlash_{true};
    std::optional<SteadyTime> saved_;
};

} // namespace busbar
