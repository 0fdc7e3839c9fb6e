// SPDX-License-Identifier: MIT
// Passwords from files and environment variables.
#include "mqtt/session/secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace busbar::mqtt {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SecretFile : public testing::Test {
protected:
    SecretFile() { settings.passwordFile = path; }
    ~SecretFile() override { std::filesystem::remove(path); }
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;
    SecretFile(SecretFile&&) = delete;
    SecretFile& operator=(SecretFile&&) = delete;

    Secret readWith(const std::string& content) {
        std::ofstream(path, std::ios::binary) << content;
        return readSecret(settings);
    }

    const std::string path = std::filesystem::temp_directory_path() /
                             ("busbar-secret-test-" + std::to_string(::getpid()));
    BrokerSettings settings;
};

TEST(Secret, IsEmptyWhenNoneIsConfigured) {
    const auto secret = readSecret({});
    EXPECT_EQ(secret.password, "");
    EXPECT_EQ(secret.error, "");
}

TEST(Secret, ComesFromAVariable) {
    BrokerSettings settings;
    settings.passwordEnv = "BUSBAR_TEST_SECRET";
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    ASSERT_EQ(::unsetenv("BUSBAR_TEST_SECRET"), 0);
    EXPECT_THAT(readSecret(settings).error, HasSubstr("BUSBAR_TEST_SECRET"));
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    ASSERT_EQ(::setenv("BUSBAR_TEST_SECRET", "", 1), 0);
    EXPECT_THAT(readSecret(settings).error, HasSubstr("empty"));
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    ASSERT_EQ(::setenv("BUSBAR_TEST_SECRET", "s p", 1), 0);
    EXPECT_EQ(readSecret(settings).password, "s p");
}

TEST_F(SecretFile, IsItsFirstLineAsItIs) {
    for (const auto* content :
         {" a b ", " a b \n", " a b \r\n", " a b \nsecond\n", "\xEF\xBB\xBF a b \r\n"}) {
        const auto secret = readWith(content);
        EXPECT_EQ(secret.password, " a b ") << content;
        EXPECT_EQ(secret.error, "");
    }
}

TEST_F(SecretFile, MustNotBeEmptyMissingOrADirectory) {
    EXPECT_THAT(readSecret(settings).error, AllOf(HasSubstr(path), HasSubstr("No such file")));
    EXPECT_THAT(readWith("").error, HasSubstr("empty"));
    EXPECT_THAT(readWith("\nsecond\n").error, HasSubstr("empty"));
    EXPECT_THAT(readWith("\xEF\xBB\xBF\n").error, HasSubstr("empty"));
    settings.passwordFile = "/";
    EXPECT_NE(readSecret(settings).error, "");
}

TEST_F(SecretFile, APipeIsNotWaitedFor) {
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_THAT(readSecret(settings).error, AllOf(HasSubstr(path), HasSubstr("regular file")));
}

TEST_F(SecretFile, IsNeverInTheError) {
    const auto secret = readWith(std::string(70000, 'z'));
    EXPECT_NE(secret.error, "");
    EXPECT_THAT(secret.error, Not(HasSubstr("zz")));
}

TEST_F(SecretFile, GetsThePrefixOnce) {
    settings.passwordPrefix = "Token ";
    EXPECT_EQ(readWith("abc\n").password, "Token abc");
    EXPECT_EQ(readWith("Token abc\n").password, "Token abc");
}

} // namespace
} // namespace busbar::mqtt
