// SPDX-License-Identifier: MIT
// TLS without the MQTT library: is this the certificate that was pinned, and what exactly is wrong
// with a handshake.
#pragma once

#include "mqtt/session/dial.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

/// A SHA-256 fingerprint as 64 lower-case hex digits, from hex in any case with or without colons,
/// and with or without the "sha256 Fingerprint=" that `openssl x509 -fingerprint -sha256` prints in
/// front; nullopt if it is none.
[[nodiscard]] std::optional<std::string> normalFingerprint(std::string_view text);

/// What to shake hands with. File names may be empty; without `caFile` the system's certificates
/// count.
struct TlsTarget {
    std::string
        host; ///< as in the address; goes to the server as SNI and is compared with the certificate
    std::uint16_t port{8883};
    std::vector<std::string> addresses; ///< numeric
    std::string caFile;
    std::string clientCertFile;
    std::string clientKeyFile; ///< empty = in `clientCertFile`
};

/// Either the server's certificate as PEM, or `error`.
struct PinnedCertificate {
    std::string pem{};
    std::string error{};
    std::string warning{}; ///< what the pin overrules: a date that is over, or not yet come
};

/// One handshake that trusts nobody, closed at once. The certificate is returned if its fingerprint
/// is `fingerprint` (normal form) and, without a CA file, a session whose only trust anchor it is
/// accepts it: dates and signers do not matter then. A mismatch names both fingerprints.
[[nodiscard]] PinnedCertificate fetchPinned(const TlsTarget& target, const std::string& fingerprint,
                                            const Deadline& deadline);

/// One handshake that checks chain and host name as the session does, and another one that tells
/// the fingerprint of what is not trusted; `checkHost` is off for pinned certificates. Empty if all
/// is well, also as far as one sees whether the server is content with our certificate.
[[nodiscard]] std::string diagnoseTls(const TlsTarget& target, bool checkHost,
                                      const Deadline& deadline);

/// Of what both say: no handshake came about, so nothing was there to be trusted.
[[nodiscard]] bool isNoHandshake(std::string_view error);

/// A text that is a file to C libraries but never on a disk (memfd); gone with the object.
class MemoryFile {
public:
    /// Throws std::system_error when the kernel refuses.
    explicit MemoryFile(std::string_view content);
    [[nodiscard]] std::string path() const;

private:
    Descriptor file_;
};

} // namespace busbar::mqtt
