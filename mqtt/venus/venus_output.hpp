// SPDX-License-Identifier: MIT
// Publishes banks in Venus' own layout, under an id of our own, for everything that reads a GX.
#pragma once

#include "core/now.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "mqtt/settings.hpp"
#include "mqtt/venus/venus_server.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

/// The one topic of the layout that is retained: by it clients find the id.
[[nodiscard]] std::string serialTopic(const VenusOutputSettings& settings, std::string_view site);

/// A bank is `battery/<n>`, n being its place in the configuration; made batteries have
/// numbers of their own, from kPublishedInstance on, but here, too, are counted on after the banks.
/// Like the services of a GX it is published while somebody keeps it alive, and its topics are
/// emptied when it leaves.
class VenusOutput {
public:
    struct Port {
        VenusServer::Publish publish; ///< QoS 0
        /// The owner gave a bank another name.
        std::function<void(std::size_t bank, const std::string& name)> rename;
        /// Somebody writes a row of a made battery, the first being 0.
        std::function<void(std::size_t made, std::string_view path, const Value& value)> write{};
    };
    struct Made {
        int instance{0};        ///< in topics
        bool isWritable{false}; ///< others may write its values
    };
    /// How many of each there are.
    struct Count {
        std::size_t banks{0};
        std::vector<Made> made{};
    };

    VenusOutput(const VenusOutputSettings& settings, std::string_view site, Count count, Port port);
    ~VenusOutput() = default;
    VenusOutput(const VenusOutput&) = delete; // the server calls back
    VenusOutput& operator=(const VenusOutput&) = delete;
    VenusOutput(VenusOutput&&) = delete;
    VenusOutput& operator=(VenusOutput&&) = delete;

    [[nodiscard]] std::vector<std::string> subscriptions() const { return server_.subscriptions(); }
    /// The session is there (again): everything goes out, for readers whose own has lasted.
    void connected(const Now& now);
    void disconnected();
    /// A message of the broker; true if it was a request to these banks. One that the broker kept
    /// is no wish of now: a GX, too, obeys what comes, and nobody who connects later.
    bool message(std::string_view topic, std::string_view payload, bool isRetained, const Now& now);
    /// At least once a second.
    void tick(const Now& now);

    /// What the bank says now, under the name that clients see.
    void publish(std::size_t bank, const Snapshot& snapshot, const std::string& customName);
    /// Where the first made battery is counted.
    [[nodiscard]] std::size_t firstMade() const { return count_.banks; }
    /// The bank is away, as after the last step of a loss (Stage::Left); `publish` brings it back.
    void leave(std::size_t bank);

    [[nodiscard]] const std::string& portalId() const { return server_.portalId(); }
    [[nodiscard]] const VenusServer::Counters& counters() const { return server_.counters(); }

private:
    /// What a bank said last.
    struct Shown {
        std::vector<VenusServer::Item> items; ///< by row; made at the first publication
        std::optional<Snapshot> last;
    };

    [[nodiscard]] std::size_t instanceOf(std::size_t bank) const;
    [[nodiscard]] bool mayWrite(std::size_t bank, RowIndex index) const;
    [[nodiscard]] std::optional<std::size_t> placeOf(std::string_view instance) const;
    void announce(const Now& now);
    void addItems(std::size_t bank);
    void show(std::size_t bank, RowIndex row, const Value& value);
    void showExtras(std::size_t bank, const Snapshot& snapshot);
    void write(const WriteRequest& request);
    void choose(std::size_t bank, const WriteRequest& request);

    Port port_;
    std::vector<std::string> requests_; ///< topics begin with one of these
    Count count_;
    std::vector<Shown> banks_; ///< and made batteries after them
    bool isFound_;             ///< our id is announced
    VenusServer server_;
    std::optional<SteadyTime> nextAnnouncement_; ///< while there is a session
};

} // namespace busbar::mqtt
