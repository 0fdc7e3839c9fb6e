// SPDX-License-Identifier: MIT
// Any bytes as a recording: bad lines are skipped, good ones are in order and survive being written
// out.
#include "app/commands/recording.hpp"
#include "fuzz/target.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace {

using busbar::Record;

void require(bool holds) {
    if (!holds)
        std::abort();
}

std::vector<Record> readAll(const std::string& text, std::size_t& badLines) {
    std::istringstream in(text);
    busbar::RecordingReader reader(in, "fuzz", busbar::OnBadLine::Skip);
    std::vector<Record> records;
    while (auto record = reader.next())
        records.push_back(std::move(*record));
    badLines = reader.badLines();
    require(reader.complaints().size() <= badLines);
    return records;
}

bool isSame(const Record& a, const Record& b) {
    return a.at == b.at && a.isInitial == b.isInitial && a.topic == b.topic &&
           a.payload == b.payload;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::size_t badLines = 0;
    const auto records = readAll(std::string(data, data + size), badLines);
    std::ostringstream out;
    std::chrono::milliseconds last{0};
    for (const Record& record : records) {
        require(record.at >= last && !record.topic.empty());
        last = record.at;
        require(busbar::writeRecord(out, record));
    }
    const auto again = readAll(out.str(), badLines);
    require(badLines == 0 && std::ranges::equal(records, again, isSame));
    return 0;
}
