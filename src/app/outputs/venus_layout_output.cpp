// SPDX-License-Identifier: MIT
// Banks and made batteries in the layout of a GX, as an output.
#include "app/outputs/output_list.hpp"
#include "config/config.hpp"
#include "mqtt/venus/venus_output.hpp"

#include <cstddef>
#include <utility>

namespace busbar {

namespace {

/// Those that are published by themselves, in their order.
std::vector<mqtt::VenusOutput::Made> publishedOf(const OutputParts& parts) {
    std::vector<mqtt::VenusOutput::Made> published;
    for (const MadeSettings& made : parts.config.made)
        if (isPublished(made))
            published.push_back(
                {.instance = parts.instanceOf
                                 ? parts.instanceOf(made.id)
                                 : kPublishedInstance + static_cast<int>(published.size()),
                 .isWritable = made.kind == MadeKind::Writable});
    return published;
}

mqtt::VenusOutputSettings settingsOf(const config::Config& config) {
    mqtt::VenusOutputSettings settings = config.output.venus;
    settings.isBesideGx = config.output.broker.url.empty();
    return settings;
}

class VenusLayoutOutput final : public Output {
public:
    explicit VenusLayoutOutput(const OutputParts& parts)
        : count_{.banks = parts.config.banks.size(), .made = publishedOf(parts)},
          config_(parts.config), publish_(parts.publish), write_(parts.write),
          layout_(settingsOf(parts.config), parts.config.site, count_,
                  {[publish = parts.publish](std::string_view topic, std::string_view payload,
                                             bool retain) {
                       return publish(topic, payload, 0, retain);
                   },
                   parts.rename,
                   [this](std::size_t made, std::string_view path, const Value& value) {
                       write(made, path, value);
                   }}) {}

    void offer(const Offer& offer, const Now& /*now*/) override {
        for (std::size_t i = 0; i < offer.banks.size(); ++i) {
            const OfferedBank& bank = offer.banks[i];
            if (bank.isThere)
                layout_.publish(i, bank.view.snapshot, bank.name);
            else
                layout_.leave(i);
        }
        ids_.clear();
        for (const OfferedMade& made : offer.made) {
            const std::size_t place = layout_.firstMade() + ids_.size();
            if (made.isThere)
                layout_.publish(place, made.snapshot, made.name);
            else
                layout_.leave(place);
            ids_.push_back(made.id);
        }
    }
    void tick(const Offer& /*offer*/, const Now& now) override { layout_.tick(now); }
    void withdraw() override {
        static_cast<void>(
            publish_(mqtt::serialTopic(config_.output.venus, config_.site), "", 0, true));
    }
    void end() override {
        for (std::size_t i = 0; i < count_.banks + count_.made.size(); ++i)
            layout_.leave(i);
    }

    [[nodiscard]] std::vector<std::string> filters() const override {
        return layout_.subscriptions();
    }
    void connected(const Now& now) override { layout_.connected(now); }
    void disconnected() override { layout_.disconnected(); }
    bool message(const Mail& mail, const Now& now) override {
        asked_ = now;
        return layout_.message(mail.topic, mail.payload, mail.retained, now);
    }

private:
    void write(std::size_t made, std::string_view path, const Value& value) {
        if (write_ && made < ids_.size())
            write_(ids_[made], {std::string(path), value}, asked_);
    }

    mqtt::VenusOutput::Count count_;
    const config::Config& config_; ///< in force
    std::function<bool(std::string_view, std::string_view, int, bool)> publish_;
    std::function<void(const std::string& id, const WrittenValue& value, const Now& now)> write_;
    std::vector<std::string> ids_; ///< of the made batteries
    Now asked_;                    ///< when the last message came
    mqtt::VenusOutput layout_;
};

} // namespace

std::unique_ptr<Output> makeVenusLayoutOutput(const OutputParts& parts) {
    if (!parts.config.output.venus.isEnabled)
        return nullptr;
    return std::make_unique<VenusLayoutOutput>(parts);
}

} // namespace busbar
