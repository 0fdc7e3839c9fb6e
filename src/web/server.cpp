// SPDX-License-Identifier: MIT
// Keeps a listener open.
#include "web/server.hpp"

#include "base/log.hpp"
#include "web/built_in.hpp"
#include "web/listener.hpp"

#include <exception>
#include <utility>

namespace busbar::web {

namespace {

/// Another program may leave the port, an address may come with its network.
constexpr std::chrono::seconds kTryAgain{10};

} // namespace

Server::Server(EventLoop& loop, Board& board) : loop_(loop), board_(board) {}

Server::~Server() = default;

void Server::configure(const HttpSettings& settings, const Now& now) {
    const bool isMoved = settings.listen != settings_.listen;
    settings_ = settings;
    if (!isBuiltIn()) {
        if (isMoved && !settings.listen.empty())
            log::error("http_not_built_in address={} {}, going on without it", settings.listen,
                       kNotBuiltIn);
        return;
    }
    board_.switchOn(!settings.listen.empty());
    if (isMoved) {
        if (listener_ && settings.listen.empty())
            log::info("http_closed");
        listener_.reset();
        failure_.clear();
    }
    if (listener_)
        listener_->setSettings(settings);
    else
        open(now);
}

void Server::open(const Now& now) {
    if (settings_.listen.empty())
        return;
    nextTry_ = now.steady + kTryAgain;
    try {
        listener_ = std::make_unique<Listener>(loop_, board_, texts_, settings_);
        log::info("http_listening address={}", settings_.listen);
        failure_.clear();
    } catch (const std::exception& error) {
        if (failure_ != error.what())
            log::error("http_not_listening address={} reason=\"{}\" going on without a page, "
                       "trying again",
                       settings_.listen, error.what());
        failure_ = error.what();
    }
}

void Server::said(const Now& now) {
    if (listener_)
        listener_->said(now);
}

void Server::tick(const Now& now) {
    if (listener_)
        listener_->tick(now);
    else if (isBuiltIn() && now.steady >= nextTry_)
        open(now);
}

void Server::stop() {
    listener_.reset();
}

} // namespace busbar::web
