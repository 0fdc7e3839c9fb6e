// SPDX-License-Identifier: MIT
// Reading and replacing whole files.
#include "base/file.hpp"

#include "base/descriptor.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace busbar {

namespace {

std::string errnoText() {
    return std::generic_category().message(errno);
}

bool writeAll(int fd, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

int createAnew(const std::string& path) {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
}

/// What is there, a crash left or another planted: only its name is taken away. Once, because who
/// plants faster than this wins any number of times.
int createInPlaceOf(const std::string& path) {
    const int fd = createAnew(path);
    if (fd >= 0 || errno != EEXIST || ::unlink(path.c_str()) < 0)
        return fd;
    return createAnew(path);
}

std::string writeTemporary(const std::string& path, const std::string& content) {
    const Descriptor file(createInPlaceOf(path));
    if (!file.isOpen())
        return "cannot create " + path + ": " + errnoText();
    if (writeAll(file.get(), content) && ::fsync(file.get()) == 0)
        return {};
    std::string error = "cannot write " + path + ": " + errnoText();
    ::unlink(path.c_str());
    return error;
}

/// Its mode is there from the first moment; that of its parents is the process's own.
void makeFolder(const std::filesystem::path& folder) {
    std::error_code failed;
    if (folder.has_parent_path())
        std::filesystem::create_directories(folder.parent_path(), failed);
    ::mkdir(folder.c_str(), 0750);
}

bool isRegular(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

} // namespace

std::optional<std::string> readWholeFile(const std::string& path, std::size_t most,
                                         std::string& error) {
    // Without O_NONBLOCK, opening a pipe waits for somebody to write.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file.isOpen()) {
        error = errno == ENOENT ? "" : errnoText();
        return std::nullopt;
    }
    if (!isRegular(file.get())) {
        error = "not a regular file";
        return std::nullopt;
    }
    std::string content;
    std::array<char, 4096> part{};
    while (true) {
        const ssize_t got = ::read(file.get(), part.data(), part.size());
        if (got == 0)
            return content;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            error = errnoText();
            return std::nullopt;
        }
        content.append(part.data(), static_cast<std::size_t>(got));
        if (content.size() > most) {
            error = "larger than " + std::to_string(most) + " bytes";
            return std::nullopt;
        }
    }
}

std::string replaceFile(const std::string& path, const std::string& content) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    if (!folder.empty())
        makeFolder(folder);
    const std::string temporary = path + ".new";
    if (std::string error = writeTemporary(temporary, content); !error.empty())
        return error;
    if (::rename(temporary.c_str(), path.c_str()) < 0) {
        std::string error = "cannot replace " + path + ": " + errnoText();
        ::unlink(temporary.c_str());
        return error;
    }
    const Descriptor directory(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.isOpen() && ::fsync(directory.get()) < 0 && errno != EINVAL)
        return "cannot sync " + folder + ": " + errnoText();
    return {};
}

} // namespace busbar
