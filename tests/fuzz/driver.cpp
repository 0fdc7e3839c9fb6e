// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer: every kept input, then a fixed number of inputs made from
// them.
#include "fuzz/mutator.hpp"
#include "fuzz/target.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

namespace busbar::fuzz {
namespace {

constexpr std::string_view kUsage =
    "usage: NAME_fuzz CORPUS_FOLDER RUNS SEED [FIRST_RUN]   inputs made from a corpus\n"
    "       NAME_fuzz FILE                                  one input\n";

struct Plan {
    std::filesystem::path corpus;
    std::uint64_t runs = 0;
    std::uint64_t seed = 0;
    std::uint64_t first = 0; ///< a failure is repeated by the run that it named
};

/// What the signal handler tells and keeps; set by the only thread before each run.
struct LastWords {
    std::array<char, 200> run{};
    std::string file; ///< gets the input: PROGRAM.input
    const std::vector<std::uint8_t>* input = nullptr;
};
LastWords lastWords;

void describeRun(const char* format, std::uint64_t run, std::uint64_t seed) {
    std::snprintf(lastWords.run.data(), lastWords.run.size(), format,
                  static_cast<unsigned long long>(run), static_cast<unsigned long long>(seed));
}

/// Nothing but system calls: allowed in a signal handler.
void writeLastWords() {
    const auto end = std::find(lastWords.run.begin(), lastWords.run.end(), '\0');
    const auto size = static_cast<std::size_t>(end - lastWords.run.begin());
    [[maybe_unused]] auto written = ::write(STDERR_FILENO, lastWords.run.data(), size);
    if (lastWords.input == nullptr)
        return;
    const int file = ::open(lastWords.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return;
    written = ::write(file, lastWords.input->data(), lastWords.input->size());
    ::close(file);
}

void onDeath(int number) {
    writeLastWords();
    std::signal(number, SIG_DFL);
    std::raise(number);
}

/// A sanitizer that has its own handler keeps it: its report says more, and it ends by SIGABRT
/// (abort_on_error=1).
void watchForDeath() {
    for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        struct sigaction present {};
        if (::sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_DFL)
            std::signal(number, onDeath);
    }
}

std::string readFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in)
        throw std::runtime_error("cannot read " + path.string());
    return text;
}

std::vector<std::string> readCorpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.is_regular_file())
            paths.push_back(entry.path());
    if (paths.empty())
        throw std::runtime_error("no inputs in " + folder.string());
    std::ranges::sort(paths);
    std::vector<std::string> corpus;
    corpus.reserve(paths.size());
    for (const auto& path : paths)
        corpus.push_back(readFile(path));
    return corpus;
}

/// The target gets exactly the bytes, in a block of their own, so that a sanitizer sees one byte
/// too far.
/// An exception has nowhere to go: noexcept makes it an abort.
void give(const std::string& input) noexcept {
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    lastWords.input = &bytes;
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    lastWords.input = nullptr;
}

void runPlan(const Plan& plan) {
    const auto corpus = readCorpus(plan.corpus);
    for (std::size_t i = 0; i < corpus.size(); ++i) {
        describeRun("fuzz: died in kept input %llu (counted from 0, by name)\n", i, 0);
        give(corpus[i]);
    }
    for (std::uint64_t run = plan.first; run < plan.runs; ++run) {
        describeRun("fuzz: died in run %llu of seed %llu\n", run, plan.seed);
        give(Mutator(corpus, plan.seed, run).make());
    }
    std::printf("fuzz: %zu kept inputs, runs %llu to %llu of seed %llu\n", corpus.size(),
                static_cast<unsigned long long>(plan.first),
                static_cast<unsigned long long>(plan.runs),
                static_cast<unsigned long long>(plan.seed));
}

std::uint64_t toNumber(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        throw std::runtime_error("not a number: " + std::string(text));
    return number;
}

int run(const std::vector<std::string>& arguments) {
    watchForDeath();
    if (arguments.size() == 1 && !std::filesystem::is_directory(arguments[0])) {
        describeRun("fuzz: died in the given file\n", 0, 0);
        give(readFile(arguments[0]));
        return 0;
    }
    if (arguments.size() < 3 || arguments.size() > 4) {
        std::fputs(kUsage.data(), stderr);
        return 2;
    }
    runPlan({arguments[0], toNumber(arguments[1]), toNumber(arguments[2]),
             arguments.size() == 4 ? toNumber(arguments[3]) : 0});
    return 0;
}

} // namespace
} // namespace busbar::fuzz

int main(int count, char** arguments) {
    try {
        busbar::fuzz::lastWords.file = std::string(arguments[0]) + ".input";
        return busbar::fuzz::run({arguments + 1, arguments + count});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "fuzz: %s\n", error.what());
        return 1;
    }
}
