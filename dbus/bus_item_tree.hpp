// SPDX-License-Identifier: MIT
// A tree of com.victronenergy.BusItem objects on one connection: values that others may read, some
// that they may set.
#pragma once

#include "base/fault_log.hpp"
#include "core/table/quantity.hpp"
#include "dbus/sd.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::dbus {

inline constexpr const char* kBusItemInterface = "com.victronenergy.BusItem";

/// Answers of SetValue other than 0 = accepted; any number but 0 is a refusal for every client.
inline constexpr int kRefusedReadOnly = 1;
inline constexpr int kRefusedByOwner = 2;
inline constexpr int kRefusedType = 3; ///< wrong type, or not exactly one argument

/// True for an absolute path of elements [A-Za-z0-9_]+, "/" excluded.
[[nodiscard]] bool isLeafPath(std::string_view path);

/// Values outlive connections: `attach` shows what is there on a new one. A path is a leaf (it has
/// a value) or a branch (a proper prefix of a leaf), never both. Leaves are never removed; one that
/// has no meaning any more is made unknown, because clients keep what they have seen.
///
/// Methods, on leaves: GetValue() → v, GetText() → s, SetValue(one argument of any type, in a
/// variant or bare) → i. On branches and "/", with paths relative to the object: GetValue() →
/// v<a{sv}>, GetText() → v<a{ss}>. On "/": GetItems() → a{sa{sv}} of Value and Text by absolute
/// path. Calls without an interface are answered as well. Changes are told by the signal
/// ItemsChanged (shape of GetItems, changed leaves only) from "/".
class BusItemTree {
public:
    /// Decides on a value that somebody wants to set; 0 = accepted. The value has the leaf's type,
    /// or is unknown (the client wants to clear it), and may be changed into what is kept.
    using Writer = std::function<int(Value& wanted)>;

    /// What its writer is asked about.
    enum class Asks : std::uint8_t {
        Changes, ///< other values of the leaf's type, as the leaf would keep them
        All,     ///< also the same again, and numbers where texts belong; nothing is rounded
    };

    /// A leaf's handle; valid as long as the tree.
    class Leaf;

    struct Counters {
        std::uint64_t signals = 0; ///< ItemsChanged
        std::uint64_t items = 0;   ///< leaves in them
        std::uint64_t writes = 0;  ///< accepted, equal ones included
        std::uint64_t refusedWrites = 0;
    };

    explicit BusItemTree(FaultLog& faults);
    ~BusItemTree();
    BusItemTree(const BusItemTree&) = delete;
    BusItemTree& operator=(const BusItemTree&) = delete;
    BusItemTree(BusItemTree&&) = delete;
    BusItemTree& operator=(BusItemTree&&) = delete;

    /// Adds a leaf; also while attached, then it is told with the next flush. nullptr if the path
    /// is not valid, exists, or would make a path leaf and branch at once. Throws std::system_error
    /// if the bus refuses.
    Leaf* add(std::string_view path, Quantity quantity, const Value& value,
              const Writer& writer = {}, Asks asks = Asks::Changes);
    [[nodiscard]] Leaf* find(std::string_view path);

    /// Compares what would be sent; equal = nothing happens.
    void set(Leaf& leaf, const Value& value);
    [[nodiscard]] static const Value& value(const Leaf& leaf);
    [[nodiscard]] bool hasChanges() const { return !changed_.empty(); }
    /// Sends one ItemsChanged with what changed since the last; nothing if nothing did or without a
    /// connection. Throws std::system_error if the connection is gone.
    void flush();
    /// Nobody needs to be told (nobody knows the service yet).
    void forgetChanges();

    /// Registers all objects. The connection must outlive the registration (`detach`). Throws
    /// std::system_error.
    void attach(sd_bus& bus);
    /// May not be called from inside a callback of this tree.
    void detach() noexcept;

    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] FaultLog& faults() { return faults_; }

private:
    struct Branch;

    void addBranch(std::string_view path);
    int onCall(sd_bus_message& call);
    std::optional<int> dispatch(sd_bus_message& call);
    int answerLeaf(Leaf& leaf, sd_bus_message& call, std::string_view member);
    int answerBranch(const Branch& branch, sd_bus_message& call, std::string_view member);
    int answerSetValue(Leaf& leaf, sd_bus_message& call);
    void markChanged(Leaf& leaf);

    FaultLog& faults_;
    sd_bus* bus_ = nullptr;
    std::map<std::string, Leaf, std::less<>> leaves_;
    std::map<std::string, Branch, std::less<>> branches_;
    std::vector<Leaf*> changed_;
    Slot filter_;
    Counters counters_;
};

} // namespace busbar::dbus
