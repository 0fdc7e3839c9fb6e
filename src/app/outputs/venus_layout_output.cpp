// SPDX-License-Identifier: MIT
// Banks and writable batteries in the layout of a GX, as an output.
#include "app/outputs/output_list.hpp"
#include "config/config.hpp"
#include "mqtt/venus/venus_output.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace busbar {

namespace {

class VenusLayoutOutput final : public Output {
public:
    explicit VenusLayoutOutput(const OutputParts& parts)
        : count_{.banks = parts.config.banks.size(),
                 .writables = static_cast<std::size_t>(
                     std::ranges::count_if(parts.config.made, isPublishedWritable))},
          write_(parts.write),
          layout_(parts.config.output.venus, parts.config.site, count_,
                  {[publish = parts.publish](std::string_view topic, std::string_view payload,
                                             bool retain) {
                       return publish(topic, payload, 0, retain);
                   },
                   parts.rename,
                   [this](std::size_t writable, std::string_view path, const Value& value) {
                       write(writable, path, value);
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
        for (const OfferedWritable& writable : offer.writables) {
            layout_.publish(layout_.firstWritable() + ids_.size(), writable.snapshot,
                            writable.name);
            ids_.push_back(writable.id);
        }
    }
    void tick(const Offer& /*offer*/, const Now& now) override { layout_.tick(now); }
    void end() override {
        for (std::size_t i = 0; i < count_.banks + count_.writables; ++i)
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
    void write(std::size_t writable, std::string_view path, const Value& value) {
        if (write_ && writable < ids_.size())
            write_(ids_[writable], {std::string(path), value}, asked_);
    }

    mqtt::VenusOutput::Count count_;
    std::function<void(const std::string& id, const WrittenValue& value, const Now& now)> write_;
    std::vector<std::string> ids_; ///< of the writable batteries
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
