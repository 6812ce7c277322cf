// The crypto backend as plain functions, for tests/crypto/arm/machine.hpp to call in the emulator.
#include <new>

#include "crypto/compact.hpp"

using namespace outboot::crypto;
using outboot::core::Verdict;

using In = const std::uint8_t*;
using Out = std::uint8_t*;

// Stands in RAM from one call to the next, as the bootloader's does; there is no start-up code to construct it.
alignas(Verdict) std::uint8_t place[sizeof(Verdict)];

extern "C" {

void arm_sha256(Out digest, In data, std::size_t size) {
    Sha256 hash;
    hash.update({data, size});
    hash.finish(std::span<std::uint8_t, 32>(digest, 32));
}

void arm_hmac(Out tag, In key, In data, std::size_t size) { // 32-byte key
    Hmac mac({key, 32});
    mac.update({data, size});
    mac.finish(std::span<std::uint8_t, 32>(tag, 32));
}

void arm_hkdf(Out out, In salt, In key, In info) { // 32, 32 and 16 bytes to 48
    hkdf({salt, 32}, {key, 32}, {info, 16}, {out, 48});
}

void arm_aes_ctr(In key, std::uint32_t position, Out data, std::size_t size) {
    AesCtr(std::span<const std::uint8_t, 16>(key, 16)).apply(position, {data, size});
}

void arm_verify(In point, In hash, In der, std::size_t size) {
    Compact::ecdsa_verify(*new (place) Verdict, std::span<const std::uint8_t, 64>(point, 64),
                          std::span<const std::uint8_t, 32>(hash, 32), {der, size});
}

bool arm_verdict() {
    return std::launder(reinterpret_cast<const Verdict*>(place))->good();
}

bool arm_ecdh(Out secret, In device_private, In peer) {
    return ecdh(std::span<std::uint8_t, 32>(secret, 32), std::span<const std::uint8_t, 32>(device_private, 32),
                std::span<const std::uint8_t, 65>(peer, 65));
}

bool arm_unwrap(Out key, In device_private, In wrapped, std::size_t size) {
    return Compact::unwrap(std::span<std::uint8_t, 16>(key, 16), std::span<const std::uint8_t, 32>(device_private, 32),
                           {wrapped, size});
}

void arm_way_out_key(Out key, In device_private, In hash) {
    Compact::way_out_key(std::span<std::uint8_t, 16>(key, 16), std::span<const std::uint8_t, 32>(device_private, 32),
                         std::span<const std::uint8_t, 32>(hash, 32));
}

bool arm_equal(In a, In b, std::size_t size) {
    return equal({a, size}, {b, size});
}

} // extern "C"
