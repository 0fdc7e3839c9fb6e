// SPDX-License-Identifier: MIT
// A pinned certificate is trusted for what it is: neither its dates nor who signed it matter.
#pragma once

#include <openssl/types.h>

namespace busbar::mqtt {

/// Marks a certificate whose fingerprint is the pinned one, by an alias that goes with it into PEM
/// of OpenSSL's trusted form. A verifier of this process that has it for its *only* trust anchor
/// accepts it whatever its dates (a GX whose certificate has run out is still that GX, and a clock
/// may be wrong), and without it being self-signed. Verifiers with any other anchors ask for
/// everything as before. False if OpenSSL fails.
[[nodiscard]] bool markPinned(X509* certificate);

} // namespace busbar::mqtt
