// SPDX-License-Identifier: MIT
// Keeps what survives a restart: the state of banks and GX, and the owner's choices.
#pragma once

#include "app/kept/choices.hpp"
#include "app/kept/kept_places.hpp"
#include "app/kept/site_folder.hpp"
#include "app/kept/state.hpp"
#include "app/site/site.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

/// Moves it between a site and the files of one folder.
class Keeper {
public:
    explicit Keeper(const KeptSite& site) : Keeper(site, siteFolder(site)) {}

    /// Reads the files, and gives each bank, the site and writable batteries what is known of them.
    /// Once, before the first cycle.
    void restore(Site& site, const Now& now);
    /// Writes what has changed enough (StateStore, ChoicesStore). Once a second.
    void save(const Site& site, const Now& now);
    /// Writes everything, now.
    void saveAll(const Site& site);
    /// What is on disk.
    [[nodiscard]] const State& saved() const { return store_.saved(); }

    /// Under which localsettings keeps a bank that is published as this service; from now on.
    std::string settingsEntry(const std::string& bank, const std::string& service);
    /// The owner's name of a bank where localsettings does not keep it.
    [[nodiscard]] const std::string& nameOf(const std::string& bank) {
        return store_.state.banks[bank].customName;
    }
    void keepName(const std::string& bank, const std::string& name);
    void forgetName(const std::string& bank);
    /// The same of a made battery that is published; empty = localsettings keeps it, or nobody gave
    /// one.
    [[nodiscard]] const std::string& nameOfMade(const std::string& id) {
        return store_.state.writables[id].customName;
    }
    void keepMadeName(const std::string& id, const std::string& name);

    /// Device instance of a made battery that is published (made_instances.hpp).
    [[nodiscard]] int instanceOfMade(const std::string& id) const {
        const auto kept = store_.state.writables.find(id);
        const bool isKnown = kept != store_.state.writables.end() && kept->second.instance;
        return isKnown ? *kept->second.instance : kPublishedInstance;
    }

    /// Of what is published on MQTT; valid as long as this.
    [[nodiscard]] KeptPlaces places() { return {store_, site_.name}; }

private:
    Keeper(KeptSite site, const std::string& folder)
        : site_(std::move(site)), store_(folder), choices_(folder) {}
    void note(const Site& site);
    void noteWritables(const Site& site);
    void restoreWritables(Site& site, const Now& now) const;
    [[nodiscard]] std::map<std::string, SavePace> savePaces(const Site& site) const;

    KeptSite site_;
    StateStore store_;
    ChoicesStore choices_;
    std::vector<BankMemory> former_; ///< of banks that are not configured any more
    std::map<std::string, std::uint64_t, std::less<>> noted_; ///< writable id → Written::taken
};

} // namespace busbar
