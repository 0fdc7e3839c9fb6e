// SPDX-License-Identifier: MIT
// When the documents of entities go, and what is in them.
#include "mqtt/ha/ha_states.hpp"

#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"
#include "documents/bank.hpp"
#include "documents/battery.hpp"
#include "mqtt/results/document_json.hpp"
#include "mqtt/results/turn.hpp"

#include <utility>
#include <vector>

namespace busbar::mqtt {

namespace {

using documents::Piece;
using documents::Reader;
using documents::Step;

constexpr std::chrono::seconds kRepeatStates{60};
/// The second documents of a session are spread over this many moments of an interval.
constexpr std::uint64_t kSpread = 16;

/// Hands on what entities show, with calm values.
class CalmReader {
public:
    CalmReader(const HaFields& fields, HaSteady& steady, std::optional<double> current_A,
               const Reader& next)
        : fields_(fields), steady_(steady), current_A_(current_A), next_(next) {}

    void read(const Piece& piece) {
        const bool isEnd = piece.step == Step::EndObject || piece.step == Step::EndList;
        if (isEnd) {
            if (around_.back().part != HaFields::Part::Out)
                next_(piece);
            around_.pop_back();
            return;
        }
        const Around here = placeOf(piece);
        if (piece.step == Step::Object || piece.step == Step::List)
            around_.push_back(here);
        if (here.part != HaFields::Part::Out)
            hand(piece, here.place);
    }

private:
    struct Around {
        SaidNames::Place place;
        HaFields::Part part;
        bool isList{false};
        int elements{0};
    };

    /// Elements of a list are told apart by their number: each has values of its own.
    Around placeOf(const Piece& piece) {
        Around& around = around_.back();
        const std::string number = around.isList ? std::to_string(around.elements++) : "";
        const auto place = SaidNames::within(around.place, around.isList ? std::string_view(number)
                                                                         : piece.about.name);
        return {place, fields_.find(place, around.part), piece.step == Step::List};
    }

    void hand(const Piece& piece, SaidNames::Place place) {
        if (piece.step != Step::Field) {
            next_(piece);
            return;
        }
        const Value calm = piece.about.name == "charging"
                               ? steady_.charging(current_A_)
                               : steady_.keep(place, piece.about, piece.value);
        next_({piece.step, piece.about, calm});
    }

    const HaFields& fields_;
    HaSteady& steady_;
    std::optional<double> current_A_;
    const Reader& next_;
    std::vector<Around> around_{{SaidNames::kRoot, HaFields::Part::Through}};
};

struct Telling {
    const HaFields& fields;
    HaSteady& steady;
    SaidNames& said;
    std::optional<double> current_A;
};

std::string calmDocument(const Telling& how, const std::function<void(const Reader&)>& tell) {
    const auto calm = [&](const Reader& next) {
        CalmReader reader(how.fields, how.steady, how.current_A, next);
        tell([&reader](const Piece& piece) { reader.read(piece); });
    };
    return documentText(calm, {.said = &how.said});
}

} // namespace

HaStates::HaStates(HaSettings settings, HaContext context, Publish publish)
    : settings_(std::move(settings)), context_(std::move(context)), publish_(std::move(publish)),
      ofBank_(bankEntities()), ofBattery_(batteryEntities()) {}

void HaStates::connected() {
    isConnected_ = true;
    for (auto* const all : {&banks_, &batteries_})
        for (auto& [id, shown] : *all)
            shown.last.reset();
}

bool HaStates::isDue(const Shown& shown, const Now& now) {
    return !shown.last || now.steady >= shown.next;
}

void HaStates::offer(std::span<const BankView> banks, const Now& now) {
    if (!isConnected_ || !settings_.isEnabled)
        return;
    ++round_;
    for (const BankView& view : banks) {
        offerBank(view, now);
        if (!context_.hasBatteries)
            continue;
        for (const MemberReport& member : view.report.members)
            if (hasDevice(member))
                offerBattery(view, member, now);
    }
}

void HaStates::offerBank(const BankView& view, const Now& now) {
    Shown& shown = banks_[view.settings.id];
    const ShownLimits limits = shownLimits(view.report);
    const bool isNews = view.report.stage != shown.stage || isCut(limits, shown.limits);
    const bool isTurn = isDue(shown, now);
    if (!isNews && !isTurn)
        return;
    shown.steady.hold(!isTurn);
    const auto tell = [&view](const Reader& reader) { documents::tellBank(view, reader); };
    const Telling how{ofBank_, shown.steady, shown.said, view.snapshot[rows::kCurrent].number()};
    if (!send(shown, bankDeviceId(context_, view.settings.id), calmDocument(how, tell), now))
        return;
    shown.limits = limits;
    shown.stage = view.report.stage;
}

void HaStates::offerBattery(const BankView& view, const MemberReport& member, const Now& now) {
    Shown& shown = batteries_[member.id];
    if (std::exchange(shown.round, round_) == round_)
        return;
    const bool isThere = documents::isAvailable(member);
    const bool comes = isThere && !shown.isThere;
    if (!comes && !isDue(shown, now)) {
        shown.isThere = isThere;
        return;
    }
    const auto tell = [&](const Reader& reader) {
        documents::tellBattery(documents::viewOf(view, member), reader);
    };
    const Telling how{ofBattery_, shown.steady, shown.said, member.current_A};
    if (send(shown, batteryDeviceId(context_, member.id), calmDocument(how, tell), now))
        shown.isThere = isThere;
}

bool HaStates::send(Shown& shown, const std::string& deviceId, std::string document,
                    const Now& now) {
    const bool isFirst = !shown.last;
    const bool isTurn = isDue(shown, now);
    if (document != shown.last || now.steady >= shown.repeat) {
        if (!publish_(haStateTopic(context_, deviceId), document))
            return false;
        shown.last = std::move(document);
        shown.repeat = now.steady + kRepeatStates;
    }
    if (isTurn)
        takeTurn(shown, deviceId, isFirst, now);
    return true;
}

void HaStates::takeTurn(Shown& shown, const std::string& deviceId, bool isFirst,
                        const Now& now) const {
    const auto phase = settings_.interval * (SaidNames::within(0, deviceId) % kSpread) / kSpread;
    shown.next = now.steady + settings_.interval;
    if (isFirst)
        shown.next += std::chrono::duration_cast<std::chrono::milliseconds>(phase);
}

} // namespace busbar::mqtt
