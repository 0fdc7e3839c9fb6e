// SPDX-License-Identifier: MIT
// What the thread sanitizer must not hold against us: tokens of Paho's C++ library, which is not
// instrumented.

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

/// Asked by the sanitizer's runtime at start. Tokens and messages are reference-counted, and the
/// sanitizer does not see the counting inside the library, only that one thread deletes what
/// another used before. Of our code only SessionState's `connected`, `connectFailed` and `finished`
/// run below these functions; messages and the loss of a session come another way and stay watched.
extern "C" const char*
__tsan_default_suppressions(); // NOLINT(bugprone-reserved-identifier): given by the runtime
extern "C" const char* __tsan_default_suppressions() { // NOLINT(bugprone-reserved-identifier)
    return "race:mqtt::async_client::remove_token\n"
           "race:mqtt::token::on_success\n"
           "race:mqtt::token::on_failure\n"
           "race:mqtt::token::~token\n"
           "race:mqtt::delivery_token::~delivery_token\n";
}

#endif
#endif
