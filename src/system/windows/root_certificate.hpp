#pragma once

#include "system/windows/windows_api.hpp"

#include <wincrypt.h>

// The header of Windows and those of OpenSSL both use these names.
#undef X509_NAME
#undef X509_EXTENSIONS
#undef PKCS7_ISSUER_AND_SERIAL
#undef PKCS7_SIGNER_INFO
#undef OCSP_REQUEST
#undef OCSP_RESPONSE

namespace box::inline v0_1 {

/// Whether the certificate's properties in Windows' store let it vouch for servers of TLS now: its usages have that,
/// and no date from which Windows distrusts it has passed.
bool isForServers(PCCERT_CONTEXT certificate);

}  // namespace box::inline v0_1
