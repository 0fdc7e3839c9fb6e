// SPDX-License-Identifier: MIT
// The made batteries of a site: works them out in their order, inner banks on the way.
#pragma once

#include "core/cycle/pace.hpp"
#include "core/made/made_node.hpp"
#include "core/made/made_settings.hpp"
#include "core/made/written.hpp"
#include "core/now.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

class Bank;
class Readings;
struct Battery;

/// Which made battery needs which, and what each was resolved to. Made batteries stand in the
/// readings beside those of the GX from instance kMadeFrom on, in the order of the settings.
class Composition {
public:
    explicit Composition(std::vector<MadeSettings> settings);

    /// New settings at run time; those of the same place and id stay what they are.
    void setSettings(std::vector<MadeSettings> settings);
    [[nodiscard]] const std::vector<MadeSettings>& settings() const { return settings_; }
    /// Once per cycle, with settled readings: makes all, evaluates banks that are made batteries.
    void work(Readings& readings, std::vector<Bank>& banks, const Now& now, Pace pace);
    /// The writable battery of this id; nullptr if there is none.
    [[nodiscard]] Written* written(std::string_view id);
    [[nodiscard]] const Written* written(std::string_view id) const;
    /// Such a bank: it is evaluated by `work`.
    [[nodiscard]] bool isInner(const Bank& bank) const;
    /// Instances of batteries of the GX that others are made of.
    [[nodiscard]] const std::set<int>& parts() const { return found_; }

private:
    void keepWritten();
    void sort(std::vector<Bank>& banks);
    void handCorrections(std::vector<Bank>& banks);
    void resolve(Readings& readings, const std::vector<Bank>& banks);
    void makeOne(MadeNode& node, Readings& readings, std::vector<Bank>& banks, const Now& now,
                 Pace pace);

    std::vector<MadeSettings> settings_;
    std::vector<MadeNode> nodes_;                         ///< one per setting
    std::map<std::string, Written, std::less<>> written_; ///< by id; outlives new settings
    std::vector<std::size_t> order_;
    std::set<int> found_;
    std::uint64_t roster_{0}; ///< of the readings, when parts were looked for
    bool isSorted_{false};
};

} // namespace busbar
