#include "layout/services.hpp"

#include <array>
#include <cstddef>

#include "format/service_table.h"

namespace outboot::layouts {
namespace {

constexpr auto names = std::to_array<Service>({{"sha256", outboot_service_sha256},
                                               {"hmac", outboot_service_hmac},
                                               {"hkdf", outboot_service_hkdf},
                                               {"aes", outboot_service_aes},
                                               {"aes-decrypt", outboot_service_aes_decrypt},
                                               {"ecdsa-verify", outboot_service_ecdsa_verify},
                                               {"ecdh", outboot_service_ecdh},
                                               {"ecdsa-sign", outboot_service_ecdsa_sign},
                                               {"keygen", outboot_service_keygen}});
static_assert(names.size() == outboot_service_count);
static_assert([] {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i].number != i) return false;
    return true;
}());

constexpr auto entries = std::to_array<ServiceEntry>({{"outboot_serve_sha256_init", outboot_service_sha256},
                                                      {"outboot_serve_sha256_update", outboot_service_sha256},
                                                      {"outboot_serve_sha256_finish", outboot_service_sha256},
                                                      {"outboot_serve_sha256_clone", outboot_service_sha256},
                                                      {"outboot_serve_hmac_init", outboot_service_hmac},
                                                      {"outboot_serve_hmac_update", outboot_service_hmac},
                                                      {"outboot_serve_hmac_finish", outboot_service_hmac},
                                                      {"outboot_serve_hkdf", outboot_service_hkdf},
                                                      {"outboot_serve_aes_init", outboot_service_aes},
                                                      {"outboot_serve_aes_encrypt", outboot_service_aes},
                                                      {"outboot_serve_aes_ctr", outboot_service_aes},
                                                      {"outboot_serve_aes_decrypt", outboot_service_aes_decrypt},
                                                      {"outboot_serve_ecdsa_verify", outboot_service_ecdsa_verify},
                                                      {"outboot_serve_ecdh", outboot_service_ecdh},
                                                      {"outboot_serve_check_point", outboot_service_ecdh},
                                                      {"outboot_serve_ecdsa_sign", outboot_service_ecdsa_sign},
                                                      {"outboot_serve_keygen", outboot_service_keygen},
                                                      {"outboot_serve_public_key", outboot_service_keygen}});
// On the target a pointer has four bytes; the header before the entries has 24 either way.
static_assert(offsetof(outboot_service_table, sha256_init) == 24);
static_assert(sizeof(outboot_service_table) == 24 + entries.size() * sizeof(void*));
static_assert(24 + entries.size() * 4 <= service_table_room);

} // namespace

std::span<const Service> services() {
    return names;
}

std::span<const ServiceEntry> service_entries() {
    return entries;
}

std::vector<std::string> names_of_services(std::uint32_t set) {
    std::vector<std::string> found;
    for (std::uint32_t number = 0; number < 32; ++number) {
        if ((set >> number & 1) == 0) continue;
        found.push_back(number < names.size() ? std::string(names[number].name) : std::to_string(number));
    }
    return found;
}

std::string describe_services(std::uint32_t set) {
    std::string text;
    for (const auto& name : names_of_services(set)) text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace outboot::layouts
