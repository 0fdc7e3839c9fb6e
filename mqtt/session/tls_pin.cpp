// SPDX-License-Identifier: MIT
// Pinned certificates and handshake diagnosis, with OpenSSL.
#include "mqtt/session/tls_pin.hpp"

#include "mqtt/session/pinned_trust.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <memory>
#include <poll.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace busbar::mqtt {
namespace {

template <auto Release>
struct Releaser {
    template <class T>
    void operator()(T* handle) const {
        Release(handle);
    }
};

using Context = std::unique_ptr<SSL_CTX, Releaser<&SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, Releaser<&SSL_free>>;
using Certificate = std::unique_ptr<X509, Releaser<&X509_free>>;
using Store = std::unique_ptr<X509_STORE, Releaser<&X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Releaser<&X509_STORE_CTX_free>>;
using Buffer = std::unique_ptr<BIO, Releaser<&BIO_free_all>>;

enum class Trust : std::uint8_t { Nobody, Chain, ChainAndHost };

constexpr std::size_t kDigits = 64; // SHA-256 as hex
constexpr std::string_view kNoHandshake = "TLS: handshake failed: ";
constexpr std::chrono::milliseconds kAlertWait{500};

/// The newest entry of OpenSSL's error queue of this thread, which is emptied.
std::string takeOpensslError() {
    const auto code = ::ERR_peek_last_error();
    ::ERR_clear_error();
    const char* reason = ::ERR_reason_error_string(code);
    return reason != nullptr ? reason : "no details";
}

/// Why OpenSSL did not take a file; of one that cannot be read it would say "system lib".
std::string whyUnusable(const std::string& file) {
    const std::string detail = takeOpensslError();
    return " is not usable: " +
           (::access(file.c_str(), R_OK) == 0 ? detail : std::generic_category().message(errno));
}

bool isNumeric(const std::string& host) {
    in6_addr ignored{};
    return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 || host.find(':') != host.npos;
}

std::string loadTrust(SSL_CTX* context, const TlsTarget& target) {
    const int loaded =
        target.caFile.empty()
            ? ::SSL_CTX_set_default_verify_paths(context)
            : ::SSL_CTX_load_verify_locations(context, target.caFile.c_str(), nullptr);
    if (loaded == 1)
        return {};
    return "TLS: CA file " + target.caFile + whyUnusable(target.caFile);
}

std::string loadIdentity(SSL_CTX* context, const TlsTarget& target) {
    if (target.clientCertFile.empty())
        return {};
    const auto& key = target.clientKeyFile.empty() ? target.clientCertFile : target.clientKeyFile;
    if (::SSL_CTX_use_certificate_chain_file(context, target.clientCertFile.c_str()) != 1)
        return "TLS: client certificate " + target.clientCertFile +
               whyUnusable(target.clientCertFile);
    if (::SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return "TLS: client key " + key + whyUnusable(key);
    return {};
}

/// Host name or address that the certificate must be for, and SNI (RFC 6066: names only).
bool setHost(SSL* tls, const std::string& host, Trust trust) {
    auto* parameters = ::SSL_get0_param(tls);
    if (isNumeric(host))
        return trust != Trust::ChainAndHost ||
               ::X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
    const bool isNamed = ::SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                    const_cast<char*>(host.c_str())) == 1; // read only, C signature
    return isNamed && (trust != Trust::ChainAndHost ||
                       ::X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), 0) == 1);
}

std::string handshakeError(SSL* tls, const std::string& host) {
    const long verdict = ::SSL_get_verify_result(tls);
    const std::string detail = takeOpensslError();
    if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return "TLS: the certificate is not for " + host +
               "; use the name that it was made for, or pin it by its fingerprint";
    if (verdict != X509_V_OK)
        return std::string("TLS: certificate not trusted: ") +
               ::X509_verify_cert_error_string(verdict);
    return std::string(kNoHandshake) + detail;
}

/// A handshake in progress or done; its parts are released in the right order.
struct Handshake {
    Context context;
    Dialled connection;
    Tls tls;
    std::string error;
};

/// Waits for what OpenSSL asked for; false = `result` was final, or time is up.
bool waitForTls(SSL* tls, int result, const Deadline& deadline) {
    const int wanted = ::SSL_get_error(tls, result);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
        return false;
    const short events = wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    return deadline.waitFor(::SSL_get_fd(tls), events);
}

std::string connectTls(SSL* tls, const std::string& host, const Deadline& deadline) {
    ::ERR_clear_error();
    int result = ::SSL_connect(tls);
    while (result != 1) {
        const int wanted = ::SSL_get_error(tls, result);
        const bool isOver = wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE;
        if (isOver && wanted == SSL_ERROR_SYSCALL && ::ERR_peek_error() == 0)
            return std::string(kNoHandshake) +
                   "the server closed the connection (is this port for TLS?)";
        if (isOver)
            return handshakeError(tls, host);
        if (!waitForTls(tls, result, deadline))
            return std::string(kNoHandshake) + "no answer in time";
        result = ::SSL_connect(tls);
    }
    return {};
}

std::string prepare(Handshake& shake, const TlsTarget& target, Trust trust) {
    shake.context.reset(::SSL_CTX_new(::TLS_client_method()));
    if (!shake.context)
        return "TLS: " + takeOpensslError();
    if (auto error = loadIdentity(shake.context.get(), target); !error.empty())
        return error;
    ::SSL_CTX_set_verify(shake.context.get(),
                         trust == Trust::Nobody ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    return trust == Trust::Nobody ? std::string() : loadTrust(shake.context.get(), target);
}

Handshake shakeHands(const TlsTarget& target, Trust trust, const Deadline& deadline) {
    Handshake shake;
    shake.error = prepare(shake, target, trust);
    if (!shake.error.empty())
        return shake;
    shake.connection = dialAny(target.addresses, target.port, deadline);
    shake.error = shake.connection.error;
    if (!shake.error.empty())
        return shake;
    shake.tls.reset(::SSL_new(shake.context.get()));
    if (!shake.tls || !setHost(shake.tls.get(), target.host, trust) ||
        ::SSL_set_fd(shake.tls.get(), shake.connection.socket.get()) != 1) {
        shake.error = "TLS: " + takeOpensslError();
        return shake;
    }
    shake.error = connectTls(shake.tls.get(), target.host, deadline);
    return shake;
}

std::string takeText(BIO* buffer) {
    std::string text(static_cast<std::size_t>(::BIO_ctrl_pending(buffer)), '\0');
    const int got = ::BIO_read(buffer, text.data(), static_cast<int>(text.size()));
    return got == static_cast<int>(text.size()) ? text : std::string();
}

std::string fingerprintOf(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (::X509_digest(certificate, ::EVP_sha256(), digest.data(), &size) != 1)
        return {};
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text += kHex[digest.at(i) / 16U];
        text += kHex[digest.at(i) % 16U];
    }
    return text;
}

/// With the mark of a pinned one, if it has it.
std::string toPem(X509* certificate) {
    const Buffer buffer(::BIO_new(::BIO_s_mem()));
    if (!buffer || ::PEM_write_bio_X509_AUX(buffer.get(), certificate) != 1)
        return {};
    return takeText(buffer.get());
}

/// What a session with this certificate as its only trust anchor would say of it; empty = accepted.
std::string anchorError(X509* certificate) {
    const Store store(::X509_STORE_new());
    const StoreContext context(::X509_STORE_CTX_new());
    if (!store || !context || ::X509_STORE_add_cert(store.get(), certificate) != 1 ||
        ::X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr) != 1 ||
        ::X509_STORE_CTX_set_default(context.get(), "ssl_server") != 1)
        return "TLS: " + takeOpensslError();
    if (::X509_verify_cert(context.get()) == 1)
        return {};
    return std::string("TLS: pinned certificate not usable: ") +
           ::X509_verify_cert_error_string(::X509_STORE_CTX_get_error(context.get()));
}

std::string dateText(const ASN1_TIME* date) {
    const Buffer buffer(::BIO_new(::BIO_s_mem()));
    if (!buffer || ::ASN1_TIME_print(buffer.get(), date) != 1)
        return "?";
    return takeText(buffer.get());
}

/// What a pin overrules; empty if the certificate is within its dates.
std::string dateWarning(const X509* certificate) {
    constexpr auto kTrusted = "; its fingerprint is right, so it is trusted all the same";
    if (const auto* end = ::X509_get0_notAfter(certificate); ::X509_cmp_current_time(end) < 0)
        return "the pinned certificate has expired (" + dateText(end) + ")" + kTrusted;
    if (const auto* begin = ::X509_get0_notBefore(certificate); ::X509_cmp_current_time(begin) > 0)
        return "the pinned certificate is not valid before " + dateText(begin) + kTrusted;
    return {};
}

/// Under TLS 1.3 a server that misses our certificate says so only after the handshake.
std::string readAlert(SSL* tls, const Deadline& deadline) {
    std::array<char, 1> byte{};
    ::ERR_clear_error();
    int result = ::SSL_read(tls, byte.data(), 1);
    while (result <= 0 && waitForTls(tls, result, deadline))
        result = ::SSL_read(tls, byte.data(), 1);
    if (result > 0 || ::SSL_get_error(tls, result) != SSL_ERROR_SSL)
        return {};
    return "TLS: the server ended the session: " + takeOpensslError();
}

/// What to pin, if it is the right one; empty if there is no certificate to be had.
std::string seenText(const TlsTarget& target, const Deadline& deadline) {
    const auto shake = shakeHands(target, Trust::Nobody, deadline);
    if (!shake.error.empty())
        return {};
    const Certificate certificate(::SSL_get_peer_certificate(shake.tls.get()));
    return certificate ? "; the fingerprint of the server's certificate is " +
                             fingerprintOf(certificate.get())
                       : "";
}

std::string cleanHex(std::string_view text) {
    const auto mark = text.rfind('=');
    text.remove_prefix(mark == text.npos ? 0 : mark + 1);
    std::string digits;
    for (const char c : text)
        if (c != ':')
            digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return digits;
}

} // namespace

std::optional<std::string> normalFingerprint(std::string_view text) {
    std::string digits = cleanHex(text);
    const bool isHex = std::all_of(digits.begin(), digits.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    if (!isHex || digits.size() != kDigits)
        return std::nullopt;
    return digits;
}

PinnedCertificate fetchPinned(const TlsTarget& target, const std::string& fingerprint,
                              const Deadline& deadline) {
    const auto shake = shakeHands(target, Trust::Nobody, deadline);
    if (!shake.error.empty())
        return {.error = shake.error};
    const Certificate certificate(::SSL_get_peer_certificate(shake.tls.get()));
    if (!certificate)
        return {.error = "TLS: the server has no certificate"};
    if (const auto seen = fingerprintOf(certificate.get()); seen != fingerprint)
        return {.error = "TLS: fingerprint differs: seen " + seen + ", expected " + fingerprint};
    if (!target.caFile.empty())
        return {.pem = toPem(certificate.get())};
    if (!markPinned(certificate.get()))
        return {.error = "TLS: " + takeOpensslError()};
    if (auto error = anchorError(certificate.get()); !error.empty())
        return {.error = std::move(error)};
    return {.pem = toPem(certificate.get()), .warning = dateWarning(certificate.get())};
}

std::string diagnoseTls(const TlsTarget& target, bool checkHost, const Deadline& deadline) {
    const auto shake = shakeHands(target, checkHost ? Trust::ChainAndHost : Trust::Chain, deadline);
    if (!shake.error.empty())
        return shake.error + (isNoHandshake(shake.error) ? "" : seenText(target, deadline));
    return readAlert(shake.tls.get(), Deadline(kAlertWait, {}));
}

bool isNoHandshake(std::string_view error) {
    return error.starts_with(kNoHandshake);
}

MemoryFile::MemoryFile(std::string_view content)
    : file_(::memfd_create("busbar-trust-anchor", MFD_CLOEXEC)) {
    const auto size = static_cast<ssize_t>(content.size());
    if (file_.get() < 0 || ::write(file_.get(), content.data(), content.size()) != size)
        throw std::system_error(errno, std::generic_category(),
                                "cannot hold the pinned certificate in memory");
}

std::string MemoryFile::path() const {
    return "/proc/self/fd/" + std::to_string(file_.get());
}

} // namespace busbar::mqtt
