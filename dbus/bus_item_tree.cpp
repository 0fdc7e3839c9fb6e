// SPDX-License-Identifier: MIT
// The BusItem contract of Venus OS on sd-bus.
#include "dbus/bus_item_tree.hpp"

#include "dbus/bus_value.hpp"

#include <algorithm>
#include <utility>

namespace busbar::dbus {

class BusItemTree::Leaf {
public:
    Leaf(BusItemTree& owner, Quantity kind, Value first, Writer decides, Asks about)
        : tree(owner), quantity(kind), value(std::move(first)), writer(std::move(decides)),
          asks(about) {}

    [[nodiscard]] FaultLog& faults() const { return tree.faults(); }
    int onCall(sd_bus_message& call) {
        return tree.answerLeaf(*this, call, sd_bus_message_get_member(&call));
    }
    /// As an object on this bus.
    void show(sd_bus& bus);

    BusItemTree& tree;
    std::string_view path; ///< the map's key
    Quantity quantity;
    Value value;
    Writer writer;
    Asks asks;
    bool isChanged = false;
    Slot slot;
};

struct BusItemTree::Branch {
    explicit Branch(BusItemTree& owner) : tree(owner) {}

    [[nodiscard]] FaultLog& faults() const { return tree.faults(); }
    int onCall(sd_bus_message& call) {
        return tree.answerBranch(*this, call, sd_bus_message_get_member(&call));
    }
    /// As an object on this bus.
    void show(sd_bus& bus);

    BusItemTree& tree;
    std::string_view path; ///< the map's key; "/" is the root
    Slot slot;
};

namespace {

// clang-format off
template <class Leaf>
constexpr sd_bus_vtable kLeafVtable[] = { // NOLINT(cppcoreguidelines-avoid-c-arrays): what sd-bus takes
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetValue", "", "v", onMessage<&Leaf::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetText", "", "s", onMessage<&Leaf::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("SetValue", "v", "i", onMessage<&Leaf::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("PropertiesChanged", "a{sv}", 0),
    SD_BUS_VTABLE_END};

template <class Branch>
constexpr sd_bus_vtable kBranchVtable[] = { // NOLINT(cppcoreguidelines-avoid-c-arrays): what sd-bus takes
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetValue", "", "v", onMessage<&Branch::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetText", "", "v", onMessage<&Branch::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END};

template <class Branch>
constexpr sd_bus_vtable kRootVtable[] = { // NOLINT(cppcoreguidelines-avoid-c-arrays): what sd-bus takes
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetItems", "", "a{sa{sv}}", onMessage<&Branch::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetValue", "", "v", onMessage<&Branch::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetText", "", "v", onMessage<&Branch::onCall>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("ItemsChanged", "a{sa{sv}}", 0),
    SD_BUS_VTABLE_END};
// clang-format on

void open(sd_bus_message& message, char type, const char* contents) {
    check(sd_bus_message_open_container(&message, type, contents), "open a container");
}

void close(sd_bus_message& message) {
    check(sd_bus_message_close_container(&message), "close a container");
}

void appendString(sd_bus_message& message, std::string_view text) {
    check(sd_bus_message_append_basic(&message, 's', std::string(text).c_str()), "append a string");
}

Message replyTo(sd_bus_message& call) {
    return make<Message>("make a reply", [&call](sd_bus_message** out) {
        return sd_bus_message_new_method_return(&call, out);
    });
}

/// 1 tells sd-bus that the call was answered.
int send(sd_bus_message& reply) {
    check(sd_bus_send(nullptr, &reply, nullptr), "send a reply");
    return 1;
}

bool isPathCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view textOrEmpty(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

/// "/Dc" of "/Dc/0", "/" of "/Dc".
std::string_view parentOf(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 ? std::string_view("/") : path.substr(0, slash);
}

/// What all paths below begin with.
std::string below(std::string_view branch) {
    return branch == "/" ? "/" : std::string(branch) + "/";
}

Slot registered(sd_bus& bus, std::string_view path, const sd_bus_vtable* vtable, void* object) {
    return make<Slot>("register a path", [&](sd_bus_slot** out) {
        return sd_bus_add_object_vtable(&bus, out, path.data(), kBusItemInterface, vtable, object);
    });
}

} // namespace

void BusItemTree::Leaf::show(sd_bus& bus) {
    slot = registered(bus, path, kLeafVtable<Leaf>, this);
}

void BusItemTree::Branch::show(sd_bus& bus) {
    slot = registered(bus, path, path == "/" ? kRootVtable<Branch> : kBranchVtable<Branch>, this);
}

bool isLeafPath(std::string_view path) {
    if (path.size() < 2 || path.front() != '/' || path.back() == '/' ||
        path.find("//") != std::string_view::npos)
        return false;
    return std::ranges::all_of(path, [](char c) { return c == '/' || isPathCharacter(c); });
}

BusItemTree::BusItemTree(FaultLog& faults) : faults_(faults) {
    addBranch("/");
}

BusItemTree::~BusItemTree() {
    detach();
}

BusItemTree::Leaf* BusItemTree::find(std::string_view path) {
    const auto found = leaves_.find(path);
    return found == leaves_.end() ? nullptr : &found->second;
}

BusItemTree::Leaf* BusItemTree::add(std::string_view path, Quantity quantity, const Value& value,
                                    const Writer& writer, Asks asks) {
    if (!isLeafPath(path) || find(path) != nullptr || branches_.contains(path))
        return nullptr;
    for (auto above = parentOf(path); above != "/"; above = parentOf(above))
        if (find(above) != nullptr)
            return nullptr;
    const auto [entry, isNew] = leaves_.try_emplace(std::string(path), *this, quantity,
                                                    forBus(quantity, value), writer, asks);
    Leaf& leaf = entry->second;
    leaf.path = entry->first;
    for (auto above = parentOf(leaf.path); above != "/"; above = parentOf(above))
        if (!branches_.contains(above))
            addBranch(above);
    if (bus_ != nullptr)
        leaf.show(*bus_);
    markChanged(leaf);
    return &leaf;
}

void BusItemTree::addBranch(std::string_view path) {
    const auto entry = branches_.try_emplace(std::string(path), *this).first;
    entry->second.path = entry->first;
    if (bus_ != nullptr)
        entry->second.show(*bus_);
}

void BusItemTree::attach(sd_bus& bus) {
    detach();
    bus_ = &bus;
    filter_ = make<Slot>("add the filter", [this](sd_bus_slot** out) {
        return sd_bus_add_filter(bus_, out, onMessage<&BusItemTree::onCall>, this);
    });
    for (auto& [path, branch] : branches_)
        branch.show(bus);
    for (auto& [path, leaf] : leaves_)
        leaf.show(bus);
}

void BusItemTree::detach() noexcept {
    for (auto& [path, leaf] : leaves_)
        leaf.slot.reset();
    for (auto& [path, branch] : branches_)
        branch.slot.reset();
    filter_.reset();
    bus_ = nullptr;
}

void BusItemTree::markChanged(Leaf& leaf) {
    if (std::exchange(leaf.isChanged, true))
        return;
    changed_.push_back(&leaf);
}

void BusItemTree::set(Leaf& leaf, const Value& value) {
    Value wanted = forBus(leaf.quantity, value);
    if (wanted == leaf.value)
        return;
    leaf.value = std::move(wanted);
    markChanged(leaf);
}

const Value& BusItemTree::value(const Leaf& leaf) {
    return leaf.value;
}

void BusItemTree::forgetChanges() {
    for (Leaf* leaf : changed_)
        leaf->isChanged = false;
    changed_.clear();
}

namespace {

/// {sa{sv}} of one leaf: path, Value, Text.
template <class Leaf>
void appendItem(sd_bus_message& message, const Leaf& leaf) {
    open(message, 'e', "sa{sv}");
    appendString(message, leaf.path);
    open(message, 'a', "{sv}");
    open(message, 'e', "sv");
    appendString(message, "Value");
    appendValue(message, leaf.quantity, leaf.value);
    close(message);
    open(message, 'e', "sv");
    appendString(message, "Text");
    appendText(message, displayText(leaf.quantity, leaf.value));
    close(message);
    close(message);
    close(message);
}

template <class Leaves>
int answerItems(const Leaves& leaves, sd_bus_message& call) {
    const Message reply = replyTo(call);
    open(*reply, 'a', "{sa{sv}}");
    for (const auto& [path, leaf] : leaves)
        appendItem(*reply, leaf);
    close(*reply);
    return send(*reply);
}

enum class What : std::uint8_t { Value, Text };

/// All leaves below a branch, by their paths from there.
template <class Leaves>
int answerContents(const Leaves& leaves, std::string_view branch, sd_bus_message& call, What what) {
    const Message reply = replyTo(call);
    const bool asText = what == What::Text;
    const std::string prefix = below(branch);
    open(*reply, 'v', asText ? "a{ss}" : "a{sv}");
    open(*reply, 'a', asText ? "{ss}" : "{sv}");
    for (auto it = leaves.lower_bound(prefix); it != leaves.end() && it->first.starts_with(prefix);
         ++it) {
        const auto& leaf = it->second;
        open(*reply, 'e', asText ? "ss" : "sv");
        appendString(*reply, leaf.path.substr(prefix.size()));
        if (asText)
            appendString(*reply, displayText(leaf.quantity, leaf.value));
        else
            appendValue(*reply, leaf.quantity, leaf.value);
        close(*reply);
    }
    close(*reply);
    close(*reply);
    return send(*reply);
}

/// What a client is answered. Sets the leaf if its writer agrees.
template <class Leaf>
int write(BusItemTree& tree, Leaf& leaf, sd_bus_message& call) {
    if (!leaf.writer)
        return kRefusedReadOnly;
    const ReadValue read = readOnlyValue(call);
    if (!read)
        return kRefusedType;
    const bool asksAll = leaf.asks == BusItemTree::Asks::All;
    const bool isTextLeaf = spec(leaf.quantity).wire == WireType::Text;
    const bool isText = read->text() != nullptr;
    if (!asksAll && read->isKnown() && isText != isTextLeaf)
        return kRefusedType;
    Value wanted = asksAll ? *read : forBus(leaf.quantity, *read);
    if (!asksAll && wanted == leaf.value)
        return 0;
    const int answer = leaf.writer(wanted);
    if (answer == 0)
        tree.set(leaf, wanted);
    return answer;
}

} // namespace

void BusItemTree::flush() {
    if (bus_ == nullptr || changed_.empty())
        return;
    const Message message = make<Message>("make a signal", [this](sd_bus_message** out) {
        return sd_bus_message_new_signal(bus_, out, "/", kBusItemInterface, "ItemsChanged");
    });
    open(*message, 'a', "{sa{sv}}");
    for (const Leaf* leaf : changed_)
        appendItem(*message, *leaf);
    close(*message);
    const std::size_t items = changed_.size();
    forgetChanges();
    check(sd_bus_send(bus_, message.get(), nullptr), "send ItemsChanged");
    ++counters_.signals;
    counters_.items += items;
}

/// In front of the tables: takes what clients of Venus send and sd-bus itself would refuse, that is
/// calls without an interface and SetValue whose argument is not in a variant. Everything else goes
/// on to the tables and their errors, except that sd-bus answers an unknown method without an
/// interface as if the object did not exist.
int BusItemTree::onCall(sd_bus_message& call) {
    std::uint8_t type = 0;
    check(sd_bus_message_get_type(&call, &type), "look at a message");
    const std::string_view interface = textOrEmpty(sd_bus_message_get_interface(&call));
    if (type != SD_BUS_MESSAGE_METHOD_CALL ||
        (!interface.empty() && interface != kBusItemInterface))
        return 0;
    const auto answered = dispatch(call);
    if (!answered || *answered != 0 || !interface.empty())
        return answered.value_or(0);
    return sd_bus_reply_method_errorf(&call, SD_BUS_ERROR_UNKNOWN_METHOD,
                                      "no such method, or other arguments");
}

/// 1 = answered, 0 = not a method of this object, nothing = not an object of this tree.
std::optional<int> BusItemTree::dispatch(sd_bus_message& call) {
    const std::string_view path = textOrEmpty(sd_bus_message_get_path(&call));
    const std::string_view member = textOrEmpty(sd_bus_message_get_member(&call));
    if (Leaf* leaf = find(path))
        return answerLeaf(*leaf, call, member);
    if (const auto branch = branches_.find(path); branch != branches_.end())
        return answerBranch(branch->second, call, member);
    return std::nullopt;
}

int BusItemTree::answerLeaf(Leaf& leaf, sd_bus_message& call, std::string_view member) {
    if (member == "SetValue")
        return answerSetValue(leaf, call);
    if (sd_bus_message_is_empty(&call) <= 0)
        return 0;
    const Message reply = replyTo(call);
    if (member == "GetValue")
        appendValue(*reply, leaf.quantity, leaf.value);
    else if (member == "GetText")
        appendString(*reply, displayText(leaf.quantity, leaf.value));
    else
        return 0;
    return send(*reply);
}

int BusItemTree::answerBranch(const Branch& branch, sd_bus_message& call, std::string_view member) {
    if (sd_bus_message_is_empty(&call) <= 0)
        return 0;
    if (member == "GetItems" && branch.path == "/")
        return answerItems(leaves_, call);
    if (member == "GetValue")
        return answerContents(leaves_, branch.path, call, What::Value);
    if (member == "GetText")
        return answerContents(leaves_, branch.path, call, What::Text);
    return 0;
}

int BusItemTree::answerSetValue(Leaf& leaf, sd_bus_message& call) {
    const int answer = write(*this, leaf, call);
    ++(answer == 0 ? counters_.writes : counters_.refusedWrites);
    flush(); // velib's order: the change is told before the answer
    const Message reply = replyTo(call);
    check(sd_bus_message_append(reply.get(), "i", answer), "append the answer");
    return send(*reply);
}

} // namespace busbar::dbus
