// SPDX-License-Identifier: MIT
// Opens without waiting, looks at what it is, reads.
#include "config/text_file.hpp"

#include "base/descriptor.hpp"
#include "config/json_tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace busbar::config {

namespace {

using std::chrono::milliseconds;

/// Of the wait for a pipe; each is at most this long, however little comes.
constexpr milliseconds kRound{5};

FileText refusedText(std::string error) {
    return {{}, std::move(error)};
}

/// As whom this runs: of a service seldom who wrote the file.
std::string ownUser() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): only one thread reads files
    const passwd* entry = ::getpwuid(::geteuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

FileText unreadable(int error) {
    if (error == ENOENT || error == ENOTDIR)
        return refusedText("there is no such file");
    std::string text = "cannot be read: " + std::generic_category().message(error);
    if (error == EACCES)
        text += "; it must be readable for the user " + ownUser() +
                ", such as by its group (chgrp, "
                "chmod 640), and the folders above it";
    return refusedText(std::move(text));
}

bool isHandedOver(const std::filesystem::path& file) {
    constexpr std::array<std::string_view, 2> kFolders = {"/dev/fd/", "/proc/self/fd/"};
    const std::string& name = file.native();
    return name == "/dev/stdin" || std::ranges::any_of(kFolders, [&name](std::string_view folder) {
               return name.starts_with(folder);
           });
}

void awaitRound(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(kRound.count()));
}

/// `rounds`: how often to look for more, where nothing came yet.
FileText readAll(int fd, milliseconds::rep rounds) {
    FileText result;
    std::array<char, 65536> part{};
    while (result.text.size() <= kMaxTextBytes) {
        const ssize_t got = ::read(fd, part.data(), part.size());
        if (got == 0)
            return result;
        if (got > 0)
            result.text.append(part.data(), static_cast<std::size_t>(got));
        else if (errno != EINTR && errno != EAGAIN)
            return unreadable(errno);
        if (got < 0 && --rounds < 0)
            return refusedText("did not come to its end within a few seconds");
        if (got < 0)
            awaitRound(fd);
    }
    result.text.resize(kMaxTextBytes + 1);
    return result;
}

} // namespace

FileText readText(const std::filesystem::path& file, milliseconds patience) {
    // Without O_NONBLOCK, opening a pipe waits for somebody to write.
    const Descriptor open(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status {};
    if (!open.isOpen() || ::fstat(open.get(), &status) < 0)
        return unreadable(errno);
    if (S_ISDIR(status.st_mode))
        return refusedText("is a folder, not a file");
    if (!S_ISREG(status.st_mode) && !isHandedOver(file))
        return refusedText("is a pipe or a device, not a file; of these only /dev/stdin and <(…) "
                           "are read");
    return readAll(open.get(), patience / kRound);
}

} // namespace busbar::config
