// SPDX-License-Identifier: MIT
// Batteries whose values nobody looks at: of them only who they are is taken.
#pragma once

#include "core/units/ledger.hpp"

#include <set>
#include <string_view>

namespace busbar {

class Ignored {
public:
    /// In place of those of before. Of whom nobody has looked at until now all is wanted again.
    void set(std::set<int> instances, const Ledger& ledger);
    /// Whoever comes to the instance next is another process.
    void forget(int instance) { instances_.erase(instance); }
    void clear() { instances_.clear(); }

    [[nodiscard]] bool contains(int instance) const { return instances_.contains(instance); }
    /// The value of such a battery need not be put.
    [[nodiscard]] bool drops(int instance, std::string_view path) const;

private:
    std::set<int> instances_;
};

} // namespace busbar
