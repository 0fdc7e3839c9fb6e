// SPDX-License-Identifier: MIT
// Makes files, and leaves alone what is there.
#include "app/commands/new_file.hpp"

#include "base/descriptor.hpp"

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace busbar {

std::string whyNotOver(const std::string& path) {
    std::error_code error;
    const bool isKept = std::filesystem::is_regular_file(path, error) &&
                        std::filesystem::file_size(path, error) > 0 && !error;
    return isKept ? path + " is there already and stays as it is: give another name" : "";
}

std::string writeNewFile(const std::string& path, const std::string& content) {
    constexpr mode_t kForAll = 0644; // secrets are never in it
    const Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kForAll));
    if (file.get() < 0 && errno == EEXIST)
        return path + " is there already and stays as it is: give another name";
    const auto failed = [&path] {
        return "cannot write " + path + ": " + std::generic_category().message(errno);
    };
    if (file.get() < 0)
        return failed();
    for (std::size_t done = 0; done < content.size();) {
        const ssize_t some = ::write(file.get(), content.data() + done, content.size() - done);
        if (some < 0 && errno == EINTR)
            continue;
        if (some < 0) {
            std::string why = failed(); // before unlink changes errno
            ::unlink(path.c_str());
            return why;
        }
        done += static_cast<std::size_t>(some);
    }
    return {};
}

} // namespace busbar
