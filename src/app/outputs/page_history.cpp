// SPDX-License-Identifier: MIT
// Samples banks once a minute; writes and reads files.
#include "app/outputs/page_history.hpp"

#include "base/file.hpp"
#include "base/flash.hpp"
#include "base/log.hpp"
#include "core/bank_view.hpp"
#include "core/calendar.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/table/named_rows.hpp"

#include <utility>

namespace busbar {

namespace {

/// What a power cut may cost; a file is 100 kB.
constexpr auto kHistorySaveEvery = std::chrono::minutes(15);
/// 1440 samples of 13 numbers of at most 10 characters, and names.
constexpr std::size_t kLargestHistory = 1U << 20U;

web::Holder holderOf(const Limit& limit) {
    return {.cause = std::string(toText(limit.cause)), .member = limit.member};
}

} // namespace

web::Moment momentOf(const BankView& view) {
    using web::Curve;
    const Snapshot& now = view.snapshot;
    web::Moment moment;
    moment[Curve::Voltage] = now[rows::kVoltage].number();
    moment[Curve::Current] = now[rows::kCurrent].number();
    moment[Curve::Soc] = now[rows::kSoc].number();
    moment[Curve::CellSpread] = now[rows::kCellSpread].number();
    if (view.report.stage == Stage::Starting)
        return moment;
    moment[Curve::ChargeLimit] = view.report.charge.value;
    moment[Curve::DischargeLimit] = view.report.discharge.value;
    moment.holders[0] = holderOf(view.report.charge);
    moment.holders[1] = holderOf(view.report.discharge);
    if (view.report.chargeVoltage) {
        moment[Curve::ChargeVoltage] = view.report.chargeVoltage->value;
        moment.holders[2] = holderOf(*view.report.chargeVoltage);
    }
    return moment;
}

PageHistory::PageHistory(std::string folder)
    : folder_(std::move(folder)), isOnFlash_(folder_.empty() || isOnFlash(folder_)) {}

std::string PageHistory::fileOf(const std::string& bank) const {
    return folder_ + "/history_" + bank + ".json";
}

bool PageHistory::isDue(const web::SitePage& page, const Now& now) const {
    if (!isClockSet(now.wall))
        return false;
    if (page.history.empty())
        return true;
    return page.history.begin()->second.isDue(now.wall);
}

void PageHistory::note(web::SitePage& page, const Offer& offer, bool isKept, const Now& now) {
    for (const OfferedBank& bank : offer.banks) {
        const std::string& id = bank.view.settings.id;
        const auto [history, isNew] = page.history.try_emplace(id);
        std::string error;
        if (isNew && isKept && !isOnFlash_)
            if (const auto text = readWholeFile(fileOf(id), kLargestHistory, error))
                if (!history->second.restore(*text, now.wall))
                    log::info("history_not_kept bank={} file={} is of another day, or no history",
                              id, fileOf(id));
        if (offer.isConcluded && history->second.isDue(now.wall))
            history->second.add(momentOf(bank.view), now.wall);
    }
    if (!saved_)
        saved_ = now.steady;
    if (isKept && now.steady - *saved_ >= kHistorySaveEvery) {
        saved_ = now.steady;
        save(page);
    }
}

void PageHistory::save(const web::SitePage& page) const {
    if (isOnFlash_)
        return;
    for (const auto& [bank, history] : page.history) {
        const std::string error = replaceFile(fileOf(bank), history.json(page.site, bank));
        if (!error.empty())
            log::warn("history_not_saved bank={} file={} reason=\"{}\"", bank, fileOf(bank), error);
    }
}

} // namespace busbar
