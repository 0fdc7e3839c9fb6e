// SPDX-License-Identifier: MIT
// The mailbox between MQTT's threads and the loop.
#include "base/mailbox.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace busbar {

void MailBatch::clear() {
    text_.clear();
    entries_.clear();
    dropped_ = 0;
    losers_.reset();
}

void MailBatch::drop(std::uint8_t session) noexcept {
    ++dropped_;
    losers_[session] = true; // unlike set(), this cannot throw
}

void MailBatch::add(const Mail& mail) {
    Entry entry;
    entry.kind = mail.kind;
    entry.session = mail.session;
    entry.retained = mail.retained;
    entry.topicSize = static_cast<std::uint32_t>(mail.topic.size());
    entry.payloadSize = static_cast<std::uint32_t>(mail.payload.size());
    entry.offset = text_.size();
    entries_.push_back(entry);
    text_.append(mail.topic);
    text_.append(mail.payload);
}

Mail MailBatch::at(std::size_t index) const {
    const Entry& entry = entries_.at(index);
    const std::string_view text = text_;
    return {.kind = entry.kind,
            .session = entry.session,
            .retained = entry.retained,
            .topic = text.substr(entry.offset, entry.topicSize),
            .payload = text.substr(entry.offset + entry.topicSize, entry.payloadSize)};
}

Mailbox::Mailbox(Bounds bounds)
    : bounds_(bounds), eventFd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (eventFd_ < 0)
        throw std::system_error(errno, std::generic_category(),
                                "cannot create the mailbox's eventfd");
}

Mailbox::~Mailbox() {
    ::close(eventFd_);
}

void Mailbox::put(const Mail& mail) noexcept {
    const std::lock_guard lock(mutex_);
    const bool full = waiting_.size() >= bounds_.count ||
                      waiting_.bytes() + mail.topic.size() + mail.payload.size() > bounds_.bytes;
    const bool wasSilent = waiting_.size() == 0 && waiting_.dropped() == 0;
    if (full && mail.kind == MailKind::Message) {
        waiting_.drop(mail.session);
    } else {
        try {
            waiting_.add(mail);
        } catch (...) { // out of memory: the same as full
            waiting_.drop(mail.session);
        }
    }
    if (mail.isPressing || mail.kind != MailKind::Message || (armed_ && wasSilent))
        wake();
}

void Mailbox::take(MailBatch& batch) {
    batch.clear();
    const std::lock_guard lock(mutex_);
    std::swap(batch, waiting_);
    armed_ = false;
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got =
        ::read(eventFd_, &count, sizeof count); // clears it; empty is fine
}

void Mailbox::arm() {
    const std::lock_guard lock(mutex_);
    armed_ = true;
    if (waiting_.size() > 0 || waiting_.dropped() > 0)
        wake();
}

void Mailbox::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto put =
        ::write(eventFd_, &one, sizeof one); // full counter = already awake
}

} // namespace busbar
