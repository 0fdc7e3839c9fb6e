// SPDX-License-Identifier: MIT
// How the current of the bank divides over its members, learned from what is measured, and what
// their own limits hence allow the bank.
#pragma once

#include "core/limits/deduced.hpp"
#include "core/limits/over_limit.hpp"
#include "core/limits/swing.hpp"
#include "core/members/agreement.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

enum class Direction : std::uint8_t;
enum class Share : std::uint8_t;
struct Limit;
struct Limiter;

/// What swings of one member have shown.
struct ShareSums {
    double withBank = 0.0;    ///< Σ own swing · bank's swing, A²
    double withSelf = 0.0;    ///< Σ own swing², A²
    double withVoltage = 0.0; ///< Σ own swing · voltage swing, V·A
    double voltage = 0.0;     ///< Σ voltage swing², V²
};

/// Currents of the bank and of one member that belong together, A: means of when the member last
/// said something new. One whose values stand still is not measured meanwhile, whatever the others
/// do.
struct Anchor {
    double bank_A = 0.0;
    double own_A = 0.0;
    SteadyTime moved{}; ///< when that was
};

/// What is known of one member's part in the bank. "Swing" = a fast mean minus a slow one: what a
/// change of load moved, without offsets and drift.
struct ShareTrack {
    swing::Means current_A;
    swing::Means voltage_V;
    Anchor anchor; ///< the working point from which limits are extrapolated
    ShareSums learned;
    ShareSums pending;  ///< since `ShareState::settled`
    double prior = 0.0; ///< share before anything was learned in this group
    /// Share of an earlier run in the place of `prior`, while it is neither borne out nor refuted.
    std::optional<double> remembered;
    bool hasVoltage = false;
    double capacity_Ah = 0.0; ///< 0 = unknown
    double cells = 0.0;       ///< in series; 0 = unknown
};

/// Learns while members report. Information is only forgotten when better comes: a night without
/// load forgets nothing.
struct ShareState {
    std::map<std::string, ShareTrack> tracks; ///< by member id; those of the last sample
    double bank = 0.0;                        ///< Σ bank's swing², A²
    double pendingBank = 0.0;                 ///< the same since `settled`
    std::optional<SteadyTime> at;             ///< of the last sample
    /// When what was seen last became what is known: when all had said something new, or nobody.
    SteadyTime settled{};
    std::optional<SteadyTime> swingingSince; ///< the bank's swing is above noise
    /// Since when somebody's values are not known to be present ones: held, or standing still while
    /// the others swing. Nothing is learned until all have said something new.
    std::optional<SteadyTime> blindSince;
    /// Shares of an earlier run, by member id. They count as no more than a prior, only for the
    /// members among whom they were learned, and raise no limit; once this run knows as much, they
    /// stay if they agree with it, and are forgotten here either way.
    std::map<std::string, double> remembered;
    /// Of those that do not share now, by member id: what each of those took among whom it was
    /// last.
    std::map<std::string, std::map<std::string, double>> former;
    /// What a limit was made from and what was given out, for the dead band.
    struct Given {
        double limits_A = 0.0; ///< sum of the members' own
        double value_A = 0.0;
    };
    std::array<std::optional<Given>, 2> given; ///< charge, discharge
    /// A cell as it was when its battery began to block, or not more than an hour ago, whichever is
    /// further on in the direction.
    struct Mark {
        double cell_V = 0.0;
        SteadyTime at{};
    };
    /// A member that blocks, and may carry current all the same.
    struct Carrying {
        std::chrono::steady_clock::duration seen{}; ///< for how long, in all
        SteadyTime last{};
        bool counts{false}; ///< certain, and not long ago
        int trials{0};      ///< how often it was tried without its limit, in vain
        std::optional<Mark> mark{};
    };
    std::array<std::map<std::string, Carrying>, 2> carrying; ///< by direction and member id
    /// When one that shared until then said that it blocks; nothing while it shares. It is not
    /// known to be off before it has said something more.
    using Blocking = std::map<std::string, std::optional<SteadyTime>>;
    std::array<Blocking, 2> blocking; ///< by direction and member id
    std::array<OverLimit, 2> over;    ///< by direction
    /// Ids of members whose current is not believed (belief.hpp): they teach nothing, and are taken
    /// to carry what their capacity says, and for the others also nothing.
    std::set<std::string> doubted;
    /// What one of these carries all the same, as far as it is known.
    std::optional<Deduced> deduced;
};

/// Once per cycle; takes a sample once a second at most. Only what came is learned from: it rests
/// while a member's values are held, or stand still while the others swing, and what was seen
/// since a member last said something new is dropped then; members that block do not share, unless
/// they are seen to carry current.
void learn(ShareState& state, const Members& members, const Now& now);

/// It blocks the direction, and nothing that was seen speaks against its switch being open. Of one
/// whose current is not believed, and cannot be deduced, nobody knows: its limit of 0 counts.
[[nodiscard]] bool isOut(const ShareState& state, const Member& member, Direction direction);

/// The part of a change of the bank's current that a member takes, 0 … 1; nothing for one that
/// does not share now. Learned as far as there is information, else by capacity, else by count.
[[nodiscard]] std::optional<double> shareOf(const ShareState& state, const std::string& id);

/// For those who ask for many of one state: what takes all members is summed once.
class ShareView {
public:
    /// The state must outlive it, and stay as it is.
    explicit ShareView(const ShareState& state);

    /// As `shareOf`.
    [[nodiscard]] std::optional<double> share(const std::string& id) const;
    /// The same, as far as this run knows.
    [[nodiscard]] std::optional<double> unaidedShare(const std::string& id) const;
    /// As `equalising_A`.
    [[nodiscard]] std::optional<double> equalising_A(const std::string& id) const;

private:
    [[nodiscard]] const ShareTrack* find(const std::string& id) const;
    [[nodiscard]] double shareBy(const ShareTrack& track, double prior) const;

    const ShareState* state_;
    double prior_;  ///< information that the prior is worth, A²
    double bank_A_; ///< what all carry, from means over seconds
};

/// By member id: shares that measurements of this run make certain, adding up to 1; none before.
[[nodiscard]] std::map<std::string, double> certainShares(const ShareState& state);

/// What a member would carry with the bank at 0, A: above 0, the others push it in. From means over
/// seconds; nothing for one that does not share now.
[[nodiscard]] std::optional<double> equalising_A(const ShareState& state, const std::string& id);

/// Learned resistance of a member, Ω; nothing until it is certain and plausible: positive, with a
/// correlation of voltage and current of at least 0.7, and between 0.005 and 1 Ω·Ah per cell (good
/// prismatic cells have 0.05 … 0.3).
[[nodiscard]] std::optional<double> resistanceOf(const ShareState& state, const std::string& id);

struct ShareInput {
    const Members& members;
    Share method{};
    std::optional<Agreement> agreement{}; ///< of batteries and plant; counts for Share::Adaptive
};

/// What the bank may take so that every member stays within its own limit, A, with the member that
/// decides. Members that block have no share; one that carries current all the same (a limit of 0 A
/// is not always an open switch) shares with a limit of 0. A member that gives no limit closes the
/// bank. Nothing if all block. One measured above its own limit lowers the bank's at once, whatever
/// the method but Share::Sum. `all`, if wanted, is given what each of them would allow the bank,
/// the one that decides first.
[[nodiscard]] std::optional<Limit> shareLimit(Direction direction, const ShareInput& input,
                                              ShareState& state,
                                              std::vector<Limiter>* all = nullptr);

} // namespace busbar
