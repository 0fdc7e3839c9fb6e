// SPDX-License-Identifier: MIT
// A hook at the begin of each verification, since the MQTT library lets nobody set its rules.
#include "mqtt/session/pinned_trust.hpp"

#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>

#include <string_view>

namespace busbar::mqtt {
namespace {

/// Nobody gives it to a certificate by accident.
constexpr std::string_view kAlias = "busbar: pinned by its fingerprint";

bool isMarked(X509* certificate) {
    int size = 0;
    const auto* text = ::X509_alias_get0(certificate, &size);
    return text != nullptr && size > 0 &&
           std::string_view(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)) ==
               kAlias;
}

/// The only certificate of a store that holds nothing else; null if there is more, or less.
X509* onlyAnchor(X509_STORE* store) {
    const auto* objects = store == nullptr ? nullptr : ::X509_STORE_get0_objects(store);
    if (objects == nullptr || sk_X509_OBJECT_num(objects) != 1)
        return nullptr;
    return ::X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, 0));
}

/// OpenSSL calls it for each verification when its parameters are set, but for those of the
/// session, which are added to them (CRYPTO_get_ex_new_index(3), X509_STORE_CTX_init(3)).
void onVerification(void* parent, void* /*data*/, CRYPTO_EX_DATA* /*all*/, int /*index*/,
                    long /*number*/, void* /*pointer*/) noexcept {
    auto* const verification = static_cast<X509_STORE_CTX*>(parent);
    auto* const anchor = onlyAnchor(::X509_STORE_CTX_get0_store(verification));
    if (anchor != nullptr && isMarked(anchor))
        ::X509_STORE_CTX_set_flags(verification,
                                   X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
}

int addHook() noexcept {
    return CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_X509_STORE_CTX, 0, nullptr, &onVerification,
                                   nullptr, nullptr);
}

/// Once for the process. Without it (−1), pinned certificates are asked for their dates as well.
const int kHook = addHook();

} // namespace

bool markPinned(X509* certificate) {
    return kHook >= 0 &&
           ::X509_alias_set1(certificate, reinterpret_cast<const unsigned char*>(kAlias.data()),
                             static_cast<int>(kAlias.size())) == 1;
}

} // namespace busbar::mqtt
