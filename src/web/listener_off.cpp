// SPDX-License-Identifier: MIT
// The listener of a program that was built without one (BUSBAR_WEB=OFF).
#include "web/built_in.hpp"
#include "web/listener.hpp"

#include <stdexcept>
#include <string>

namespace busbar::web {

class Listener::Impl {};

Listener::Listener(EventLoop& /*loop*/, Board& /*board*/, TextDesk& /*texts*/,
                   const HttpSettings& /*settings*/) {
    throw std::runtime_error(std::string(kNotBuiltIn));
}

Listener::~Listener() = default;

void Listener::setSettings(const HttpSettings& /*settings*/) {}

void Listener::said(const Now& /*now*/) {}

void Listener::tick(const Now& /*now*/) {}

bool isBuiltIn() {
    return false;
}

} // namespace busbar::web
