// SPDX-License-Identifier: MIT
// `busbar migrate`: finds the files of another program, and writes what they become.
#include "app/commands/commands.hpp"
#include "app/commands/text_readers.hpp"
#include "app/kept/state.hpp"
#include "base/write_at_once.hpp"
#include "config/text_file.hpp"
#include "migrate/bag.hpp"
#include "migrate/dab.hpp"
#include "migrate/wvb.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace busbar {

namespace {

using migrate::PeerText;
using std::filesystem::path;

constexpr const char* kConfigName = "busbar.json";
constexpr const char* kStateName = "state.json";

/// Where the peers live on a GX, the newest place first.
constexpr std::array kDabPlaces = {"/data/apps/dbus-aggregate-batteries",
                                   "/data/dbus-aggregate-batteries"};

constexpr std::array kBagPlaces = {"/data/setupOptions/BatteryAggregator"};

/// Throws std::runtime_error that names the file and says why it cannot be read.
PeerText mustRead(const path& file) {
    config::FileText read = config::readText(file);
    if (!read.error.empty())
        throw std::runtime_error(file.string() + ": " + read.error);
    return {file.filename().string(), std::move(read.text)};
}

bool isThere(const path& file) {
    std::error_code failed;
    return std::filesystem::exists(file, failed) || failed;
}

/// The first of the names that is in the folder.
template <std::size_t Count>
std::optional<PeerText> anyOf(const path& folder, const std::array<const char*, Count>& names) {
    for (const char* name : names)
        if (isThere(folder / name))
            return mustRead(folder / name);
    return std::nullopt;
}

/// What the user has named, else the first place on this machine that is there.
template <std::size_t Count>
path sourceOf(const std::string& wanted, const std::array<const char*, Count>& places) {
    if (!wanted.empty())
        return wanted;
    for (const char* place : places)
        if (isThere(place))
            return place;
    throw std::runtime_error(std::string(places.front()) +
                             ": there is no such thing on this machine; name the folder or file");
}

/// A link to a folder is one; what cannot be looked at is not.
bool isFolder(const path& source) {
    std::error_code failed;
    return std::filesystem::is_directory(source, failed);
}

migrate::DabFiles dabFiles(const path& source) {
    const path folder = isFolder(source) ? source : source.parent_path();
    migrate::DabFiles files;
    files.charge = anyOf(folder, std::array{"storedvalue_charge", "charge"});
    files.lastBalanced = anyOf(folder, std::array{"storedvalue_last_balancing", "last_balancing"});
    files.defaults = anyOf(folder, std::array{"config.default.ini"});
    if (!isFolder(source)) {
        (source.extension() == ".py" ? files.python : files.ini) = mustRead(source);
        return files;
    }
    files.ini = anyOf(folder, std::array{"config.ini"});
    if (!files.ini)
        files.python = anyOf(folder, std::array{"settings.py"});
    if (!files.ini && !files.python)
        throw std::runtime_error(source.string() + ": has neither config.ini nor settings.py");
    return files;
}

/// A file, or the one of this name in a folder.
PeerText fileIn(const path& source, const char* name) {
    return mustRead(isFolder(source) ? source / name : source);
}

migrate::Migration migrated(const MigrateOptions& options) {
    switch (options.peer) {
    case Peer::Bag:
        return migrate::migrateBag(fileIn(sourceOf(options.source, kBagPlaces), "config.json"));
    case Peer::Wvb:
        if (options.source.empty())
            return migrate::migrateWvb(std::nullopt);
        return migrate::migrateWvb(fileIn(options.source, "settings.py"));
    case Peer::Dab:
        break;
    }
    return migrate::migrateDab(dabFiles(sourceOf(options.source, kDabPlaces)),
                               std::chrono::system_clock::now());
}

bool isWorthKeeping(const migrate::Kept& kept) {
    return kept.lastBalanced || kept.charge_Ah;
}

std::string stateOf(const migrate::Kept& kept, WallTime now) {
    State state;
    BankMemory& memory = state.banks["main"].memory;
    if (kept.lastBalanced) {
        memory.balancing.lastSuccess = kept.lastBalanced;
        memory.balancing.lastResult = BalancingResult::Succeeded;
    }
    if (kept.charge_Ah)
        memory.handedOver = {kept.charge_Ah, std::chrono::floor<std::chrono::seconds>(now)};
    return stateText(state);
}

/// Empty = written, else why not. What is there is left alone, unless it may be replaced.
std::string writeNew(const path& file, const std::string& text, bool mayReplace) {
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (mayReplace ? O_TRUNC : O_EXCL);
    const int fd = ::open(file.c_str(), flags, 0644);
    if (fd < 0)
        return errno == EEXIST ? "is there already; --force replaces it"
                               : std::generic_category().message(errno);
    writeAtOnce(fd, text);
    struct stat written {};
    const bool isWhole =
        ::fstat(fd, &written) == 0 && written.st_size == static_cast<off_t>(text.size());
    return ::close(fd) == 0 && isWhole ? std::string() : "cannot be written whole";
}

struct OutFile {
    path file;
    std::string text;
};

/// Nothing is written if one of them is in the way.
int writeAll(const std::vector<OutFile>& files, const MigrateOptions& options) {
    std::error_code failed;
    std::filesystem::create_directories(options.out, failed);
    for (const OutFile& one : files)
        if (!options.mayReplace && isThere(one.file))
            throw std::runtime_error(one.file.string() + ": is there already; --force replaces it");
    for (const OutFile& one : files) {
        if (const auto error = writeNew(one.file, one.text, options.mayReplace); !error.empty())
            throw std::runtime_error(one.file.string() + ": " + error);
        std::fputs(("written: " + one.file.string() + "\n").c_str(), stdout);
    }
    return kDone;
}

/// The report as comments of a configuration, so that all of it together is one.
std::string commented(const std::string& report) {
    std::string text;
    std::string_view rest = report;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        text.append(line.empty() ? "//" : "// ").append(line).append("\n");
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return text + "\n";
}

int told(const migrate::Migration& result, const MigrateOptions& options) {
    const bool keepsState = isWorthKeeping(result.kept);
    if (options.out.empty()) {
        std::fputs((commented(result.report) + result.config).c_str(), stdout);
        if (keepsState)
            std::fputs("// The state file is written with --out FOLDER only.\n", stdout);
        return kDone;
    }
    std::fputs((result.report + "\n").c_str(), stdout);
    const path folder = options.out;
    std::vector<OutFile> files{{folder / kConfigName, result.config}};
    if (keepsState)
        files.push_back(
            {folder / kStateName, stateOf(result.kept, std::chrono::system_clock::now())});
    const int code = writeAll(files, options);
    if (keepsState)
        std::fputs(
            "Put state.json where Busbar keeps its state, before it runs for the first time: "
            "the option state_dir, on a GX /data/conf/busbar/state\n",
            stdout);
    return code;
}

} // namespace

std::string defectOf(const migrate::Migration& result) {
    const config::ReadResult checked = config::readConfig(result.config);
    if (checked.config)
        return {};
    return "what became of it is no configuration, which is a defect of this program:\n" +
           config::formatIssues("busbar.json", checked.issues);
}

int migrateCommand(const MigrateOptions& options) {
    const migrate::Migration result = migrated(options);
    if (!result.error.empty()) {
        std::fputs(("busbar: " + result.error + "\n").c_str(), stderr);
        return kBadConfig;
    }
    if (const std::string defect = defectOf(result); !defect.empty()) {
        std::fputs(("busbar: " + defect).c_str(), stderr);
        return kBadConfig;
    }
    return told(result, options);
}

} // namespace busbar
