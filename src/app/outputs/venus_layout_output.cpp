// SPDX-License-Identifier: MIT
// The banks in the layout of a GX, as an output.
#include "app/outputs/output_list.hpp"
#include "config/config.hpp"
#include "mqtt/venus/venus_output.hpp"

#include <cstddef>
#include <utility>

namespace busbar {

namespace {

class VenusLayoutOutput final : public Output {
public:
    explicit VenusLayoutOutput(const OutputParts& parts)
        : bankCount_(parts.config.banks.size()),
          layout_(parts.config.output.venus, parts.config.site, bankCount_,
                  {[publish = parts.publish](std::string_view topic, std::string_view payload,
                                             bool retain) {
                       return publish(topic, payload, 0, retain);
                   },
                   parts.rename}) {}

    void offer(const Offer& offer, const Now& /*now*/) override {
        for (std::size_t i = 0; i < offer.banks.size(); ++i) {
            const OfferedBank& bank = offer.banks[i];
            if (bank.isThere)
                layout_.publish(i, bank.view.snapshot, bank.name);
            else
                layout_.leave(i);
        }
    }
    void tick(const Offer& /*offer*/, const Now& now) override { layout_.tick(now); }
    void end() override {
        for (std::size_t i = 0; i < bankCount_; ++i)
            layout_.leave(i);
    }

    [[nodiscard]] std::vector<std::string> filters() const override {
        return layout_.subscriptions();
    }
    void connected(const Now& now) override { layout_.connected(now); }
    void disconnected() override { layout_.disconnected(); }
    bool message(const Mail& mail, const Now& now) override {
        return layout_.message(mail.topic, mail.payload, now);
    }

private:
    std::size_t bankCount_;
    mqtt::VenusOutput layout_;
};

} // namespace

std::unique_ptr<Output> makeVenusLayoutOutput(const OutputParts& parts) {
    if (!parts.config.output.venus.isEnabled)
        return nullptr;
    return std::make_unique<VenusLayoutOutput>(parts);
}

} // namespace busbar
