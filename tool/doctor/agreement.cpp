#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "tool/bootloader_check.hpp"
#include "tool/doctor/agreement_checks.hpp"

namespace outboot::tool::doctor {

Findings check_agreement(const std::vector<LayoutClaim>& claims, const Program* bootloader) {
    constexpr const char* one_layout =
        "build all of them from one layout; `outboot doctor --layout` says which is wrong";
    Findings found;
    const LayoutClaim* first = nullptr;
    for (const auto& claim : claims) {
        if (!claim.second)
            found.push_back(
                {Severity::error, "image-without-layout", claim.first,
                 fmt::format("{} carries no layout fingerprint: every bootloader of outboot refuses it", claim.first),
                 "sign it with `outboot sign --layout`"});
        else if (!first)
            first = &claim;
        else if (*claim.second != *first->second)
            found.push_back(
                {Severity::error, "layouts-differ", claim.first,
                 fmt::format("{} and {} are made for different layouts: fingerprints {} and {}", first->first,
                             claim.first, layouts::to_hex(*first->second), layouts::to_hex(*claim.second)),
                 one_layout});
    }
    if (first && bootloader && !carries_fingerprint(*bootloader, *first->second))
        found.push_back({Severity::error, "layouts-differ", bootloader->path,
                         fmt::format("{} is built for another layout than {}: it doesn't carry the fingerprint {}",
                                     bootloader->path, first->first, layouts::to_hex(*first->second)),
                         one_layout});
    return found;
}

} // namespace outboot::tool::doctor
